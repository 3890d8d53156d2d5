"""A stand-in for Stripe: the API that Storekeeper uses, the shopper's script and page, and signed webhooks.

It knows nothing of Storekeeper but an address and a secret. Start it with `python -m local.stripe`;
`control` documents how to make it misbehave.

| module | decides |
|---|---|
| `server`, `api`, `routes` | HTTP in and out; the path of a request; the addresses |
| `forms`, `validation`, `access`, `idempotency` | what a request may say, who may say it, and how often |
| `intents`, `confirmation`, `settlement` | a payment: created, confirmed, then captured, canceled or settled |
| `charges`, `refunds`, `customers`, `payment_methods`, `setup_intents`, `events` | the other resources |
| `cards`, `amounts`, `errors` | the test cards; what can be charged; the words of a refusal |
| `webhooks`, `faults`, `control` | delivery, misbehavior, and the routes that order it |
| `listing`, `expansion`, `calls`, `store` | pages, `expand[]`, one call's context, everything kept |
| `pages`, `browser/` | the 3-D Secure page and the script at the place of Stripe.js |

`Idempotency-Key`, versions, error shapes and codes, event types and states follow Stripe's documentation
and the `stripe` package. Where Stripe would act on a parameter and the stand-in would not, it refuses.
"""
