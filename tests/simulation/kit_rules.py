"""What must hold of kits: they have no stock of their own, an order keeps a kit as it was bought, and what is shown of
one in the end is what its scarcest component does for.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeAlias

from storekeeper.catalog import TreeCache
from storekeeper.kernel.aws.codec import Item, from_wire
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.table import Table
from storekeeper.search import PageReader
from storekeeper.tenancy import SettingsCache, load_settings
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory, Record, Wired
from tests.simulation.goods import SET
from tests.simulation.order_rules import broken
from tests.simulation.world import FOUNDED, TABLE, Shop

Parts: TypeAlias = tuple[tuple[str, int], ...]


class Recipes:
    """Follows what kits are made of."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: dict[tuple[str, str], set[Parts]] = defaultdict(set)
        for pk, items in memory.partitions.items():
            if "KIT" in items:
                self._note(pk, items["KIT"])

    def look(self, record: Record) -> None:
        """A kit was made, changed, or is none any more.

        Raises:
            Violation: the SKU has stock.
        """
        if record.new is None:
            self._known[_tenant(record.place[0]), (record.old or {})["sku"]["S"]].add(())
            return
        self._note(record.place[0], record.new)
        tenant, sku = _tenant(record.place[0]), record.new["sku"]["S"]
        prefix = f"T#{tenant}#SKU#{sku}#"
        if any(pk.startswith(prefix) and "LEVEL" in items for pk, items in self._memory.partitions.items()):
            raise broken("a kit has no stock of its own", kit=record.place[0], sku=sku)

    def look_at_level(self, record: Record) -> None:
        """A level was made.

        Raises:
            Violation: of a kit.
        """
        if record.old is None and record.new is not None:
            tenant, sku = _tenant(record.place[0]), record.new["sku"]["S"]
            if "kit" in (self._memory.find((f"T#{tenant}#SKU#{sku}", "SKU")) or {}):
                raise broken("a kit has no stock of its own", level=record.place[0])

    def look_at_order(self, record: Record) -> None:
        """An order was placed, or has changed.

        Raises:
            Violation: a line of it is no kit that ever was on sale, or not what was bought any more.
        """
        if not self._known:
            return
        before = {line["id"]: _parts(line) for line in from_wire(record.old["lines"])} if record.old else {}
        for line in from_wire((record.new or {})["lines"]):
            parts = _parts(line)
            if before.get(line["id"], parts) != parts:
                raise broken("an order keeps the kit as it was bought", order=record.place[0], line=line)
            if not record.old and parts not in self._known.get((_tenant(record.place[0]), line["sku"]), {()}):
                raise broken("an order has a kit that was on sale", order=record.place[0], line=line)

    def _note(self, pk: str, kit: Wired) -> None:
        self._known[_tenant(pk), kit["sku"]["S"]].add(_as_parts(from_wire(kit["components"])))


def kits_left(memory: Memory, shop: Shop) -> Iterator[str]:
    """In the end: how many kits the page shows is how many the components do for; and of what is no kit, its stock."""
    table = Table(DirectWire(memory, lambda: 0.0), TABLE, tenant_id=shop.tenant_id, trace=FOUNDED)
    sku = memory.find((f"T#{shop.tenant_id}#SKU#{SET}", "SKU"))
    if sku is None:
        return
    kit = memory.find((f"T#{shop.tenant_id}#KIT#{sku['kit']['S']}", "KIT")) if "kit" in sku else None
    parts = _as_parts(from_wire(kit["components"])) if kit else ((SET, 1),)
    expected = min(_left(memory, table, shop, part) // quantity for part, quantity in parts)
    try:
        page = PageReader(SettingsCache(), TreeCache()).read(table, shop.store_id, SET.lower())
    except NotFound:
        yield f"{SET} is not shown at all"
        return
    (shown,) = (variant.available for variant in page.variants)
    if shown != expected:
        yield f"{shown} units of {SET} are shown, and there are {expected}: {parts}"


def _left(memory: Memory, table: Table, shop: Shop, sku: str) -> int:
    places = [location.id for location in load_settings(table).locations_for(shop.store_id)]
    prefixes = tuple(f"T#{shop.tenant_id}#SKU#{sku}#{place}#" for place in places)
    levels = (items["LEVEL"] for pk, items in memory.partitions.items() if pk.startswith(prefixes))
    return sum(int(level["available"]["N"]) for level in levels)


def _parts(line: Item) -> Parts:
    return _as_parts(line.get("components", ()))


def _as_parts(components: Any) -> Parts:
    return tuple((sku, quantity) for sku, quantity in components)


def _tenant(pk: str) -> str:
    return pk.split("#")[1]
