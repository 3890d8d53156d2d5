"""Staff: they count, restock, fulfill, cancel, refund and change settings, while shoppers buy."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from storekeeper.catalog import product_of_sku
from storekeeper.catalog.products.use_cases import change_product
from storekeeper.checkout import RefundRequest, cancel_order, capture_payment, mark_paid, refund_order
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import ProductId, derived_id
from storekeeper.kernel.money import Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import key_actor
from storekeeper.orders import Dispatch, Order, Wanted, deliver_order, fulfill_order, get_order
from storekeeper.tenancy import load_settings
from storekeeper.tenancy.locations.use_cases import change_location
from storekeeper.tenancy.stores.use_cases import change_store
from tests.simulation.environments import Call, Machines
from tests.simulation.moods import REREAD, RUSH, Mood
from tests.simulation.scheduler import Crashed, Scheduler
from tests.simulation.world import START, Shop

STAFF = key_actor("key_staff")
PATIENCE = 3
WORKDAY_S = 2400.0

T = TypeVar("T")


def any_version(_: int) -> None:
    """Whoever works by hand looks at the order as it is now."""


@dataclass
class Clerk:
    """One clerk with a list of things to do. `orders` gives ids and payment statuses of the shop's orders."""

    name: str
    shop: Shop
    machines: Machines
    scheduler: Scheduler
    chance: random.Random
    orders: Callable[[Shop], Sequence[tuple[str, str]]]
    mood: Mood
    wanted: str | None
    asked: int = 0

    def live(self) -> None:
        """A few acts, with pauses."""
        acts: dict[Callable[[], None], int] = {
            self._count: 30 if self.mood.name == RUSH else 3,
            self._fulfill: 4,
            self._refund: 10 if self.mood.name == REREAD else 4,
            self._cancel: 2,
            self._capture: 3,
            self._mark_paid: 1,
            self._change_settings: 1,
            self._change_product: 1,
        }
        for _ in range(self.chance.randint(2, 5)):
            if self.mood.name != RUSH and self.chance.random() < 0.8:
                self.scheduler.sleep(self.chance.random() * self.chance.choice((30.0, WORKDAY_S)))
            (act,) = self.chance.choices(list(acts), weights=list(acts.values()))
            act()

    def ask(self, work: Callable[[Call], T]) -> T | None:
        """One request under an Idempotency-Key, sent again while nothing comes back."""
        for _ in range(PATIENCE):
            try:
                return self.machines.run(self.shop, STAFF, work)
            except Crashed:
                self.scheduler.note("  crashed")
            except StorekeeperError as refused:
                self.scheduler.note(f"  answered {refused!r}")
                if refused.kind != "unavailable" and refused.code != "contended":
                    return None
            self.scheduler.sleep(self.chance.random() * 5)
        return None

    def _key(self, prefix: str) -> str:
        """The id that a keyed request gives to what it makes, so that its repeat makes the same."""
        self.asked += 1
        return derived_id(prefix, self.name, str(self.asked), at=START)

    # stock

    def _count(self) -> None:
        kind, quantity = self.chance.choice(
            (
                (MovementType.RESTOCK, 1),
                (MovementType.ADJUSTMENT, -1),
                (MovementType.DAMAGE, -1),
            )
        )
        location = self.chance.choice((None, *self.shop.locations))
        sku = self.wanted or self.chance.choice(self.shop.skus)
        made = Adjustment(sku, kind, quantity, location_id=location)
        made_id = self._key("adj")

        def adjust(call: Call) -> None:
            settings = call.environment.settings.fresh(call.table)
            adjust_stock(call.table, made, settings=settings, now=call.now, adjustment_id=made_id)

        self.ask(adjust)

    # orders

    def _order(self, *wanted: str) -> Order | None:
        """An order from the console's list; mostly one that looks right for what is meant to be done with it."""
        known = [order_id for order_id, status in self.orders(self.shop) if status in wanted]
        if not known or self.chance.random() < 0.2:
            known = [order_id for order_id, _ in self.orders(self.shop)]
        if not known:
            return None
        order_id = self.chance.choice(known)
        return self.ask(lambda call: get_order(order_id, table=call.table))

    def _fulfill(self) -> None:
        if (order := self._order("paid", "authorized", "partially_refunded")) is None:
            return
        wanted = (Wanted(1, line_id=order.lines[0].id),) if self.chance.random() < 0.4 else None
        shipped = self.ask(
            lambda call: fulfill_order(
                order.id, Dispatch(wanted), table=call.table, now=call.now, check_version=any_version
            )
        )
        if shipped and self.chance.random() < 0.3:
            self.ask(lambda call: deliver_order(order.id, table=call.table, now=call.now, check_version=any_version))

    def _cancel(self) -> None:
        if order := self._order("pending", "paid", "authorized"):
            self.ask(lambda call: cancel_order(order.id, reason="by hand", till=call.till, now=call.now))

    def _refund(self) -> None:
        if (order := self._order("paid", "partially_refunded")) is None:
            return
        for _ in range(self.chance.choice((1, 2))):
            act = partial(self._send_back, order.id, self._request(order), self._key("ref"))
            self.scheduler.spawn(f"{self.name}, a refund", act, after=self.chance.random(), is_actor=True)

    def _send_back(self, order_id: str, request: RefundRequest, refund_id: str) -> None:
        self.ask(
            lambda call: refund_order(
                order_id,
                request,
                refund_id=refund_id,
                till=call.till,
                settings=load_settings(call.table),
                now=call.now,
            )
        )

    def _request(self, order: Order) -> RefundRequest:
        restock = self.chance.random() < 0.6
        match self.chance.randrange(3):
            case 0:
                return RefundRequest("all of it", restock=restock)
            case 1:
                amount = Money(self.chance.randint(1, order.totals.total.minor), order.currency)
                return RefundRequest("goodwill", amount=amount)
        line = self.chance.choice(order.lines)
        return RefundRequest("a unit", lines=(Wanted(1, line_id=line.id),), restock=restock)

    def _capture(self) -> None:
        if order := self._order("authorized"):
            self.ask(lambda call: capture_payment(order.id, till=call.till, now=call.now))

    def _mark_paid(self) -> None:
        if order := self._order("pending"):
            self.ask(lambda call: mark_paid(order.id, table=call.table, now=call.now))

    # what is sold, and how

    def _change_settings(self) -> None:
        west, priority = self.shop.locations[1], tuple(self.chance.sample(self.shop.locations, k=2))
        active = self.chance.random() < 0.5
        if self.chance.random() < 0.5:
            self.ask(lambda call: change_location(west, changes={"active": active}, table=call.table, now=call.now))
        else:
            changes = {"location_priority": priority}
            self.ask(
                lambda call: change_store(
                    self.shop.store_id, changes={}, settings=changes, table=call.table, now=call.now
                )
            )

    def _change_product(self) -> None:
        sku, cents = self.chance.choice(self.shop.skus), self.chance.randint(500, 3000)

        def change(call: Call) -> None:
            product_id = product_of_sku(call.table, sku)
            price = Money(cents, self.shop.store.currency)
            change_product(
                ProductId(product_id or ""),
                lambda details: replace(details, price=price),
                table=call.table,
                now=call.now,
            )

        self.ask(change)
