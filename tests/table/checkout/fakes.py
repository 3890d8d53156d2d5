"""A provider that keeps its word, behind the domain's own port; and ways to interrupt it and the table at any step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.payments import (
    Intent,
    IntentRequest,
    PaymentState,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundState,
)

T = TypeVar("T")

PAYABLE = {PaymentState.REQUIRES_PAYMENT_METHOD, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING}
CANCELLABLE = {PaymentState.REQUIRES_PAYMENT_METHOD, PaymentState.REQUIRES_ACTION, PaymentState.REQUIRES_CAPTURE}


class Crash(Exception):
    """The process is gone: nobody catches this."""


@dataclass
class Steps:
    """Counts every call that leaves the process, and ends the process at one of them, before or after it acted."""

    crash_at: int = 0
    after: bool = False
    count: int = 0

    def run(self, call: Callable[[], T]) -> T:
        self.count += 1
        if self.count == self.crash_at and not self.after:
            raise Crash
        answer = call()
        if self.count == self.crash_at:
            raise Crash
        return answer


class SteppedWire:
    """The table's client, each call a step; keeps the names of the calls."""

    def __init__(self, wire: Any, steps: Steps) -> None:
        self._wire, self._steps = wire, steps
        self.calls: list[str] = []
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append(name)
            self.requests.append(request)
            return self._steps.run(lambda: getattr(self._wire, name)(**request))

        return call


class InterruptedWire:
    """The table's client; something else happens just before its first transaction."""

    def __init__(self, wire: Any, meanwhile: Callable[[], Any]) -> None:
        self._wire = wire
        self._meanwhile: Callable[[], Any] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def transact_write_items(self, **request: Any) -> Any:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        return self._wire.transact_write_items(**request)

    def update_item(self, **request: Any) -> Any:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        return self._wire.update_item(**request)


@dataclass
class FakeIntent:
    """An intent as the provider keeps it."""

    request: IntentRequest
    id: str
    state: PaymentState = PaymentState.REQUIRES_PAYMENT_METHOD
    captured: int = 0
    failure_code: str | None = None
    refunds: dict[str, ProviderRefund] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        """What goes back, but for what failed."""
        return sum(one.amount.minor for one in self.refunds.values() if one.state is not RefundState.FAILED)

    def shown(self) -> Intent:
        return Intent(
            id=self.id,
            state=self.state,
            amount=self.request.amount,
            captured=Money(self.captured, self.request.amount.currency),
            client_secret=f"{self.id}_secret",
            card_brand="visa" if self.captured else None,
            card_last4="4242" if self.captured else None,
            failure_code=self.failure_code,
            tenant_id=self.request.tenant_id,
            order_id=self.request.order_id,
        )


class FakeProvider:
    """`PaymentGateway`. `fail("cancel", after=True)`: its next cancel acts, but the answer is lost."""

    publishable_key = "pk_test"

    def __init__(self) -> None:
        self.intents: dict[str, FakeIntent] = {}
        self.calls: list[str] = []
        self.refund_state = RefundState.SUCCEEDED
        self.steps = Steps()
        self.meanwhile: dict[str, Callable[[], Any]] = {}
        self._faults: list[tuple[str, bool, Exception]] = []

    # the test's side

    def fail(self, act: str, *, after: bool = False, error: Exception | None = None, times: int = 1) -> None:
        self._faults += [(act, after, error or ProviderUnavailable())] * times

    def recover(self) -> None:
        self._faults.clear()

    def of(self, order_id: str) -> FakeIntent:
        return self.intents[f"pi_{order_id}"]

    def pay(self, order_id: str) -> None:
        """The shopper pays."""
        intent = self.of(order_id)
        assert intent.state in PAYABLE, intent.state
        manual = intent.request.capture == "manual"
        intent.state = PaymentState.REQUIRES_CAPTURE if manual else PaymentState.SUCCEEDED
        intent.captured = 0 if manual else intent.request.amount.minor
        intent.failure_code = None

    def decline(self, order_id: str, code: str = "insufficient_funds") -> None:
        intent = self.of(order_id)
        intent.state, intent.failure_code = PaymentState.REQUIRES_PAYMENT_METHOD, code

    def settle_refund(self, order_id: str, refund_id: str, state: RefundState) -> None:
        """The bank's last word on a refund."""
        refunds = self.of(order_id).refunds
        refunds[refund_id] = replace(refunds[refund_id], state=state)

    # the port

    def create_intent(self, request: IntentRequest) -> Intent:
        def act() -> Intent:
            kept = self.intents.setdefault(f"pi_{request.order_id}", FakeIntent(request, f"pi_{request.order_id}"))
            assert kept.request == request
            return kept.shown()

        return self._do("create_intent", act)

    def find_intent(self, intent_id: str) -> Intent:
        return self._do("find_intent", self.intents[intent_id].shown)

    def capture(self, intent_id: str, *, order_id: OrderId, amount: Money) -> Intent:  # noqa: ARG002
        def act() -> Intent:
            intent = self.intents[intent_id]
            if intent.state is PaymentState.SUCCEEDED:
                return intent.shown()  # a repeat under the same key
            if intent.state is not PaymentState.REQUIRES_CAPTURE:
                raise ProviderRefused("payment_intent_unexpected_state")
            intent.state, intent.captured = PaymentState.SUCCEEDED, amount.minor
            return intent.shown()

        return self._do("capture", act)

    def cancel(self, intent_id: str, *, order_id: OrderId) -> Intent:  # noqa: ARG002
        def act() -> Intent:
            intent = self.intents[intent_id]
            if intent.state in CANCELLABLE:
                intent.state = PaymentState.CANCELLED
            return intent.shown()

        return self._do("cancel", act)

    def refund(self, request: RefundRequest) -> ProviderRefund:
        def act() -> ProviderRefund:
            intent = self.intents[request.intent_id]
            if known := intent.refunds.get(request.refund_id):
                return known
            if intent.refunded + request.amount.minor > intent.captured:
                raise ProviderRefused("amount_too_large")
            made = ProviderRefund(f"re_{request.refund_id}", self.refund_state, request.amount, None, request.refund_id)
            intent.refunds[request.refund_id] = made
            return made

        return self._do("refund", act)

    def find_refund(self, intent_id: str, *, refund_id: str) -> ProviderRefund | None:
        return self._do("find_refund", lambda: self.intents[intent_id].refunds.get(refund_id))

    def _do(self, name: str, act: Callable[[], T]) -> T:
        self.calls.append(name)
        if interruption := self.meanwhile.pop(name, None):
            interruption()
        fault = next((fault for fault in self._faults if fault[0] == name), None)
        if fault is None:
            return self.steps.run(act)
        self._faults.remove(fault)
        if fault[1]:
            act()
        raise fault[2]
