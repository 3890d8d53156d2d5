"""What must hold after every single write. Only what a write has changed is looked at, so that all of it is cheap."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from storekeeper.checkout.tracking import FAILED_LOOK_UPS
from storekeeper.inventory.movements.items import movement_from
from storekeeper.kernel.aws.codec import from_wire, item_from_wire
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.limits import Limit
from storekeeper.orders import open_contact
from storekeeper.orders.items import order_from
from storekeeper.orders.statuses import ORDER_TRANSITIONS, OrderStatus
from tests.simulation.conservation import Units
from tests.simulation.dynamo.memory import Memory, Place, Record, Wired
from tests.simulation.figure_rules import CountedDays
from tests.simulation.kit_rules import Recipes
from tests.simulation.order_rules import broken, check_order
from tests.simulation.purchase_rules import Ordered
from tests.simulation.repair_rules import Repairs
from tests.simulation.tracked_rules import ToldApart
from tests.simulation.transfer_rules import OnTheWay
from tests.simulation.version_rules import check_versions
from tests.simulation.world import Shop

LIMITS: Mapping[str, Limit] = {FAILED_LOOK_UPS.kind: FAILED_LOOK_UPS}
OWNERS = frozenset({"hold", "order"})


@dataclass(slots=True)
class _Changes:
    """What one transaction has changed: what has to be looked at."""

    levels: set[Place] = field(default_factory=set)
    orders: set[Place] = field(default_factory=set)
    carts: set[tuple[str, str]] = field(default_factory=set)


class Audit:
    """Looks at every write of a history, in order, one transaction at a time."""

    def __init__(self, memory: Memory, shops: Mapping[str, Shop], keys: Mapping[str, str]) -> None:
        """`keys`: the Idempotency-Key of each request that has one."""
        self._memory, self._shops, self._keys = memory, shops, keys
        self._done: set[str] = set()
        self._seen = len(memory.records)
        days = CountedDays()
        self._looks: Mapping[str, Callable[[Record, _Changes], None]] = {
            "level": self._look_at_level,
            "shipment": self._look_at_shipment,
            "order": self._look_at_order,
            "refund": self._look_at_refund,
            "movement": self._look_at_movement,
            "limit": self._look_at_limit,
            "cart": self._look_at_cart,
            "transfer": self._look_at_transfer,
            "purchase_order": self._look_at_purchase,
            "purchase_receipt": lambda record, _: self._ordered.look_at_receipt(record),
            "drift": lambda record, _: self.repairs.look(record),
            "sales_day": lambda record, _: days.look(record),
            "kit": lambda record, _: self._recipes.look(record),
        }
        expected: Counter[Place] = Counter()
        self._on_the_way, self._ordered = OnTheWay(memory, expected), Ordered(memory, expected, keys)
        self.units = Units(memory)
        self.repairs = Repairs(memory, self.units)
        self._recipes, self._told_apart = Recipes(memory), ToldApart(memory)
        self._owned: Counter[Place] = Counter()
        self._cart_of: dict[str, tuple[str, str]] = {}
        self._live: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._numbers: dict[tuple[str, str], str] = {}
        self.accepted: set[str] = set()
        self.levels: dict[tuple[str, int], tuple[int, int]] = {}
        for pk, items in memory.partitions.items():
            if "LEVEL" in items:
                self._note_level((pk, "LEVEL"), items["LEVEL"])

    def look(self) -> Sequence[Record]:
        """Look at what the last write changed: the records of one transaction.

        Raises:
            Violation: a rule does not hold any more.
        """
        new = self._memory.records[self._seen :]
        self._seen = len(self._memory.records)
        changes = _Changes()
        for record in new:
            self._look_at(record, changes)
        for place in changes.levels:
            self._check_level(place)
        self.units.check()
        self._told_apart.check()
        for place in changes.orders:
            self._check_order(place)
        for cart in changes.carts:
            self._check_cart(*cart)
        return new

    # one write

    def _look_at(self, record: Record, changes: _Changes) -> None:
        image = record.new or record.old or {}
        kind = image.get("type", {}).get("S")
        check_versions(record, kind)
        self.units.look(record)
        self._told_apart.look(record, kind)
        if kind in OWNERS:
            changes.levels |= self._move_ownership(record)
        if look := self._looks.get(kind or ""):
            look(record, changes)

    def _look_at_shipment(self, record: Record, changes: _Changes) -> None:
        changes.orders.add((record.place[0], "ORDER"))

    def _look_at_refund(self, record: Record, changes: _Changes) -> None:
        changes.orders.add((record.place[0], "ORDER"))

    def _move_ownership(self, record: Record) -> set[Place]:
        tenant = _tenant(record)
        before, after = _picked(record.old, tenant), _picked(record.new, tenant)
        self._owned.update(after)
        self._owned.subtract(before)
        return {*before, *after}

    def _note_level(self, place: Place, image: Wired) -> None:
        figures = int(image["on_hand"]["N"]), int(image["reserved"]["N"])
        self.levels[place[0], int(image["version"]["N"])] = figures

    def _look_at_level(self, record: Record, changes: _Changes) -> None:
        changes.levels.add(record.place)
        if record.new is None:
            raise broken("a level is never deleted", level=record.place)
        self._note_level(record.place, record.new)
        self._recipes.look_at_level(record)

    def _check_level(self, place: Place) -> None:
        level = self._memory.find(place)
        if level is None:
            raise broken("owned units lie in a level", level=place)
        names = ("on_hand", "reserved", "available", "safety_stock")
        on_hand, reserved, available, safety = (int(level[name]["N"]) for name in names)
        figures = {"level": place[0], "on_hand": on_hand, "reserved": reserved, "available": available}
        if available != on_hand - reserved - safety:
            raise broken("available is on hand less reserved less safety", **figures)
        if available < 0 or reserved < 0:
            raise broken("available and reserved are never below zero", **figures)
        if reserved != self._owned[place]:
            raise broken("reserved is live holds and open orders", owned=self._owned[place], **figures)
        self._on_the_way.check_level(place, level)

    def _look_at_transfer(self, record: Record, changes: _Changes) -> None:
        changes.levels |= self._on_the_way.look(record)

    def _look_at_purchase(self, record: Record, changes: _Changes) -> None:
        changes.levels |= self._ordered.look(record)

    # orders

    def _look_at_order(self, record: Record, changes: _Changes) -> None:
        changes.orders.add(record.place)
        new, old, tenant = record.new, record.old, _tenant(record)
        if new is None:
            raise broken("an order is never deleted", order=record.place)
        self._recipes.look_at_order(record)
        if old is None:
            self._note_new_order(record, tenant)
        else:
            before, after = OrderStatus(old["status"]["S"]), OrderStatus(new["status"]["S"])
            if before is not after and after not in ORDER_TRANSITIONS[before]:
                raise broken("an order's status follows its table", order=record.place, before=before, after=after)
        if new["status"]["S"] not in {OrderStatus.PENDING, OrderStatus.CANCELLED}:
            self.accepted.add(new["id"]["S"])
        changes.carts.add(self._cart_of[record.place[0]])
        self._note_live(record.place, is_live=new["status"]["S"] != OrderStatus.CANCELLED)

    def _note_new_order(self, record: Record, tenant: str) -> None:
        order = order_from(item_from_wire(record.new or {}), tenant_id=TenantId(tenant))
        cart_id = open_contact(order, sealer=self._shops[tenant].sealer).cart_id
        self._cart_of[record.place[0]] = (tenant, str(cart_id))
        cart = self._memory.find((f"T#{tenant}#CART#{cart_id}", "CART"))
        wanted = Counter({item["sku"]: item["units"] for item in from_wire(cart["items"])}) if cart else Counter()
        if wanted != Counter({line.sku: line.quantity for line in order.lines}):
            raise broken("an order is what its cart was", order=order.id, cart=cart_id, wanted=dict(wanted))
        if (order.store_id, order.number) in self._numbers:
            raise broken("a store's order numbers are unique", number=order.number)
        self._numbers[order.store_id, order.number] = order.id

    def _note_live(self, place: Place, *, is_live: bool) -> None:
        cart = self._cart_of[place[0]]
        (self._live[cart].add if is_live else self._live[cart].discard)(place[0])
        if len(self._live[cart]) > 1:
            raise broken("a cart has at most one order that is not cancelled", cart=cart[1], orders=self._live[cart])

    def _check_order(self, place: Place) -> None:
        if "ORDER" not in self._memory.partitions.get(place[0], ()):
            raise broken("what lies beside an order has one", place=place)
        check_order(place[0], self._memory.partitions[place[0]])

    def _check_cart(self, tenant: str, cart_id: str) -> None:
        cart = self._memory.find((f"T#{tenant}#CART#{cart_id}", "CART"))
        stands_on = cart and cart.get("order_id", {}).get("S")
        if strangers := self._live[tenant, cart_id] - {f"T#{tenant}#ORDER#{stands_on}"}:
            raise broken("an order that is not cancelled is its cart's", cart=cart_id, orders=strangers)

    # the rest

    def _look_at_movement(self, record: Record, _: _Changes) -> None:
        if record.old is not None or record.new is None:
            raise broken("a ledger's row never changes", row=record.place)
        row = movement_from({"card": record.new["card"]["S"]})
        pk = record.place[0]
        known = self.levels.get((pk, row.version)), self.levels.get((pk, row.first_version - 1), (0, 0))
        told = (row.on_hand_after, row.reserved_after), (row.on_hand_before, row.reserved_before)
        if known != told:
            raise broken("a ledger's row is what the level did", row=record.place, known=known, told=told)

    def _look_at_limit(self, record: Record, _: _Changes) -> None:
        used = int((record.new or {}).get("used", {"N": "0"})["N"])
        limit = LIMITS.get(record.place[0].split("#")[3])
        if used < 0 or (limit and used > limit.calls):
            raise broken("a counter stays within its limit", counter=record.place, used=used)

    def _look_at_cart(self, record: Record, changes: _Changes) -> None:
        tenant = _tenant(record)
        changes.carts.add((tenant, record.place[0].rpartition("#")[2]))
        if record.new is None:
            return
        if key := self._keys.get(record.new["request_id"]["S"]):
            if key in self._done:
                raise broken("what is asked under one key is done once", cart=record.place, key=key)
            self._done.add(key)
        converted, order_id = record.new["status"]["S"] == "converted", record.new.get("order_id", {}).get("S")
        if converted != (order_id is not None):
            raise broken("a cart has an order while it is converted", cart=record.place)
        if order_id and self._memory.find((f"T#{tenant}#ORDER#{order_id}", "ORDER")) is None:
            raise broken("a cart's order is there", cart=record.place, order=order_id)


def _tenant(record: Record) -> str:
    return record.place[0].split("#")[1]


def _picked(image: Wired | None, tenant: str) -> Counter[Place]:
    """The units that an owner has, by level."""
    picks = from_wire(image["picks"]) if image and "picks" in image else ()
    owned: Counter[Place] = Counter()
    for pick in picks:
        sku = pick["sku"].replace("%", "%25").replace("#", "%23")
        owned[f"T#{tenant}#SKU#{sku}#{pick['location_id']}#{pick['bucket']}", "LEVEL"] += pick["units"]
    return owned
