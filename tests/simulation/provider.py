"""A small payment provider with Stripe's semantics: intents, refunds, idempotency keys that keep the first answer.

It acts at once and never fails by itself: what happens to a call on its way is the gateway's business.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.payments import (
    FINAL_STATES,
    Intent,
    IntentRequest,
    PaymentState,
    ProviderRefund,
    ProviderRefused,
    RefundRequest,
    RefundState,
)

KEYS_KEPT_S = 24 * 3600.0
AUTHORIZED_FOR_S = 7 * 24 * 3600.0
UNEXPECTED_STATE = "payment_intent_unexpected_state"
PAYABLE = frozenset(
    {PaymentState.REQUIRES_PAYMENT_METHOD, PaymentState.REQUIRES_CONFIRMATION, PaymentState.REQUIRES_ACTION}
)
FAILED = frozenset({RefundState.FAILED, RefundState.CANCELLED})


@dataclass
class Held:
    """An intent as the provider holds it, and what it was asked to send back."""

    shown: Intent
    capture: str
    authorized_until: float = math.inf
    refunds: list[ProviderRefund] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """Minor units that went back, or are on their way."""
        return sum(refund.amount.minor for refund in self.refunds if refund.state not in FAILED)


@dataclass
class Provider:
    """All accounts' intents. `tell` hears of every event, as the type and the object of a webhook."""

    tell: Callable[[str, dict[str, Any]], None]
    clock: Callable[[], float]
    intents: dict[str, Held] = field(default_factory=dict)
    over_refunds: list[str] = field(default_factory=list)
    _answers: dict[str, tuple[float, Any]] = field(default_factory=dict)

    # what a merchant's software asks

    def once(self, key: str, act: Callable[[], Any]) -> Any:
        """The first answer to this key, a refusal included, for a day."""
        known = self._answers.get(key)
        if known is None or self.clock() - known[0] > KEYS_KEPT_S:
            try:
                answer = act()
            except ProviderRefused as refused:
                answer = refused
            known = self._answers[key] = (self.clock(), answer)
        if isinstance(known[1], StorekeeperError):
            raise known[1]
        return known[1]

    def create(self, request: IntentRequest) -> Intent:
        """A new intent, waiting for a card."""
        number = f"pi_{len(self.intents) + 1}"
        nothing = Money.zero(request.amount.currency)
        shown = Intent(
            id=number,
            state=PaymentState.REQUIRES_PAYMENT_METHOD,
            amount=request.amount,
            captured=nothing,
            client_secret=f"{number}_secret",
            card_brand=None,
            card_last4=None,
            failure_code=None,
            tenant_id=request.tenant_id,
            order_id=request.order_id,
        )
        self.intents[number] = Held(shown, request.capture)
        self._tell("created", number)
        return shown

    def find(self, intent_id: str) -> Intent:
        """The intent as it is. An authorization that nobody has used in time is over."""
        held = self._held(intent_id)
        if held.shown.state is PaymentState.REQUIRES_CAPTURE and self.clock() > held.authorized_until:
            return self._become(held, "canceled", state=PaymentState.CANCELLED)
        return held.shown

    def cancel(self, intent_id: str) -> Intent:
        """Give it up, unless money moves or has moved."""
        held = self._held(intent_id)
        if held.shown.state in FINAL_STATES or held.shown.state is PaymentState.PROCESSING:
            raise ProviderRefused(UNEXPECTED_STATE)
        return self._become(held, "canceled", state=PaymentState.CANCELLED)

    def take(self, intent_id: str, amount: Money) -> Intent:
        """Capture what is authorized."""
        held = self._held(intent_id)
        if held.shown.state is not PaymentState.REQUIRES_CAPTURE:
            raise ProviderRefused(UNEXPECTED_STATE)
        return self._become(held, "succeeded", state=PaymentState.SUCCEEDED, captured=amount)

    def refund(self, request: RefundRequest, *, state: RefundState) -> ProviderRefund:
        """Send money back, no more than was taken."""
        held = self._held(request.intent_id)
        if held.refunded + request.amount.minor > held.shown.captured.minor:
            self.over_refunds.append(request.refund_id)
            raise ProviderRefused("charge_already_refunded")
        made = ProviderRefund(f"re_{request.refund_id}", state, request.amount, None, request.refund_id)
        held.refunds.append(made)
        self._tell_refund("refund.created", held, made)
        return made

    def find_refund(self, intent_id: str, refund_id: str) -> ProviderRefund | None:
        """The refund that was asked for under our id."""
        return next((one for one in self._held(intent_id).refunds if one.refund_id == refund_id), None)

    # what shoppers and banks do

    def pay(self, intent_id: str) -> bool:
        """The shopper's card is charged or authorized; False if the intent takes no payment any more."""
        held = self._held(intent_id)
        if held.shown.state not in PAYABLE and held.shown.state is not PaymentState.PROCESSING:
            return False
        if held.capture == "manual":
            held.authorized_until = self.clock() + AUTHORIZED_FOR_S
            self._become(held, "amount_capturable_updated", state=PaymentState.REQUIRES_CAPTURE)
        else:
            self._become(held, "succeeded", state=PaymentState.SUCCEEDED, captured=held.shown.amount)
        return True

    def decline(self, intent_id: str) -> bool:
        """The bank says no; another card may be tried."""
        held = self._held(intent_id)
        if held.shown.state not in PAYABLE and held.shown.state is not PaymentState.PROCESSING:
            return False
        state = PaymentState.REQUIRES_PAYMENT_METHOD
        self._become(held, "payment_failed", state=state, failure_code="card_declined")
        return True

    def begin(self, intent_id: str, state: PaymentState) -> bool:
        """Somebody is asked (`requires_action`), or a bank is at work (`processing`)."""
        held = self._held(intent_id)
        if held.shown.state not in PAYABLE:
            return False
        self._become(held, state.value, state=state, failure_code=None)
        return True

    def end_refund(self, intent_id: str, refund_id: str, state: RefundState) -> None:
        """The last word on a refund; one that failed stays failed."""
        held = self._held(intent_id)
        for place, refund in enumerate(held.refunds):
            if refund.refund_id == refund_id and refund.state not in FAILED:
                code = "lost_or_stolen_card" if state is RefundState.FAILED else None
                held.refunds[place] = replace(refund, state=state, failure_code=code)
                name = "refund.failed" if state is RefundState.FAILED else "refund.updated"
                self._tell_refund(name, held, held.refunds[place])

    # how

    def _held(self, intent_id: str) -> Held:
        if (held := self.intents.get(intent_id)) is None:
            raise ProviderRefused("resource_missing")
        return held

    def _become(self, held: Held, event: str, **changes: Any) -> Intent:
        held.shown = replace(held.shown, **changes)
        self._tell(event, held.shown.id)
        return held.shown

    def _tell(self, event: str, intent_id: str) -> None:
        shown = self.intents[intent_id].shown
        metadata = {"tenant_id": shown.tenant_id, "order_id": shown.order_id}
        self.tell(f"payment_intent.{event}", {"object": "payment_intent", "id": intent_id, "metadata": metadata})

    def _tell_refund(self, event: str, held: Held, refund: ProviderRefund) -> None:
        shown = held.shown
        ids = {"tenant_id": shown.tenant_id, "order_id": shown.order_id, "refund_id": refund.refund_id}
        self.tell(event, {"object": "refund", "id": refund.id, "payment_intent": shown.id, "metadata": ids})
