"""Stripe, through its own package: the only file that imports it, and so imported only where a card is involved.

Every call names its idempotency key, made from our ids, and ends in one of three verdicts (`_verdict`). Stripe keeps a
key's first answer for at least a day, refusals and its own failures included; what that means is said where it matters (https://docs.stripe.com/api/idempotent_requests).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import stripe
from aws_lambda_powertools import Logger
from stripe.params import PaymentIntentCaptureParams, PaymentIntentCreateParams, RefundCreateParams
from ulid import ULID

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.money import Currency, Money
from storekeeper.payments.amounts import from_stripe, to_stripe
from storekeeper.payments.model import (
    Intent,
    IntentRequest,
    PaymentDeclined,
    PaymentState,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundState,
)

API_VERSION = "2026-10-28.endive"
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
MAX_RETRIES = 1  # by the package, after half a second, under the same key
MAX_REFUNDS_READ = 100  # Stripe's page; an order has a handful
UNEXPECTED_STATE = "payment_intent_unexpected_state"
_OURS = {"canceled": "cancelled"}

Answered = TypeVar("Answered")

logger = Logger(child=True)
stripe.enable_telemetry = False


class StripeGateway:
    """`PaymentGateway` for cards, on the platform's account."""

    def __init__(
        self,
        secret_key: str,
        publishable_key: str,
        *,
        api_base: str = "",
        http_client: stripe.HTTPClient | None = None,
    ) -> None:
        """`api_base` is where Stripe is, empty for the real one; `http_client` replaces the transport in tests."""
        timeout = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        self.publishable_key = publishable_key
        self._api = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=MAX_RETRIES,
            http_client=http_client or stripe.RequestsClient(timeout=timeout),
        ).v1

    def create_intent(self, request: IntentRequest) -> Intent:
        """See `PaymentGateway`. Nothing of the shopper is sent: no e-mail, so that Stripe sends no receipt either."""
        params: PaymentIntentCreateParams = {
            "amount": to_stripe(request.amount),
            "currency": request.amount.currency.code.lower(),
            "capture_method": request.capture,
            "allowed_payment_method_types": ["card"],
            "metadata": {
                "tenant_id": request.tenant_id,
                "store_id": request.store_id,
                "order_id": request.order_id,
            },
        }
        with _verdict("create_intent"):
            # Should the failed call have made one all the same, nobody is given its secret: it can never be paid.
            return _intent(
                _under_key(
                    f"pi:{request.order_id}",
                    lambda key: self._api.payment_intents.create(params, {"idempotency_key": key}),
                )
            )

    def find_intent(self, intent_id: str) -> Intent:
        """See `PaymentGateway`."""
        with _verdict("find_intent"):
            return _intent(self._api.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}))

    def capture(self, intent_id: str, *, order_id: OrderId, amount: Money) -> Intent:
        """See `PaymentGateway`."""
        asked: PaymentIntentCaptureParams = {"amount_to_capture": to_stripe(amount), "expand": ["latest_charge"]}
        with _verdict("capture"):
            # An intent is captured once, under whichever key: its state sees to it.
            return _intent(
                _under_key(
                    f"capture:{order_id}",
                    lambda key: self._api.payment_intents.capture(intent_id, asked, {"idempotency_key": key}),
                )
            )

    def cancel(self, intent_id: str, *, order_id: OrderId) -> Intent:
        """See `PaymentGateway`.

        A refusal may be the kept answer to an earlier try, made while the shopper was paying. So what counts is what
        the intent is now; if it can still be cancelled, it is asked again under a key that was never used.
        """
        if cancelled := self._try_cancel(intent_id, key=f"cancel:{order_id}"):
            return cancelled
        intent = self.find_intent(intent_id)
        if intent.is_cancellable and (cancelled := self._try_cancel(intent_id, key=f"cancel:{order_id}:{ULID()}")):
            return cancelled
        return self.find_intent(intent_id) if intent.is_cancellable else intent

    def _try_cancel(self, intent_id: str, *, key: str) -> Intent | None:
        """The cancelled intent, or None: its state does not allow it (any more, or at the time of the kept answer)."""
        try:
            with _verdict("cancel"):
                gone = _under_key(
                    key,
                    lambda key: self._api.payment_intents.cancel(
                        intent_id, {"expand": ["latest_charge"]}, {"idempotency_key": key}
                    ),
                )
        except ProviderRefused as refused:
            if refused.provider_code != UNEXPECTED_STATE:
                raise
            return None
        return _intent(gone)

    def refund(self, request: RefundRequest) -> ProviderRefund:
        """See `PaymentGateway`."""
        params: RefundCreateParams = {
            "payment_intent": request.intent_id,
            "amount": to_stripe(request.amount),
            "metadata": {
                "tenant_id": request.tenant_id,
                "order_id": request.order_id,
                "refund_id": request.refund_id,
            },
        }

        def send(key: str) -> ProviderRefund:
            # Under a second key money could go back twice: what the failed call may have made is looked for first.
            made = None if key == first_key else self.find_refund(request.intent_id, refund_id=request.refund_id)
            return made or _refund(self._api.refunds.create(params, {"idempotency_key": key}))

        first_key = f"refund:{request.refund_id}"
        with _verdict("refund"):
            return _under_key(first_key, send)

    def find_refund(self, intent_id: str, *, refund_id: str) -> ProviderRefund | None:
        """See `PaymentGateway`."""
        with _verdict("find_refund"):
            page = self._api.refunds.list({"payment_intent": intent_id, "limit": MAX_REFUNDS_READ})
        refunds = (_refund(one) for one in page.data)
        return next((one for one in refunds if one.refund_id == refund_id), None)


def _under_key(key: str, send: Callable[[str], Answered]) -> Answered:
    """What `send` answers under this key; under a new one, if all that is kept under it is a failure of Stripe's own.

    Else that failure would be the answer to every repeat for a day. It is only known to be kept when Stripe says so: a
    failure that is told for the first time is left to the next repeat.
    """
    try:
        return send(key)
    except stripe.APIError as failed:
        if not _is_kept_failure(failed):
            raise
    return send(f"{key}:{ULID()}")


def _is_kept_failure(failed: stripe.APIError) -> bool:
    headers = {name.lower(): value for name, value in (failed.headers or {}).items()}
    return (failed.http_status or 0) >= 500 and headers.get("idempotent-replayed") == "true"


@contextmanager
def _verdict(act: str) -> Iterator[None]:
    """Turn whatever Stripe's package raises into a verdict.

    Raises:
        PaymentDeclined, ProviderRefused, ProviderUnavailable: see `PaymentGateway`.
    """
    try:
        yield
    except stripe.StripeError as error:
        verdict = _verdict_on(error)
        facts = {"act": act, "verdict": verdict.code, "status": error.http_status, "stripe_request": error.request_id}
        logger.warning("stripe.failed", extra={**facts, "error": type(error).__name__, "stripe_code": error.code})
        raise verdict from error


def _verdict_on(error: stripe.StripeError) -> StorekeeperError:
    """A card that was declined and a request that Stripe will not take are final.

    All else may pass: no answer, 5xx, rate limits, locks (409), a key used twice at once, and a secret key that is
    refused (which is for the operator to mend, not a reason to give up an order).
    """
    if isinstance(error, stripe.CardError):
        return PaymentDeclined(_decline_code(error))
    if isinstance(error, stripe.IdempotencyError | stripe.InvalidRequestError) and error.http_status != 409:
        return ProviderRefused(error.code or "invalid_request")
    return ProviderUnavailable()


def _decline_code(error: stripe.CardError) -> str:
    decline_code = error.error.decline_code if error.error else None
    return decline_code or error.code or "card_declined"


def _intent(shown: stripe.PaymentIntent) -> Intent:
    currency = Currency.of(shown.currency.upper())
    brand, last4 = _card_of(shown.latest_charge)
    metadata = _metadata_of(shown)
    return Intent(
        id=shown.id,
        state=PaymentState(_OURS.get(shown.status, shown.status)),
        amount=from_stripe(shown.amount, currency),
        captured=from_stripe(shown.amount_received, currency),
        client_secret=shown.client_secret,
        card_brand=brand,
        card_last4=last4,
        failure_code=_failure_code(shown.last_payment_error),
        tenant_id=metadata.get("tenant_id"),
        order_id=metadata.get("order_id"),
    )


def _failure_code(failure: stripe.PaymentIntent.LastPaymentError | None) -> str | None:
    """Why the last try failed: the bank's word, else Stripe's. What an error does not have, Stripe leaves out."""
    if failure is None:
        return None
    words = (failure[name] for name in ("decline_code", "code", "type") if name in failure)
    return next((str(word) for word in words if word), None)


def _card_of(charge: str | stripe.Charge | None) -> tuple[str | None, str | None]:
    """Brand and last four digits, of an expanded charge by card."""
    details = charge.payment_method_details if isinstance(charge, stripe.Charge) else None
    card = details.card if details else None
    return (card.brand, card.last4) if card else (None, None)


def _refund(shown: stripe.Refund) -> ProviderRefund:
    status = shown.status or RefundState.PENDING
    return ProviderRefund(
        id=shown.id,
        state=RefundState(_OURS.get(status, status)),
        amount=from_stripe(shown.amount, Currency.of(shown.currency.upper())),
        failure_code=shown.failure_reason if "failure_reason" in shown else None,
        refund_id=_metadata_of(shown).get("refund_id"),
    )


def _metadata_of(shown: stripe.PaymentIntent | stripe.Refund) -> dict[str, str]:
    return shown.metadata.to_dict() if shown.metadata is not None else {}
