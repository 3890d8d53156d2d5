"""Supplier SKUs against the table: each once, one preferred supplier at most, whoever writes at the same moment."""

import pytest

from storekeeper.inventory import SkuUnknown
from storekeeper.inventory.suppliers.model import SupplierId, SupplierNotFound
from storekeeper.inventory.suppliers.skus import items
from storekeeper.inventory.suppliers.skus.model import SupplierSku, SupplierSkuNotFound, SupplierSkuTaken
from storekeeper.inventory.suppliers.skus.store import (
    find_supplier_skus,
    get_supplier_sku,
    list_skus_of,
    list_suppliers_of,
    preferred_supplier,
)
from storekeeper.inventory.suppliers.skus.use_cases import change_supplier_sku, remove_supplier_sku
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from tests.table.inventory.buying import a_supplier, sells, usd
from tests.table.inventory.conftest import Shelf


@pytest.fixture
def lamp(shelf: Shelf) -> SupplierSku:
    """LAMP at a supplier, in packs of 12."""
    shelf.sell("LAMP", "MUG")
    return sells(shelf, a_supplier(shelf), supplier_sku="LW-1", pack_size=12)


def found(shelf: Shelf, known: SupplierSku) -> SupplierSku:
    return get_supplier_sku(known.supplier_id, known.id, table=shelf.table)


def change(shelf: Shelf, known: SupplierSku, *, cost: str = "4.00", preferred: bool | None = None) -> SupplierSku:
    return change_supplier_sku(
        known.supplier_id,
        known.id,
        lambda terms: replace(terms, unit_cost=usd(cost)),
        preferred=preferred,
        table=shelf.table,
        now=shelf.now,
    )


def test_a_supplier_sku_is_kept_as_it_was_given(shelf: Shelf, lamp: SupplierSku) -> None:
    assert found(shelf, lamp) == lamp


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.is_sold")
def test_nobody_sells_what_there_is_not(shelf: Shelf) -> None:
    with pytest.raises(SkuUnknown):
        sells(shelf, a_supplier(shelf), "GHOST")


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.put_supplier_sku", clause="attribute_not_exists(pk)")
def test_a_supplier_has_a_sku_once(shelf: Shelf, lamp: SupplierSku) -> None:
    supplier = a_supplier(shelf, code="OTHER")
    sells(shelf, supplier, cost="3.00")

    with pytest.raises(SupplierSkuTaken):
        sells(shelf, supplier, cost="2.00")

    assert [str(one.terms.unit_cost) for one in find_supplier_skus(supplier, ["LAMP"], table=shelf.table).values()] == [
        "3.00"
    ]


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.put_supplier_sku", clause="version = :read")
def test_a_change_of_what_has_changed_since_is_refused(shelf: Shelf, lamp: SupplierSku) -> None:
    changed = change(shelf, lamp, cost="5.00")

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_supplier_sku(shelf.table.tenant_id, replace(lamp, version=2)))

    assert found(shelf, lamp) == changed


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.drop_supplier_sku")
def test_what_has_changed_since_is_not_removed(shelf: Shelf, lamp: SupplierSku) -> None:
    changed = change(shelf, lamp, cost="5.00")

    with pytest.raises(WriteRefused):
        shelf.table.write(
            items.drop_supplier_sku(shelf.table.tenant_id, lamp), items.is_sold(shelf.table.tenant_id, "LAMP")
        )

    assert found(shelf, lamp) == changed


def test_of_all_who_sell_a_sku_one_is_preferred_at_most(shelf: Shelf, lamp: SupplierSku) -> None:
    change(shelf, lamp, preferred=True)
    other = sells(shelf, a_supplier(shelf, code="OTHER"), preferred=True)

    page = list_suppliers_of("LAMP", after=None, limit=10, table=shelf.table)

    assert {one.id: one.preferred for one in page.entries} == {lamp.id: False, other.id: True}
    assert preferred_supplier("LAMP", table=shelf.table) == other.supplier_id


def test_other_changes_leave_it_to_whom_it_was_given(shelf: Shelf, lamp: SupplierSku) -> None:
    change(shelf, lamp, preferred=True)
    other = sells(shelf, a_supplier(shelf, code="OTHER"), preferred=True)

    change(shelf, lamp, cost="1.00")

    assert preferred_supplier("LAMP", table=shelf.table) == other.supplier_id


def test_nobody_is_preferred_any_more_once_that_is_taken_back_or_the_sku_removed(
    shelf: Shelf, lamp: SupplierSku
) -> None:
    change(shelf, lamp, preferred=True)
    change(shelf, lamp, preferred=False)
    assert preferred_supplier("LAMP", table=shelf.table) is None

    change(shelf, lamp, preferred=True)
    remove_supplier_sku(lamp.supplier_id, lamp.id, table=shelf.table)

    assert preferred_supplier("LAMP", table=shelf.table) is None
    with pytest.raises(SupplierSkuNotFound):
        found(shelf, lamp)


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.prefer", clause="attribute_not_exists(pk)")
@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.prefer", clause="supplier_id = :before")
@pytest.mark.parametrize("instead_of", [None, SupplierId("sup_third")])
def test_a_preference_does_not_overrule_one_that_it_did_not_know(
    shelf: Shelf, lamp: SupplierSku, instead_of: SupplierId | None
) -> None:
    other = sells(shelf, a_supplier(shelf, code="OTHER"), preferred=True)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.prefer(shelf.table.tenant_id, lamp, instead_of=instead_of))

    assert preferred_supplier("LAMP", table=shelf.table) == other.supplier_id


@pytest.mark.guards("storekeeper.inventory.suppliers.skus.items.prefer_nobody")
def test_a_preference_is_taken_back_from_its_own_supplier_only(shelf: Shelf, lamp: SupplierSku) -> None:
    other = sells(shelf, a_supplier(shelf, code="OTHER"), preferred=True)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.prefer_nobody(shelf.table.tenant_id, lamp))

    assert preferred_supplier("LAMP", table=shelf.table) == other.supplier_id


def test_what_a_supplier_sells_is_listed_by_sku(shelf: Shelf, lamp: SupplierSku) -> None:
    shelf.sell("A #1")
    supplier = a_supplier(shelf, code="OTHER")
    for sku in ("MUG", "A #1", "LAMP"):
        sells(shelf, supplier, sku)

    first = list_skus_of(supplier, after=None, limit=2, table=shelf.table)
    rest = list_skus_of(supplier, after=first.next_position, limit=2, table=shelf.table)

    assert [one.sku for one in (*first.entries, *rest.entries)] == ["A #1", "LAMP", "MUG"]
    assert rest.next_position is None


def test_another_tenant_sees_nothing(shelf: Shelf, other_shelf: Shelf, lamp: SupplierSku) -> None:
    assert list_suppliers_of("LAMP", after=None, limit=10, table=other_shelf.table).entries == ()
    with pytest.raises(SupplierSkuNotFound):
        found(other_shelf, lamp)
    with pytest.raises(SupplierNotFound):
        change(other_shelf, lamp)
