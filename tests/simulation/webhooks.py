"""What the provider tells, on its way: to the function that takes it in, to the queue, to the queue's consumer."""

import json
import math
from dataclasses import dataclass
from typing import Any

from local.sam import load_template
from storekeeper.checkout import settle_payment, settle_refund
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.trace import system_actor
from storekeeper.payments import PaymentHint, hint_from_event
from tests.simulation.environments import Call, Machines
from tests.simulation.faults import Fault
from tests.simulation.scheduler import Crashed
from tests.simulation.wire import Backplane
from tests.simulation.world import Shop

PAYMENTS = system_actor("payments")
_QUEUE = load_template()["Resources"]["PaymentEventsQueue"]["Properties"]
VISIBLE_AGAIN_S = float(_QUEUE["VisibilityTimeout"])
MAX_RECEIVES = int(_QUEUE["RedrivePolicy"]["maxReceiveCount"])
NEVER_LOST = frozenset({"refund.failed"})
SOON_S = 2.0
LONG_S = 5400.0
PROVIDER_TRIES_AGAIN_S = 600.0
BATCH = 10


@dataclass(slots=True)
class Message:
    """One message of the queue."""

    body: str
    visible_at: float
    receives: int = 0


class PaymentEvents:
    """The provider's events until they are dealt with."""

    def __init__(self, plane: Backplane, machines: Machines, shops: dict[str, Shop]) -> None:
        self._plane, self._machines, self._shops = plane, machines, shops
        self._messages: list[Message] = []
        self.dead_letters: list[Message] = []
        self._made = 0
        self._consumer = plane.scheduler.spawn("payments queue", self._consume, after=math.inf)

    def tell(self, kind: str, thing: dict[str, Any]) -> None:
        """An event has happened: it is sent, more or less."""
        self._made += 1
        body = json.dumps({"id": f"evt_{self._made}", "type": kind, "data": {"object": thing}}).encode()
        faults, chance = self._plane.faults, self._plane.chance
        after = chance.random() * SOON_S
        struck = faults.strikes(
            Fault.WEBHOOK_MISSING, Fault.WEBHOOK_DUPLICATED, Fault.WEBHOOK_DELAYED, Fault.WEBHOOK_REORDERED
        )
        if struck is Fault.WEBHOOK_MISSING and kind in NEVER_LOST:
            struck = None  # nothing else may tell of it: the provider sends it for days, until it is taken
        if struck is not None:
            faults.count(struck)
        if struck is Fault.WEBHOOK_MISSING:
            return
        if struck is Fault.WEBHOOK_DELAYED:
            after += chance.random() * LONG_S
        if struck is Fault.WEBHOOK_REORDERED:
            after += SOON_S * 4
        self._send(body, after=after)
        if struck is Fault.WEBHOOK_DUPLICATED:
            self._send(body, after=after + chance.random() * chance.choice((SOON_S, LONG_S)))

    def _send(self, body: bytes, *, after: float) -> None:
        self._plane.scheduler.spawn("webhook", lambda: self._take_in(body), after=after)

    def _take_in(self, body: bytes) -> None:
        """The function behind the webhook's address: what it could not queue, the provider sends again."""
        hint = hint_from_event(body)
        if hint is None:
            return
        self._plane.scheduler.step(f"queue {hint.kind} of {hint.order_id}")
        if self._plane.faults.strikes(Fault.CRASH):
            self._plane.faults.count(Fault.CRASH)
            self._send(body, after=PROVIDER_TRIES_AGAIN_S)
            return
        self._messages.append(Message(hint.as_message(), self._plane.scheduler.now))
        if self._plane.faults.strikes(Fault.MESSAGE_DUPLICATED):
            self._plane.faults.count(Fault.MESSAGE_DUPLICATED)
            again = self._plane.scheduler.now + self._plane.chance.random() * VISIBLE_AGAIN_S
            self._messages.append(Message(hint.as_message(), again))
        self._plane.scheduler.wake(self._consumer)

    def _consume(self) -> None:
        while True:
            now = self._plane.scheduler.now
            due = [message for message in self._messages if message.visible_at <= now][:BATCH]
            for message in due:
                self._receive(message)
            if not due:
                next_at = min((message.visible_at for message in self._messages), default=math.inf)
                self._plane.scheduler.sleep(next_at - now)

    def _receive(self, message: Message) -> None:
        message.receives += 1
        message.visible_at = self._plane.scheduler.now + VISIBLE_AGAIN_S
        hint = PaymentHint.from_message(message.body)
        try:
            self._machines.run(self._shops[hint.tenant_id], PAYMENTS, lambda call: settle(hint, call))
        except (Crashed, StorekeeperError) as failed:
            self._plane.scheduler.note(f"  message comes again: {failed!r}")
            if message.receives >= MAX_RECEIVES:
                self._messages.remove(message)
                self.dead_letters.append(message)
            return
        self._messages.remove(message)


def settle(hint: PaymentHint, call: Call) -> None:
    """What the queue's consumer (`functions/payments`) does with one hint."""
    try:
        if hint.refund_id is not None:
            settle_refund(hint.order_id, hint.refund_id, till=call.till, now=call.now)
        else:
            settle_payment(hint.order_id, till=call.till, now=call.now, intent_id=hint.intent_id)
    except NotFound:
        return  # of another system on the same account
