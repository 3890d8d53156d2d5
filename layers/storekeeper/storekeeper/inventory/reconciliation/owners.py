"""Who owns reserved units: orders, which this context knows by id only, and holds."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from storekeeper.inventory.holds.items import hold_from, hold_id_pk, hold_key
from storekeeper.inventory.holds.references import find_references
from storekeeper.inventory.levels.model import SkuPick
from storekeeper.inventory.reconciliation.model import Place
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.keys import GSI3, Key
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table


class OwnedPick(Struct, frozen=True):
    """Units that an order owns of one level."""

    order_id: str
    pick: SkuPick


class Owners(Protocol):
    """The port to orders: `orders` stands above this context."""

    def page(
        self, table: Table, stores: Sequence[StoreId], *, since: datetime, after: str | None, now: datetime
    ) -> Page[OwnedPick]:
        """What one page of the orders placed since then own, newest first. All of it fits into one item."""

    def picks_of(self, table: Table, order_ids: Collection[str]) -> list[OwnedPick]:
        """What these orders own now."""


def units_held(table: Table, skus: Collection[str], *, hold_ids: Collection[str] = ()) -> Mapping[Place, int]:
    """What live holds own of these SKUs. One that is over, and not yet released, still owns its units.

    Those are found that the SKUs' references tell of, which may be hours behind; and those of `hold_ids`.
    """
    carts = {reference.cart_id for sku in skus for reference in find_references(table, sku)}
    keys = {hold_key(table.tenant_id, cart_id) for cart_id in carts} | _keys_of(table, hold_ids)
    found = table.get_many(sorted(keys))
    held: Counter[Place] = Counter()
    for pick in _picks(found.values()):
        held[pick.sku, pick.location_id, pick.bucket] += pick.units
    return held


def _keys_of(table: Table, hold_ids: Collection[str]) -> set[Key]:
    """Where holds are kept that are there; seconds behind."""
    pks = (hold_id_pk(table.tenant_id, hold_id) for hold_id in hold_ids)
    return {Key(row["pk"], row["sk"]) for pk in pks for row in table.query(pk, index=GSI3)}


def _picks(items: Iterable[Mapping[str, object]]) -> Iterator[SkuPick]:
    for item in items:
        yield from hold_from(dict(item)).picks
