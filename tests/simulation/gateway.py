"""The way to the provider, as `payments/stripe.py` goes it: the same calls under the same keys, each a switch point."""

import random
from collections.abc import Callable
from typing import TypeVar, cast

from ulid import ULID

from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.money import Money
from storekeeper.payments import (
    Intent,
    IntentRequest,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundState,
)
from tests.simulation.faults import Fault, Faults
from tests.simulation.provider import UNEXPECTED_STATE, Provider
from tests.simulation.scheduler import Crashed, Scheduler

READ_TIMEOUT_S = 7.0
LATE_S = 10.0
REFUND_ENDS_WITHIN_S = 3600.0
FAILURES = (Fault.CRASH, Fault.PROVIDER_SILENT, Fault.PROVIDER_LOST_ANSWER, Fault.PROVIDER_LATE, Fault.PROVIDER_500)

T = TypeVar("T")


class SimulatedGateway:
    """`PaymentGateway` for one request."""

    publishable_key = "pk_simulated"

    def __init__(self, provider: Provider, scheduler: Scheduler, faults: Faults, chance: random.Random) -> None:
        self._provider, self._scheduler, self._faults, self._chance = provider, scheduler, faults, chance

    def create_intent(self, request: IntentRequest) -> Intent:
        """See `PaymentGateway`."""
        return self._keyed(
            f"create intent of {request.order_id}", f"pi:{request.order_id}", lambda: self._provider.create(request)
        )

    def find_intent(self, intent_id: str) -> Intent:
        """See `PaymentGateway`."""
        return self._call(f"find {intent_id}", lambda: self._provider.find(intent_id))

    def capture(self, intent_id: str, *, order_id: OrderId, amount: Money) -> Intent:
        """See `PaymentGateway`."""
        return self._keyed(
            f"capture {intent_id}", f"capture:{order_id}", lambda: self._provider.take(intent_id, amount)
        )

    def cancel(self, intent_id: str, *, order_id: OrderId) -> Intent:
        """See `PaymentGateway`; step by step what `StripeGateway` does."""
        if cancelled := self._try_cancel(intent_id, key=f"cancel:{order_id}"):
            return cancelled
        intent = self.find_intent(intent_id)
        if intent.is_cancellable and (cancelled := self._try_cancel(intent_id, key=f"cancel:{order_id}:{ULID()}")):
            return cancelled
        return self.find_intent(intent_id) if intent.is_cancellable else intent

    def _try_cancel(self, intent_id: str, *, key: str) -> Intent | None:
        try:
            return self._keyed(f"cancel {intent_id}", key, lambda: self._provider.cancel(intent_id))
        except ProviderRefused as refused:
            if refused.provider_code != UNEXPECTED_STATE:
                raise
            return None

    def refund(self, request: RefundRequest) -> ProviderRefund:
        """See `PaymentGateway`."""
        return self._keyed(
            f"refund {request.amount.minor} of {request.intent_id}",
            f"refund:{request.refund_id}",
            lambda: self._refund(request),
        )

    def _refund(self, request: RefundRequest) -> ProviderRefund:
        fate = self._chance.random()
        first = RefundState.PENDING if fate < 0.5 else RefundState.SUCCEEDED
        made = self._provider.refund(request, state=first)
        fails = (fate < 0.1 or fate > 0.95) and not self._faults.over
        if first is RefundState.PENDING or fails:
            last = RefundState.FAILED if fails else RefundState.SUCCEEDED

            def end() -> None:
                if fails:
                    self._faults.count(Fault.REFUND_FAILED)
                self._provider.end_refund(request.intent_id, request.refund_id, last)

            self._scheduler.spawn("the bank", end, after=self._chance.random() * REFUND_ENDS_WITHIN_S)
        return made

    def find_refund(self, intent_id: str, *, refund_id: str) -> ProviderRefund | None:
        """See `PaymentGateway`."""
        return self._call(f"find refund {refund_id}", lambda: self._provider.find_refund(intent_id, refund_id))

    def _keyed(self, what: str, key: str, act: Callable[[], T]) -> T:
        return self._call(what, lambda: cast("T", self._provider.once(key, act)))

    def _call(self, what: str, act: Callable[[], T]) -> T:
        self._scheduler.step(what)
        away = self._faults.provider_is_away(self._scheduler.now)
        struck = Fault.PROVIDER_AWAY if away else self._faults.strikes(*FAILURES)
        if struck is None:
            return act()
        self._scheduler.note(f"! {struck}")
        self._faults.count(struck)
        if struck is Fault.CRASH:
            raise Crashed
        if struck is Fault.PROVIDER_LOST_ANSWER:
            _unheard(act)
        elif struck is Fault.PROVIDER_LATE:
            self._scheduler.spawn("a call on its way", lambda: _unheard(act), after=self._chance.random() * LATE_S)
        if struck is not Fault.PROVIDER_500:
            self._scheduler.sleep(READ_TIMEOUT_S)
        raise ProviderUnavailable


def _unheard(act: Callable[[], object]) -> None:
    try:
        act()
    except ProviderRefused:
        return
