"""What the world is told of a supplier: what a merchant made of it, and nothing of the people there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.inventory.events import events_of
from storekeeper.inventory.suppliers.items import put_supplier
from storekeeper.inventory.suppliers.model import Supplier, SupplierId, SupplierTerms
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.money import Currency
from storekeeper.kernel.records import replace
from tests.docs.event_page import documented

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TERMS = SupplierTerms("Mill & Sons", "MILL", Currency.of("USD"), 14, None, active=True)
FIRST = Supplier(SupplierId("sup_1"), TERMS, "sealed", used=False, version=1, created_at=NOON, updated_at=NOON)
RENAMED = replace(FIRST, terms=replace(TERMS, name="Mill & Daughters"), version=2)
CALLED = replace(FIRST, sealed_contact="sealed anew", version=2)
USED = replace(FIRST, used=True, version=2)


def an_image(supplier: Supplier | None) -> dict[str, Any] | None:
    item = put_supplier(TenantId("ten_1"), supplier).item if supplier else {}
    return {name: value for name, value in item.items() if value is not None} or None


def told(before: Supplier | None, after: Supplier | None) -> list[Event]:
    key = Key("T#ten_1#SUPPLIER#sup_1", "SUPPLIER")
    return list(events_of(Change(key, an_image(before), an_image(after), "1", NOON)))


@pytest.mark.parametrize(
    ("before", "after", "name", "version"),
    [
        (None, FIRST, "supplier.created", 1),
        (FIRST, RENAMED, "supplier.updated", 2),
        (FIRST, CALLED, "supplier.updated", 2),
        (RENAMED, None, "supplier.deleted", 3),
    ],
)
def test_each_act_is_one_fact(before: Supplier | None, after: Supplier | None, name: str, version: int) -> None:
    (event,) = told(before, after)

    assert (event.type, event.entity_id, event.version) == (name, "sup_1", version)
    assert documented()[name].allows(set(event.data))
    assert "sealed" not in str(event.data)


def test_that_it_was_bought_from_is_no_news() -> None:
    assert told(FIRST, USED) == []
