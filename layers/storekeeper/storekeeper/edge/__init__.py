"""The HTTP edge that all functions share: authorize, answer in our shape, remember, limit. No business rule.

- call: one authorized request of a merchant (an API key with a scope)
- shopper: one request to a store, found by its host
- problem: how a refusal looks (RFC 9457)
- once: what an Idempotency-Key does
"""
