"""What is done with suppliers."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.inventory.suppliers import items
from storekeeper.inventory.suppliers.model import (
    Supplier,
    SupplierContact,
    SupplierId,
    SupplierTerms,
    check_delete,
    revised,
)
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def create_supplier(
    terms: SupplierTerms,
    contact: SupplierContact,
    *,
    table: Table,
    sealer: Sealer,
    now: datetime,
    remember: Remember[Supplier] = forget,
) -> Supplier:
    """Make a supplier.

    Raises:
        CodeTaken: another supplier has its code.
    """
    supplier = Supplier(
        id=SupplierId(new_id("sup", at=now)),
        terms=terms,
        sealed_contact=items.seal_contact(contact, sealer=sealer),
        used=False,
        version=1,
        created_at=now,
        updated_at=now,
    )
    made = items.put_supplier(table.tenant_id, supplier)
    table.write(made, items.claim_code(table.tenant_id, supplier), *remember(supplier))
    return supplier


def change_supplier(
    supplier_id: str,
    revise: Callable[[SupplierTerms], SupplierTerms],
    revise_contact: Callable[[SupplierContact], SupplierContact],
    *,
    table: Table,
    sealer: Sealer,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Supplier:
    """Change what is said of a supplier; a lost race is read and applied again.

    Raises:
        SupplierNotFound: there is none of this id.
        CodeTaken: another supplier has its new code.
        CurrencyInUse: its costs are in the currency that it has.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Supplier:
        before = get_supplier(supplier_id, table=table)
        expects(before.version)
        contact = items.open_contact(before, sealer=sealer)
        said = revise_contact(contact)
        sealed = before.sealed_contact if said == contact else items.seal_contact(said, sealer=sealer)
        after = revised(before, revise(before.terms), sealed_contact=sealed, now=now)
        if after != before:
            table.write(items.put_supplier(table.tenant_id, after), *_code_writes(table, before, after))
        return after

    return until_written(attempt)


def _code_writes(table: Table, before: Supplier, after: Supplier) -> tuple[Write, ...]:
    if before.terms.code.casefold() == after.terms.code.casefold():
        return ()
    return (items.leave_code(table.tenant_id, before), items.claim_code(table.tenant_id, after))


def delete_supplier(supplier_id: str, *, table: Table, expects: Callable[[int], None] = any_version) -> None:
    """Delete a supplier of whom nothing was ever bought.

    Raises:
        SupplierNotFound: there is none of this id.
        SupplierInUse: it has, or had, SKUs or purchase orders; archive it instead.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> None:
        supplier = get_supplier(supplier_id, table=table)
        expects(supplier.version)
        check_delete(supplier)
        table.write(items.drop_supplier(table.tenant_id, supplier), items.leave_code(table.tenant_id, supplier))

    until_written(attempt)
