"""Suppliers against the table: codes are unique, what was used stays, nobody's change is lost."""

import pytest

from storekeeper.inventory.suppliers import items
from storekeeper.inventory.suppliers.model import (
    CodeTaken,
    CurrencyInUse,
    Supplier,
    SupplierContact,
    SupplierInUse,
    SupplierNotFound,
)
from storekeeper.inventory.suppliers.store import SupplierFilter, get_supplier, list_suppliers
from storekeeper.inventory.suppliers.use_cases import change_supplier, delete_supplier
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.money import Currency
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import WriteRefused
from tests.table.inventory.buying import a_sealer, a_supplier, sells
from tests.table.inventory.conftest import Shelf

ADA = SupplierContact(
    "Ada", "ada@example.com", "+49 40 1", Address(country="DE", line1="Pier 1", city="Hamburg"), "Call"
)


def change(shelf: Shelf, supplier: Supplier, **terms: object) -> Supplier:
    return change_supplier(
        supplier.id,
        lambda known: replace(known, **terms),  # type: ignore[arg-type]
        lambda contact: contact,
        table=shelf.table,
        sealer=a_sealer(shelf),
        now=shelf.now,
    )


def found(shelf: Shelf, supplier: Supplier) -> Supplier:
    return get_supplier(supplier.id, table=shelf.table)


def names(shelf: Shelf, *, limit: int = 10, **wanted: object) -> list[str]:
    shown, after = [], None
    while True:
        page = list_suppliers(SupplierFilter(**wanted), after=after, limit=limit, table=shelf.table)  # type: ignore[arg-type]
        shown += [row["name"] for row in page.entries]
        if (after := page.next_position) is None:
            return shown


def test_a_supplier_is_kept_as_it_was_given(shelf: Shelf) -> None:
    supplier = a_supplier(shelf, contact=ADA, lead_time_days=14)

    assert found(shelf, supplier) == supplier
    assert items.open_contact(supplier, sealer=a_sealer(shelf)) == ADA


def test_nothing_personal_lies_open(shelf: Shelf) -> None:
    supplier = a_supplier(shelf, contact=ADA)

    item = shelf.table.get(items.supplier_key(shelf.table.tenant_id, supplier.id))

    assert not any(word in repr(item) for word in ("Ada", "ada@example.com", "+49", "Pier", "Call"))


@pytest.mark.guards("storekeeper.inventory.suppliers.items.claim_code")
def test_two_suppliers_cannot_have_one_code_whatever_its_case(shelf: Shelf) -> None:
    a_supplier(shelf, code="LANTERN")

    with pytest.raises(CodeTaken):
        a_supplier(shelf, code="lantern")

    assert names(shelf) == ["Lantern Works"]


def test_a_code_that_is_left_is_free_again(shelf: Shelf) -> None:
    supplier = a_supplier(shelf, code="LANTERN")
    change(shelf, supplier, code="LW")

    a_supplier(shelf, code="LANTERN")

    with pytest.raises(CodeTaken):
        a_supplier(shelf, code="LW")


def test_the_case_of_a_code_can_be_changed(shelf: Shelf) -> None:
    supplier = a_supplier(shelf, code="LANTERN")

    assert change(shelf, supplier, code="Lantern").terms.code == "Lantern"
    with pytest.raises(CodeTaken):
        a_supplier(shelf, code="LANTERN")


@pytest.mark.guards("storekeeper.inventory.suppliers.items.leave_code")
def test_a_code_that_is_another_s_by_now_is_not_taken_from_it(shelf: Shelf) -> None:
    first = a_supplier(shelf, code="LANTERN")
    change(shelf, first, code="LW")
    a_supplier(shelf, code="LANTERN")

    with pytest.raises(WriteRefused):
        shelf.table.write(items.leave_code(shelf.table.tenant_id, first))

    with pytest.raises(CodeTaken):
        a_supplier(shelf, code="LANTERN")


@pytest.mark.guards("storekeeper.inventory.suppliers.items.put_supplier", clause="attribute_not_exists(pk)")
def test_a_supplier_is_made_once(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_supplier(shelf.table.tenant_id, replace(supplier, used=True)))

    assert found(shelf, supplier) == supplier


@pytest.mark.guards("storekeeper.inventory.suppliers.items.put_supplier", clause="version = :read")
def test_a_change_of_what_has_changed_since_is_refused(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)
    changed = change(shelf, supplier, lead_time_days=3)
    stale = replace(supplier, terms=replace(supplier.terms, lead_time_days=99), version=2)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_supplier(shelf.table.tenant_id, stale))

    assert found(shelf, supplier) == changed


def test_what_says_nothing_new_changes_nothing(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)

    assert change(shelf, supplier, name="Lantern Works") == supplier


def test_a_supplier_that_was_never_used_can_be_deleted_and_leaves_its_code(shelf: Shelf) -> None:
    delete_supplier(a_supplier(shelf).id, table=shelf.table)

    assert names(shelf) == []
    a_supplier(shelf)


@pytest.mark.guards("storekeeper.inventory.suppliers.items.drop_supplier")
def test_a_supplier_that_has_just_come_to_be_used_is_not_deleted(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)
    shelf.sell("LAMP")
    sells(shelf, supplier)

    with pytest.raises(WriteRefused):
        shelf.table.write(items.drop_supplier(shelf.table.tenant_id, supplier))
    with pytest.raises(SupplierInUse):
        delete_supplier(supplier.id, table=shelf.table)

    assert found(shelf, supplier).used


@pytest.mark.guards("storekeeper.inventory.suppliers.items.mark_supplier_used")
def test_nothing_is_bought_of_a_supplier_as_it_was(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)
    changed = change(shelf, supplier, currency=Currency.of("EUR"))

    with pytest.raises(WriteRefused):
        shelf.table.write(*items.mark_supplier_used(shelf.table.tenant_id, supplier))

    assert found(shelf, supplier) == changed


def test_the_currency_stays_once_something_has_a_cost_in_it(shelf: Shelf) -> None:
    supplier = a_supplier(shelf)
    assert change(shelf, supplier, currency=Currency.of("EUR")).terms.currency.code == "EUR"
    shelf.sell("LAMP")
    sells(shelf, found(shelf, supplier))

    with pytest.raises(CurrencyInUse):
        change(shelf, supplier, currency=Currency.of("USD"))


def test_suppliers_are_listed_by_name_and_found_by_a_part_of_it(shelf: Shelf) -> None:
    for code, name in (("A", "Zürich Glass"), ("B", "alpha Wicks"), ("C", "Beta Oil"), ("D", "Öl & Co")):
        a_supplier(shelf, code=code, name=name, active=code != "C")

    assert names(shelf) == ["alpha Wicks", "Beta Oil", "Öl & Co", "Zürich Glass"]
    assert names(shelf, limit=1) == names(shelf)
    assert names(shelf, q="OIL") == ["Beta Oil"]
    assert names(shelf, q="zurich") == ["Zürich Glass"]
    assert names(shelf, q="d") == ["Öl & Co"]
    assert names(shelf, active=True, limit=2) == ["alpha Wicks", "Öl & Co", "Zürich Glass"]


def test_another_tenant_sees_nothing(shelf: Shelf, other_shelf: Shelf) -> None:
    supplier = a_supplier(shelf)

    with pytest.raises(SupplierNotFound):
        found(other_shelf, supplier)
    assert names(other_shelf) == []
    a_supplier(other_shelf)
