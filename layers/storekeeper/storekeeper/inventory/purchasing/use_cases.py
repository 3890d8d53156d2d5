"""What is done with purchase orders that are planned: send, receive in parts, close short, cancel.

Each act is one transaction of the order and of every level that it touches, guarded by the order's version: so units
are expected, and arrive, once, whatever is retried.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.items import expects_less
from storekeeper.inventory.purchasing import items, writes
from storekeeper.inventory.purchasing.drafting import check_locations
from storekeeper.inventory.purchasing.model import PurchaseOrder, PurchaseStatus, given_up, moved
from storekeeper.inventory.purchasing.named_arrivals import naming_writes
from storekeeper.inventory.purchasing.receipt_items import put_receipt
from storekeeper.inventory.purchasing.receiving import Delivery, NotExpected, Receipt, receive
from storekeeper.inventory.purchasing.store import get_purchase_order
from storekeeper.inventory.purchasing.terms import check_terms, expected_by_lead_time
from storekeeper.inventory.suppliers.skus.store import find_supplier_skus
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.inventory.tracking.naming import check_fits
from storekeeper.inventory.tracking.store import tracking_modes
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Settings


class Received(Struct, frozen=True):
    """An order after a delivery, and the receipt of it."""

    order: PurchaseOrder
    receipt: Receipt


def send_purchase_order(
    order_id: str,
    *,
    override: Collection[str] = (),
    table: Table,
    settings: Settings,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[PurchaseOrder] = forget,
) -> PurchaseOrder:
    """Send a draft: its units are on their way. With no date it is expected by the supplier's lead time.

    One that was sent already, and of which nothing has come, is answered as it is.

    Raises:
        PurchaseOrderNotFound: there is none of this id.
        WrongState: it is no draft.
        TermsNotMet: the supplier would not take it so, and `override` does not name why.
        SupplierInactive: the supplier is archived.
        SkuUnknown: a SKU has gone that was never kept.
        Invalid: a location has gone, or is closed.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> PurchaseOrder:
        before = get_purchase_order(order_id, table=table)
        expects(before.version)
        if before.status is PurchaseStatus.SENT:
            return before
        supplier = get_supplier(before.supplier_id, table=table)
        sold = find_supplier_skus(supplier, {line.sku for line in before.lines}, table=table)
        expected_at = before.expected_at or expected_by_lead_time(before, supplier, sold, now=now)
        after = moved(before, PurchaseStatus.SENT, now=now, sent_at=now, expected_at=expected_at)
        check_terms(before, supplier, sold, override=override)
        check_locations(before.lines, settings=settings)
        _write_sent(table, after, settings=settings, now=now, remember=remember)
        return after

    return until_written(attempt)


def receive_purchase_order(
    order_id: str,
    delivery: Callable[[Currency], Delivery],
    *,
    table: Table,
    settings: Settings,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Received] = forget,
) -> Received:
    """Take in what has come: order, receipt and every level with its cost in one transaction.

    `delivery` says what came, given the currency of the order's costs.

    Raises:
        PurchaseOrderNotFound: there is none of this id.
        What `receive` refuses, and `naming_writes` of units that are named.
        TooManyNamed: they are more than one transaction takes.
        NotExpected: a level does not expect what the order has on its way there.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Received:
        before = get_purchase_order(order_id, table=table)
        expects(before.version)
        order, receipt = receive(
            before,
            delivery(before.currency),
            currency=settings.tenant.currency,
            receipt_id=new_id("rec", at=now),
            actor=table.trace.actor,
            now=now,
        )
        modes, named = naming_writes(table, receipt, supplier_id=before.supplier_id)
        arrived = writes.arrival_writes(table.tenant_id, order, receipt, modes=modes)
        kept = (put_receipt(table.tenant_id, receipt), *arrived, *named)
        check_fits(len(kept), named=len(named))
        received = Received(order, receipt)
        _write(table, order, *kept, *remember(received))
        return received

    return until_written(attempt)


def give_up_purchase_order(
    order_id: str,
    to: PurchaseStatus,
    *,
    reason: str = "",
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[PurchaseOrder] = forget,
) -> PurchaseOrder:
    """Cancel an order of which nothing has come, or close one short of which some has: no more is on its way.

    One that is so already is answered as it is.

    Raises:
        PurchaseOrderNotFound: there is none of this id.
        WrongState: it cannot become `to`.
        NotExpected: a level does not expect what the order has on its way there.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> PurchaseOrder:
        before = get_purchase_order(order_id, table=table)
        expects(before.version)
        if before.status is to:
            return before
        after = given_up(before, to, reason=reason, now=now)
        cause = writes.cause_of(before, actor=table.trace.actor, at=now, reason=reason)
        _write(table, after, *writes.giving_up_writes(table.tenant_id, before, cause=cause), *remember(after))
        return after

    return until_written(attempt)


def _write(table: Table, after: PurchaseOrder, *others: Write) -> None:
    """Write the order with what goes with it. That its levels refuse means that they do not expect what it does."""
    try:
        table.write(items.put_purchase(table.tenant_id, after), *others)
    except WriteRefused as refused:
        if items.purchase_key(table.tenant_id, after.id) in refused.old or not expects_less(refused.old, others):
            raise
        raise NotExpected("A level does not expect what the order has on its way; look into its ledger.") from refused


def _write_sent(
    table: Table, after: PurchaseOrder, *, settings: Settings, now: datetime, remember: Remember[PurchaseOrder]
) -> None:
    """Write that all is on its way, once every line has a level: those that are missing are opened before."""
    cause = writes.cause_of(after, actor=table.trace.actor, at=now)
    keys = writes.level_keys_of(table.tenant_id, after.lines)
    found = table.get_many(keys)
    missing = [line for key, line in keys.items() if key not in found]
    if missing:
        modes, locations = tracking_modes(table, {line.sku for line in missing}), settings.locations
        for opened in writes.opening_writes(table.tenant_id, missing, modes=modes, locations=locations, cause=cause):
            table.write(*opened)
    expected = writes.sending_writes(table.tenant_id, after, cause=cause)
    table.write(items.put_purchase(table.tenant_id, after), *expected, *remember(after))
