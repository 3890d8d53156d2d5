"""What a payment is, how it follows its provider, and the three verdicts on a call to one. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import OrderId, StoreId, TenantId
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import move

Provider: TypeAlias = Literal["stripe", "manual"]
CaptureMethod: TypeAlias = Literal["automatic", "manual"]


class PaymentState(StrEnum):
    """Where the money for an order stands. Stripe's words, but for `cancelled`; `pending` is ours.

    `pending`: a manual payment that has not come, or one by card whose intent is not made yet.
    """

    PENDING = "pending"
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


_OPEN = frozenset(
    {
        PaymentState.REQUIRES_PAYMENT_METHOD,
        PaymentState.REQUIRES_CONFIRMATION,
        PaymentState.REQUIRES_ACTION,
        PaymentState.PROCESSING,
    }
)
_ENDED = frozenset({PaymentState.REQUIRES_CAPTURE, PaymentState.SUCCEEDED, PaymentState.CANCELLED})

# We see the provider's states by sampling, so that steps between may be missed: what is open may become anything.
TRANSITIONS: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: _OPEN | _ENDED,
    **{state: (_OPEN | _ENDED) - {state} for state in _OPEN},
    PaymentState.REQUIRES_CAPTURE: frozenset({PaymentState.SUCCEEDED, PaymentState.CANCELLED}),
    PaymentState.SUCCEEDED: frozenset(),
    PaymentState.CANCELLED: frozenset(),
}
FINAL_STATES = frozenset({PaymentState.SUCCEEDED, PaymentState.CANCELLED})


class RefundState(StrEnum):
    """Where money on its way back stands at the provider."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PaymentDeclined(StorekeeperError):
    """Verdict *final*: the bank or the provider declined the card. `failure_code` is the provider's reason."""

    code, kind = "payment_declined", "conflict"

    def __init__(self, failure_code: str) -> None:
        super().__init__("The payment was declined; use another card or way to pay.")
        self.failure_code = failure_code


class ProviderRefused(StorekeeperError):
    """Verdict *final*: the provider will not do this, however often it is asked. `provider_code` says why."""

    code, kind = "payment_refused", "conflict"

    def __init__(self, provider_code: str) -> None:
        super().__init__(f"The payment provider refused ({provider_code}).")
        self.provider_code = provider_code


class ProviderUnavailable(StorekeeperError):
    """Verdict *retry*: no answer, or none that counts. It may or may not have been done: send the same again."""

    code, kind, retry_after_s = "payment_provider_unavailable", "unavailable", 2

    def __init__(self) -> None:
        super().__init__("The payment provider cannot be reached; try again.")


class Payment(Struct, frozen=True):
    """The money for one order: a copy of what the provider last said, and what we have asked of it since.

    `refunded` counts refunds from the moment they are asked for, until one fails: so that two at once cannot exceed
    `captured`. `sealed_secret` lets a browser pay this intent (sealed for purpose `payment`). Of a card, brand and last
    four digits are all that is ever kept.
    """

    provider: Provider
    state: PaymentState
    amount: Money
    captured: Money
    refunded: Money
    capture: CaptureMethod = "automatic"
    intent_id: str | None = None
    sealed_secret: str | None = None
    card_brand: str | None = None
    card_last4: str | None = None
    failure_code: str | None = None

    @property
    def refundable(self) -> Money:
        """What can still be asked back."""
        return self.captured - self.refunded


class IntentRequest(Struct, frozen=True):
    """What an intent is made for. The ids travel as its metadata, so that a webhook leads back to the order."""

    tenant_id: TenantId
    store_id: StoreId
    order_id: OrderId
    amount: Money
    capture: CaptureMethod


class Intent(Struct, frozen=True):
    """An intent as the provider shows it. `captured` is what it took so far; `client_secret` is what its name says."""

    id: str
    state: PaymentState
    amount: Money
    captured: Money
    client_secret: str | None
    card_brand: str | None
    card_last4: str | None
    failure_code: str | None
    tenant_id: str | None
    order_id: str | None

    @property
    def is_cancellable(self) -> bool:
        """Whether the provider would still give it up: not while the shopper's bank is at work, nor at the end."""
        return self.state not in FINAL_STATES and self.state is not PaymentState.PROCESSING


class RefundRequest(Struct, frozen=True):
    """What money is sent back for. The ids travel as the refund's metadata, as they do with an intent."""

    tenant_id: TenantId
    order_id: OrderId
    refund_id: str
    intent_id: str
    amount: Money


class ProviderRefund(Struct, frozen=True):
    """A refund as the provider shows it; `refund_id` is our own id of it, None if it was not made by us."""

    id: str
    state: RefundState
    amount: Money
    failure_code: str | None
    refund_id: str | None


def manual_payment(amount: Money) -> Payment:
    """A payment that the merchant will confirm by hand."""
    return _new("manual", amount, "automatic")


def stripe_payment(amount: Money, *, capture: CaptureMethod) -> Payment:
    """A payment by card, before its intent is made."""
    return _new("stripe", amount, capture)


def _new(provider: Provider, amount: Money, capture: CaptureMethod) -> Payment:
    nothing = Money.zero(amount.currency)
    return Payment(provider, PaymentState.PENDING, amount, captured=nothing, refunded=nothing, capture=capture)


def update_from_intent(payment: Payment, intent: Intent) -> Payment:
    """The payment as the provider shows it now; the same one if nothing is new.

    `intent` must have been read after the order whose payment this is, so that a write guarded by that order's version
    never puts an older word over a newer one.

    Raises:
        WrongState: the provider shows what cannot follow what it showed before.
    """
    state = payment.state if _is_no_news(payment, intent) else move(payment.state, intent.state, TRANSITIONS)
    return replace(
        payment,
        state=state,
        intent_id=intent.id,
        captured=max(payment.captured, intent.captured),  # what was taken goes back by refunds alone
        card_brand=intent.card_brand or payment.card_brand,
        card_last4=intent.card_last4 or payment.card_last4,
        failure_code=None if state in _ENDED else intent.failure_code,
    )


def _is_no_news(payment: Payment, intent: Intent) -> bool:
    """Also while a capture is under way: the money is authorized until it is known how that ends."""
    is_being_captured = payment.state is PaymentState.REQUIRES_CAPTURE and intent.state is PaymentState.PROCESSING
    return is_being_captured or intent.state is payment.state
