"""Reads of serials: one as it is now, and lists, which follow within seconds."""

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.card_lists import Card, list_cards
from storekeeper.inventory.tracking.serials import items
from storekeeper.inventory.tracking.serials.model import Serial, SerialNotFound, SerialStatus, serial_id
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.keys import GSI1, GSI2, GSI3, Index
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table

Row: TypeAlias = Card
"""A serial as a list shows it."""


class SerialFilter(Struct, frozen=True):
    """Which serials are wanted: of an order, a SKU or of a number, one of which must be said; None: any."""

    sku: str | None = None
    order_id: str | None = None
    number: str | None = None
    status: SerialStatus | None = None
    location_id: str | None = None

    def admits(self, row: Row) -> bool:
        """Whether a serial, as its row shows it, is one of them."""
        wanted = ("sku", "order_id", "number", "status", "location_id")
        return all(getattr(self, name) in (None, row[name]) for name in wanted)


def read_serial(table: Table, wanted: str) -> Serial:
    """The serial with this id, as it is now.

    Raises:
        SerialNotFound: there is none.
    """
    item = table.get(items.serial_key(table.tenant_id, wanted)) if is_id(wanted, "ser") else None
    if item is None:
        raise SerialNotFound("There is no such serial.")
    return items.serial_from(item)


def find_serials(table: Table, sku: str, numbers: Iterable[str]) -> dict[str, Serial]:
    """A SKU's serials by their numbers, as they are now; those that never were are left out."""
    ids = [serial_id(table.tenant_id, sku, number) for number in numbers]
    found = table.get_many(items.serial_key(table.tenant_id, one) for one in ids)
    return {serial.number: serial for serial in map(items.serial_from, found.values())}


def find_serials_by_id(table: Table, ids: Iterable[str]) -> tuple[Serial, ...]:
    """The serials with these ids, as they are now and in this order."""
    keys = [items.serial_key(table.tenant_id, one) for one in ids]
    found = table.get_many(keys)
    return tuple(items.serial_from(found[key]) for key in keys if key in found)


def list_serials(table: Table, wanted: SerialFilter, *, after: str | None, limit: int) -> Page[Row]:
    """One page: a SKU's by number, an order's by SKU and number."""
    pk, index = _source(table, wanted)
    return list_cards(table, [pk], index=index, admits=wanted.admits, after=after, limit=limit)


def _source(table: Table, wanted: SerialFilter) -> tuple[str, Index]:
    if wanted.order_id is not None:
        return items.of_order_pk(table.tenant_id, wanted.order_id), GSI2
    if wanted.number is not None:
        return items.of_number_pk(table.tenant_id, wanted.number), GSI3
    return items.of_sku_pk(table.tenant_id, wanted.sku or ""), GSI1
