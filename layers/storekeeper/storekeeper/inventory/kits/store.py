"""Reads of kits: one as it is now, those that a SKU is in, and the list, which follows within seconds."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from storekeeper.catalog import sku_key
from storekeeper.inventory.kits import items
from storekeeper.inventory.kits.model import Kit, KitId, KitNotFound, SkuFacts, kits_in
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.levels.store import find_levels
from storekeeper.kernel.ids import LocationId, ProductId, is_id
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.paging import Page, page_of
from storekeeper.kernel.table import Table


class Part(Struct, frozen=True):
    """A component of a kit with the units that can be sold of it, and how many kits they would do for."""

    sku: str
    quantity: int
    available: int
    kits: int


class KitStock(Struct, frozen=True):
    """How many kits can be sold: from all of the locations together, and from each alone."""

    available: int
    parts: tuple[Part, ...]
    at_locations: tuple[tuple[LocationId, int], ...]


def get_kit(kit_id: str, *, table: Table) -> Kit:
    """The kit as it is now.

    Raises:
        KitNotFound: there is none.
    """
    item = table.get(items.kit_key(table.tenant_id, KitId(kit_id))) if is_id(kit_id, "kit") else None
    if item is None:
        raise KitNotFound
    return items.kit_from(item)


def facts_of(skus: Iterable[str], *, table: Table) -> dict[str, SkuFacts]:
    """What is known of those of the SKUs that there are."""
    keys = {sku_key(table.tenant_id, sku): sku for sku in skus}
    return {keys[key]: items.facts_from(item) for key, item in table.get_many(keys).items()}


def kit_of_sku(sku: str, *, table: Table) -> Kit | None:
    """The kit that a SKU is, if it is one."""
    facts = facts_of([sku], table=table).get(sku)
    item = table.get(items.kit_key(table.tenant_id, facts.kit_id)) if facts and facts.kit_id else None
    return items.kit_from(item) if item else None


def products_of_kits(component: str, *, table: Table) -> tuple[ProductId, ...]:
    """The products that have kits with this component."""
    rows = table.query(items.rows_pk(table.tenant_id, component), prefix=items.PREFIX, consistent=True)
    return tuple(dict.fromkeys(ProductId(row["product_id"]) for row in rows))


def list_kits(*, sku: str | None, component: str | None, after: str | None, limit: int, table: Table) -> Page[Kit]:
    """One page of kits by SKU: all, the one that a SKU is, or those with a component.

    All of them follow within seconds; with `sku` or `component` it sees every write that was answered.
    """
    if sku is None and component is None:
        return _all(after, limit, table)
    kits = _with_component(component, table) if component is not None else [kit_of_sku(sku or "", table=table)]
    found = sorted((kit for kit in kits if kit and sku in (None, kit.sku)), key=_position)
    return page_of([kit for kit in found if after is None or kit.sku > after], limit=limit, position=_position)


def _all(after: str | None, limit: int, table: Table) -> Page[Kit]:
    rows = table.query(items.list_pk(table.tenant_id), index=GSI1, after=after, limit=limit)
    found = _read([KitId(row["pk"].rpartition("#")[2]) for row in rows], table)
    return Page(tuple(found), rows[-1][GSI1.sk] if len(rows) == limit else None)


def _with_component(component: str, table: Table) -> list[Kit]:
    rows = table.query(items.rows_pk(table.tenant_id, component), prefix=items.PREFIX, consistent=True)
    return _read([KitId(row["kit_id"]) for row in rows], table)


def _read(ids: Sequence[KitId], table: Table) -> list[Kit]:
    keys = [items.kit_key(table.tenant_id, kit_id) for kit_id in ids]
    found = table.get_many(keys)
    return [items.kit_from(found[key]) for key in keys if key in found]


def _position(kit: Kit) -> str:
    return kit.sku


def stock_of_kit(kit: Kit, *, locations: Sequence[LocationId], table: Table) -> KitStock:
    """What can be sold of a kit at this moment. Together the locations may have more kits than each alone."""
    levels = find_levels(table, [one.sku for one in kit.components], locations=locations)
    units = {sku: available_units(found) for sku, found in levels.items()}
    parts = tuple(Part(one.sku, one.quantity, units[one.sku], units[one.sku] // one.quantity) for one in kit.components)
    at_locations = tuple(
        (
            place,
            kits_in(
                kit.components,
                {
                    sku: available_units(one for one in found if one.location_id == place)
                    for sku, found in levels.items()
                },
            ),
        )
        for place in locations
    )
    return KitStock(kits_in(kit.components, units), parts, at_locations)
