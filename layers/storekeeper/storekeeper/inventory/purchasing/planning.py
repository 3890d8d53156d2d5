"""Plan a purchase order: draft it, change what is said of it. Nothing is on its way by that."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from storekeeper.inventory.purchasing import items
from storekeeper.inventory.purchasing.drafting import Known, WantedLine, lines_from
from storekeeper.inventory.purchasing.exchange import ExchangeRate, check_rate
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder, PurchaseOrderId, changed, check_change
from storekeeper.inventory.purchasing.store import get_purchase_order
from storekeeper.inventory.purchasing.terms import check_active
from storekeeper.inventory.suppliers.items import mark_supplier_used
from storekeeper.inventory.suppliers.model import Supplier
from storekeeper.inventory.suppliers.skus.store import find_supplier_skus
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.inventory.transfers.store import skus_known
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Put
from storekeeper.tenancy import Settings

LinesIn: TypeAlias = Callable[[Currency], Sequence[WantedLine]]
"""The lines that a merchant wants, given the currency of their costs."""


class Draft(Struct, frozen=True):
    """An order as a merchant plans it."""

    supplier_id: str
    lines: LinesIn
    reference: str = ""
    notes: str = ""
    exchange_rate: ExchangeRate | None = None
    expected_at: datetime | None = None


def create_purchase_order(
    draft: Draft,
    *,
    table: Table,
    settings: Settings,
    sealer: Sealer,
    now: datetime,
    remember: Remember[PurchaseOrder] = forget,
) -> PurchaseOrder:
    """Draft an order; nothing is on its way yet. It gets the tenant's next number, without gaps.

    Raises:
        SupplierNotFound: there is no such supplier.
        SupplierInactive: it is archived.
        Invalid: names each line that cannot be, or a rate that is not needed.
        Contended: others kept making orders.
    """
    order_id = PurchaseOrderId(new_id("pur", at=now))
    notes = items.seal_notes(draft.notes, sealer=sealer)

    def attempt() -> PurchaseOrder:
        supplier = get_supplier(draft.supplier_id, table=table)
        check_active(supplier)
        _check_rate(draft.exchange_rate, supplier.terms.currency, settings)
        known = _known(table, supplier, wanted := draft.lines(supplier.terms.currency), settings)
        lines = lines_from(wanted, known=known, order_id=order_id, made_at=now)
        number, counted = _next_number(table)
        order = _drafted(draft, supplier, lines, order_id=order_id, number=number, sealed_notes=notes, now=now)
        numbered = (counted, items.put_number(table.tenant_id, order))
        used = mark_supplier_used(table.tenant_id, supplier)
        table.write(items.put_purchase(table.tenant_id, order), *numbered, *used, *remember(order))
        return order

    return until_written(attempt)


def _drafted(
    draft: Draft,
    supplier: Supplier,
    lines: tuple[PurchaseLine, ...],
    *,
    order_id: PurchaseOrderId,
    number: str,
    sealed_notes: str,
    now: datetime,
) -> PurchaseOrder:
    return PurchaseOrder(
        id=order_id,
        number=number,
        supplier_id=supplier.id,
        supplier_name=supplier.terms.name,
        currency=supplier.terms.currency,
        lines=lines,
        sealed_notes=sealed_notes,
        created_at=now,
        updated_at=now,
        reference=draft.reference,
        exchange_rate=draft.exchange_rate,
        expected_at=draft.expected_at,
    )


def change_purchase_order(
    order_id: str,
    changes: Mapping[str, Any],
    *,
    lines: LinesIn | None = None,
    notes: str | None = None,
    table: Table,
    settings: Settings,
    sealer: Sealer,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> PurchaseOrder:
    """Change `reference`, `exchange_rate`, `expected_at` (what `changes` names), the notes, or a draft's lines.

    Raises:
        PurchaseOrderNotFound: there is none of this id.
        WrongState: it is over, or it was sent and its lines stand.
        Invalid: names each line that cannot be, or a rate that is not needed.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> PurchaseOrder:
        before = get_purchase_order(order_id, table=table)
        expects(before.version)
        check_change(before, with_lines=lines is not None)
        _check_rate(changes.get("exchange_rate"), before.currency, settings)
        said = dict(changes)
        if lines is not None:
            supplier = get_supplier(before.supplier_id, table=table)
            known = _known(table, supplier, wanted := lines(before.currency), settings)
            said["lines"] = lines_from(wanted, known=known, order_id=before.id, made_at=before.created_at)
        if notes is not None and notes != items.open_notes(before, sealer=sealer):
            said["sealed_notes"] = items.seal_notes(notes, sealer=sealer)
        if all(getattr(before, name) == value for name, value in said.items()):
            return before
        table.write(items.put_purchase(table.tenant_id, after := changed(before, now=now, **said)))
        return after

    return until_written(attempt)


def _next_number(table: Table) -> tuple[str, Put]:
    count = table.get(items.count_key(table.tenant_id))
    number, counted = items.count_on(table.tenant_id, count["last"] if count else None)
    return f"{items.PREFIX}{number}", counted


def _known(table: Table, supplier: Supplier, wanted: Sequence[WantedLine], settings: Settings) -> Known:
    skus = {line.sku for line in wanted}
    return Known(skus_known(table, skus), find_supplier_skus(supplier, skus, table=table), settings)


def _check_rate(rate: ExchangeRate | None, currency: Currency, settings: Settings) -> None:
    if rate is not None:
        check_rate(rate, supplier=currency, tenant=settings.tenant.currency)
