"""Buyers: they order from a supplier, and take in, close short or cancel what others are at as well."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.planning import Draft, change_purchase_order, create_purchase_order
from storekeeper.inventory.purchasing.receiving import Arrival, Delivery
from storekeeper.inventory.purchasing.store import get_purchase_order
from storekeeper.inventory.purchasing.use_cases import (
    give_up_purchase_order,
    receive_purchase_order,
    send_purchase_order,
)
from storekeeper.kernel.idempotency import Remember
from storekeeper.kernel.money import Currency, Money
from tests.simulation.dynamo.memory import Memory
from tests.simulation.environments import Call
from tests.simulation.keyed import once
from tests.simulation.staff import Clerk
from tests.simulation.warehouse import AT_ONCE, PAUSES_S

BUSY = 0.15  # of all histories: those in which somebody buys at all
BUYERS = (1, 2, 2)
SENT_AGAIN = 0.3  # how often an impatient buyer sends a request again, beside the first
COSTS = (300, 450, 451)


def buyers_today(seed: int) -> Iterator[random.Random]:
    """The chance of each buyer. It is not the history's own, so that days without buyers are as they would be."""
    day = random.Random(f"purchasing {seed}")
    if day.random() < BUSY:
        for n in range(day.choice(BUYERS)):
            yield random.Random(f"buyer {n} {seed}")


@dataclass
class Buyer(Clerk):
    """Somebody who works on whatever is on order, each request under its Idempotency-Key."""

    memory: Memory = field(kw_only=True)

    def live(self) -> None:
        """A few acts, mostly on what is on its way, and often two at once."""
        acts: dict[Callable[[], None], int] = {
            self._buy: 2,
            self._send: 3,
            self._receive: 8,
            self._close: 3,
            self._cancel_one: 1,
            self._write_on: 1,
        }
        self._buy()
        for _ in range(self.chance.randint(3, 6)):
            act, other = self.chance.choices(list(acts), weights=list(acts.values()), k=2)
            if self.chance.random() < AT_ONCE:
                self.scheduler.spawn(f"{self.name}, besides", other, after=self.chance.random() / 10, is_actor=True)
            act()
            self.scheduler.sleep(self.chance.random() * self.chance.choice(PAUSES_S))

    def _once(self, act: Callable[[Call, Remember[Any]], object]) -> None:
        """One request, which comes twice now and then."""
        key = self._key("key")

        def request() -> None:
            self.ask(lambda call: once(call, key, lambda remember: act(call, remember)))

        if self.chance.random() < SENT_AGAIN:
            after = self.chance.choice((0.05, 5.0)) * self.chance.random()
            self.scheduler.spawn(f"{self.name}, again", request, after=after, is_actor=True)
        request()

    def _known(self) -> str | None:
        """One of the last of the shop's purchase orders."""
        prefix = f"T#{self.shop.tenant_id}#PURCHASE#"
        known = [pk.removeprefix(prefix) for pk in self.memory.partitions if pk.startswith(prefix)]
        return self.chance.choice(known[-2:]) if known else None

    def _buy(self) -> None:
        skus = self.chance.sample(self.shop.skus, k=self.chance.choice((1, 1, 2)))
        wanted = [(sku, *self._choices((1, 2, 3), COSTS, self.shop.locations)) for sku in skus]

        def lines(currency: Currency) -> list[WantedLine]:
            return [WantedLine(sku, units, Money(cost, currency), place) for sku, units, cost, place in wanted]

        draft = Draft(self.shop.supplier_id, lines)
        self._once(
            lambda call, remember: create_purchase_order(
                draft,
                table=call.table,
                settings=call.environment.settings.fresh(call.table),
                sealer=self.shop.sealer,
                now=call.now,
                remember=remember,
            )
        )
        self._send()

    def _choices(self, *among: Any) -> list[Any]:
        return [self.chance.choice(one) for one in among]

    def _send(self) -> None:
        if order_id := self._known():
            self._once(
                lambda call, remember: send_purchase_order(
                    order_id,
                    table=call.table,
                    settings=call.environment.settings.fresh(call.table),
                    now=call.now,
                    remember=remember,
                )
            )

    def _receive(self) -> None:
        order_id = self._known()
        found = self.ask(lambda call: get_purchase_order(order_id, table=call.table)) if order_id else None
        if found is None:
            return
        delivery = self._delivery(found)
        self._once(
            lambda call, remember: receive_purchase_order(
                found.id,
                lambda _: delivery,
                table=call.table,
                settings=call.environment.settings.fresh(call.table),
                now=call.now,
                remember=remember,
            )
        )

    def _delivery(self, order: PurchaseOrder) -> Delivery:
        """What came: some of it or all, some of it broken, now and then for another price, or more than was ordered."""
        over = self.chance.random() < 0.1
        some = self.chance.sample(order.lines, k=self.chance.randint(1, len(order.lines)))
        arrivals = []
        for line in some:
            units = self.chance.randint(1, max(1, line.outstanding)) + over
            broken = self.chance.choice((0, 0, 0, 1)) if units > 1 else 0
            cost = Money(self.chance.choice(COSTS), order.currency) if self.chance.random() < 0.3 else None
            reason = "broken" if broken else ""
            arrivals.append(Arrival(units - broken, broken, reason, cost, line_id=line.id))
        return Delivery(tuple(arrivals), allow_over=over)

    def _close(self) -> None:
        self._give_up(PurchaseStatus.CLOSED_SHORT)

    def _cancel_one(self) -> None:
        self._give_up(PurchaseStatus.CANCELLED)

    def _give_up(self, to: PurchaseStatus) -> None:
        if order_id := self._known():
            self._once(
                lambda call, remember: give_up_purchase_order(
                    order_id, to, reason="sold out", table=call.table, now=call.now, remember=remember
                )
            )

    def _write_on(self) -> None:
        if order_id := self._known():
            self.ask(
                lambda call: change_purchase_order(
                    order_id,
                    {"reference": "urgent"},
                    table=call.table,
                    settings=call.environment.settings.fresh(call.table),
                    sealer=self.shop.sealer,
                    now=call.now,
                )
            )
