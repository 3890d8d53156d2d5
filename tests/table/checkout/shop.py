"""A shop whose shoppers check out, and the one thing that is always true of it: what is reserved has an owner."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local.testing import DataCloud
from storekeeper.carts import Addition, CartStore, create_cart
from storekeeper.checkout import (
    REFUND_DUE_KIND,
    Placed,
    Refunded,
    RefundRequest,
    Till,
    cancel_order,
    check_out,
    look_after_due,
    refund_order,
    reopen_cart,
    settle_due_refund,
    settle_payment,
)
from storekeeper.inventory import HOLD_DUE_KIND, MovementType, find_levels, hold_from, release_expired_hold
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.holds.references import put_reference, references_of
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.ids import LocationId, new_id
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.untenanted import DueThing
from storekeeper.orders import DUE_KIND as ORDER_DUE_KIND
from storekeeper.orders import Dispatch, Order, Wanted, fulfill_order, get_order
from storekeeper.payments import Provider, RefundState
from storekeeper.tenancy import NumberLease, SettingsCache, Store, load_settings
from storekeeper.tenancy.locations.use_cases import create_location
from tests.emulated import all_items
from tests.table.carts.shop import put_on_sale, ship_by
from tests.table.checkout.fakes import FakeProvider, InterruptedWire, SteppedWire, Steps

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMAIL = "anna@example.com"
HOME = Address("US", "Anna", "Ash", line1="1 Long Street", city="Portland", region="ME", postal_code="04101")
KINDS = (HOLD_DUE_KIND, ORDER_DUE_KIND, REFUND_DUE_KIND)
KIND_OF = dict(zip(KINDS, ("hold", "order", "refund"), strict=True))  # the type of item that falls due so
REFUND_ID = "ref_00000000000000000000000001"


@dataclass
class Shop:
    """One store, its provider, and the verbs of its shoppers and its merchant."""

    root: Table
    wire: Any
    cloud: DataCloud
    store: Store
    sealer: Sealer
    provider: FakeProvider = field(default_factory=FakeProvider)
    settings: SettingsCache = field(default_factory=SettingsCache)
    numbers: NumberLease = field(default_factory=NumberLease)
    shipping_id: str | None = None

    def till(self, steps: Steps | None = None) -> Till:
        """A till; with `steps`, all that leaves the process is counted there."""
        if steps is None:
            return Till(self.root, lambda: self.provider, self.sealer)
        self.provider.steps = steps
        return Till(self.table_on(SteppedWire(self.wire, steps)), lambda: self.provider, self.sealer)

    def till_interrupted_by(self, meanwhile: Callable[[], Any]) -> Till:
        """A till; just before it writes first, something else happens."""
        return Till(self.table_on(InterruptedWire(self.wire, meanwhile)), lambda: self.provider, self.sealer)

    def table_on(self, wire: Any) -> Table:
        return Table(wire, self.cloud.table, tenant_id=self.root.tenant_id, trace=self.root.trace)

    # what merchants and shoppers do

    def sell(self, sku: str, *, price: str = "12.50", units: int = 10, **details: Any) -> None:
        put_on_sale(self.root, self.store, sku, price=price, units=units, **details)

    def ship_by(self, price: str = "5.00", **terms: Any) -> None:
        self.shipping_id = ship_by(self.root, self.store, price, **terms).id

    def open_location(self, units: Mapping[str, int]) -> LocationId:
        """A further location, with units of SKUs."""
        opened = create_location(name="West", address=None, table=self.root, now=NOW)
        self.restock(units, opened.id)
        return opened.id

    def restock(self, units: Mapping[str, int], location_id: LocationId | None = None) -> None:
        settings = load_settings(self.root)
        for sku, count in units.items():
            adjustment = Adjustment(sku, MovementType.RESTOCK, count, location_id=location_id)
            adjust_stock(self.root, adjustment, settings=settings, now=NOW)

    def cart(self, wanted: Mapping[str, int] | None = None, *, now: datetime = NOW, **details: Any) -> str:
        """A complete cart, of one mug unless told otherwise."""
        additions = [Addition(sku, units) for sku, units in ({"MUG": 1} if wanted is None else wanted).items()]
        said: Any = {"email": EMAIL, "shipping_address": HOME, "shipping_method_id": self.shipping_id, **details}
        return create_cart(additions=additions, details=said, carts=self.carts, now=now).cart.id

    @property
    def carts(self) -> CartStore:
        return CartStore(self.root, self.settings, self.sealer, store_id=self.store.id)

    def check_out(
        self, cart_id: str, method: Provider = "stripe", *, now: datetime = NOW, till: Till | None = None
    ) -> Placed:
        return check_out(
            cart_id,
            store_id=self.store.id,
            method=method,
            till=till or self.till(),
            settings=self.settings,
            numbers=self.numbers,
            now=now,
        )

    def buy(self, wanted: Mapping[str, int] | None = None, *, now: datetime = NOW) -> Order:
        """A pending order that waits for its card, as it is in the table: of its intent it knows nothing yet."""
        return self.order(self.check_out(self.cart(wanted, now=now), now=now).order)

    def buy_and_pay(self, wanted: Mapping[str, int] | None = None) -> Order:
        order = self.buy(wanted)
        self.provider.pay(order.id)
        return self.settle(order)

    def settle(self, order: Order, *, now: datetime = NOW, till: Till | None = None) -> Order:
        return settle_payment(order.id, till=till or self.till(), now=now)

    def reopen(self, cart_id: str, *, now: datetime = NOW, till: Till | None = None) -> None:
        reopen_cart(cart_id, store_id=self.store.id, till=till or self.till(), now=now)

    def cancel(self, order: Order, *, now: datetime = NOW, till: Till | None = None) -> Order:
        return cancel_order(order.id, reason="no longer wanted", till=till or self.till(), now=now)

    def refund(
        self, order: Order, request: RefundRequest, *, refund_id: str = "", till: Till | None = None
    ) -> Refunded:
        return refund_order(
            order.id,
            request,
            refund_id=refund_id or new_id("ref", at=NOW),
            till=till or self.till(),
            settings=self.settings.fresh(self.root),
            now=NOW,
        )

    def ship(self, order: Order, wanted: Mapping[str, int] | None = None) -> Order:
        """Units leave: all, or these."""
        lines = tuple(Wanted(units, sku=sku) for sku, units in wanted.items()) if wanted else None
        return fulfill_order(
            order.id, Dispatch(wanted=lines), table=self.root, now=NOW, check_version=any_version
        ).order

    def ship_from(self, order: Order, location_id: LocationId) -> Order:
        """All that is left, from one location."""
        dispatch = Dispatch(location_id=location_id)
        return fulfill_order(order.id, dispatch, table=self.root, now=NOW, check_version=any_version).order

    # what there is

    def order(self, order: Order | str) -> Order:
        return get_order(order if isinstance(order, str) else order.id, table=self.root)

    def stock(self, sku: str = "MUG") -> tuple[int, int, int]:
        """On hand, reserved and available, in all locations together."""
        levels = find_levels(self.root, [sku], locations=self.locations())[sku]
        return (
            sum(one.on_hand for one in levels),
            sum(one.reserved for one in levels),
            sum(one.available for one in levels),
        )

    def locations(self) -> list[LocationId]:
        return [one.id for one in self.settings.fresh(self.root).locations_for(self.store.id)]

    def items(self, *kinds: str) -> list[dict[str, Any]]:
        """Everything of these types that the tenant has."""
        own = tenant_pk(self.root.tenant_id)
        return [item for item in all_items(self.cloud) if item["type"] in kinds and item["pk"].startswith(own)]

    def project_holds(self) -> None:
        """What the projector derives of holds."""
        for item in self.items("hold"):
            for reference in references_of(self.root, hold_from(item)):
                self.root.write(put_reference(reference))

    def due(self, kind: str, until: datetime) -> list[DueThing]:
        """What of this tenant is due until then, earliest first, in whichever shard."""
        waiting = [item for item in self.items(KIND_OF[kind]) if "due_sk" in item]
        things = [
            DueThing(self.root.tenant_id, Key(item["pk"], item["sk"]), clock.from_text(item["due_sk"].split("#")[0]))
            for item in sorted(waiting, key=lambda item: str(item["due_sk"]))
            if item["due_pk"].split("#")[1] == kind
        ]
        return [thing for thing in things if thing.due_at <= until]

    def sweep(self, *, now: datetime) -> None:
        """Everything that is due at `now`, once."""
        for thing in self.due(HOLD_DUE_KIND, now):
            release_expired_hold(self.root, thing.key, now=now)
        for thing in self.due(ORDER_DUE_KIND, now):
            look_after_due(thing.key, till=self.till(), now=now)
        for thing in self.due(REFUND_DUE_KIND, now):
            settle_due_refund(thing.key, till=self.till(), now=now)

    def sweep_for(self, spell: timedelta, *, now: datetime = NOW) -> None:
        """The sweeps of a spell of time, a minute apart; those that would find nothing are left out."""
        minute = timedelta(minutes=1)
        at = now
        while at <= now + spell:
            self.sweep(now=at)
            due = [one.due_at for kind in KINDS for one in self.due(kind, now + spell)]
            following = min(due, default=now + spell + minute)
            at += max(minute, -(-(following - at) // minute) * minute)

    def check(self) -> None:
        """What is always true: reserved units have one owner; what a refund sends back was captured."""
        owned: Counter[tuple[str, str, int]] = Counter()
        kept: dict[str, list[dict[str, Any]]] = {"order": [], "hold": [], "level": [], "refund": []}
        for item in self.items(*kept):
            kept[item["type"]].append(item)
        for owner in (*kept["order"], *kept["hold"]):
            for pick in owner.get("picks", ()):
                owned[pick["sku"], pick["location_id"], pick["bucket"]] += pick["units"]
        for level in kept["level"]:
            assert level["reserved"] == owned[level["sku"], level["location_id"], level["bucket"]], level
            assert level["available"] == level["on_hand"] - level["reserved"] - level["safety_stock"]
            assert level["available"] >= 0
        for order in kept["order"]:
            payment = order.get("payment")
            if payment is None:
                continue
            open_or_done = [
                one for one in kept["refund"] if one["order_id"] == order["id"] and one["state"] != "failed"
            ]
            captured, refunded = _moved(payment)
            assert refunded == sum(one["amount"] for one in open_or_done) <= captured
            assert ("due_sk" in order) is (order["window"] != "closed")

    def check_settled(self) -> None:
        """Besides: the provider's books and ours agree, and nothing waits."""
        self.check()
        for order in self.items("order"):
            intent = self.provider.intents.get(f"pi_{order['id']}")
            if intent is None or order.get("payment") is None:
                continue
            assert (intent.captured, intent.refunded) == _moved(order["payment"])
            waits_unheard = order["status"] == "pending" and "intent_id" not in order["payment"]
            known = "requires_payment_method" if waits_unheard else order["payment"]["state"]
            assert intent.state.value == known
            if order["status"] != "pending":
                assert order["window"] == ("authorized" if order["payment_status"] == "authorized" else "closed")
            if order["status"] == "cancelled":
                assert intent.captured == intent.refunded or order["cancel_reason"] == "no longer wanted"
        assert all(one["state"] != RefundState.PENDING for one in self.items("refund"))


def _moved(payment: dict[str, Any]) -> tuple[int, int]:
    return payment.get("captured", 0), payment.get("refunded", 0)
