"""What purchase orders do to levels, as values: units are expected, arrive, or come no more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from storekeeper.inventory.arrivals import expecting_writes
from storekeeper.inventory.levels.items import expect_units, level_key, receive_units
from storekeeper.inventory.levels.model import Cause, MovementType, SkuRef
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder
from storekeeper.inventory.purchasing.receiving import Receipt, ReceiptLine
from storekeeper.inventory.tracking.level_items import receive_named
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Update, Write
from storekeeper.tenancy import Location

OPENED_TOGETHER = 25  # levels: each marks its SKU, and may mark its location; a transaction takes 100 items


def cause_of(
    order: PurchaseOrder, *, actor: Actor, at: datetime, reason: str = "", unit_cost: int | None = None
) -> Cause:
    """What the order causes."""
    return Cause(MovementType.RESTOCK, "purchase_order", order.id, actor, at, reason, unit_cost)


def level_keys_of(tenant_id: TenantId, lines: Iterable[PurchaseLine]) -> dict[Key, PurchaseLine]:
    """The level of each line."""
    return {level_key(SkuRef(tenant_id, line.sku), line.location_id): line for line in lines}


def opening_writes(
    tenant_id: TenantId,
    missing: Sequence[PurchaseLine],
    *,
    modes: Mapping[str, Mode | None],
    locations: Mapping[LocationId, Location],
    cause: Cause,
) -> Iterator[tuple[Write, ...]]:
    """The levels of these lines, where their SKUs have never been kept: empty, in several transactions.

    They go before the order is sent, so that this takes one write for each line however new its SKU is there. A crash
    in between leaves levels of nothing.
    """
    for start in range(0, len(missing), OPENED_TOGETHER):
        writes = [
            write
            for line in missing[start : start + OPENED_TOGETHER]
            for write in expecting_writes(
                SkuRef(tenant_id, line.sku), locations[line.location_id], None, 0, cause=cause, mode=modes[line.sku]
            )
        ]
        yield tuple({write.key: write for write in writes}.values())  # two lines may mark the same location


def sending_writes(tenant_id: TenantId, order: PurchaseOrder, *, cause: Cause) -> tuple[Write, ...]:
    """All that was ordered is on its way."""
    return tuple(
        expect_units(SkuRef(tenant_id, line.sku), line.location_id, line.quantity, cause=cause) for line in order.lines
    )


def giving_up_writes(tenant_id: TenantId, order: PurchaseOrder, *, cause: Cause) -> tuple[Write, ...]:
    """What is outstanding of an order that was sent comes no more."""
    return tuple(
        receive_units(SkuRef(tenant_id, line.sku), line.location_id, 0, of_expected=line.outstanding, cause=cause)
        for line in order.lines
        if order.is_open and line.outstanding
    )


def arrival_writes(
    tenant_id: TenantId, order: PurchaseOrder, receipt: Receipt, *, modes: Mapping[str, Mode]
) -> tuple[Write, ...]:
    """What came goes on the shelf at its cost; what was rejected is expected no more.

    `modes`: how the SKUs are tracked whose units are named.
    """
    return tuple(_arrival(tenant_id, order, receipt, line, modes.get(line.sku)) for line in receipt.lines)


def _arrival(
    tenant_id: TenantId, order: PurchaseOrder, receipt: Receipt, line: ReceiptLine, mode: Mode | None
) -> Update:
    cause = cause_of(
        order,
        actor=receipt.actor,
        at=receipt.received_at,
        reason=line.reason,
        unit_cost=line.cost.minor if line.received else None,
    )
    ref, units = SkuRef(tenant_id, line.sku), line.received
    if mode and line.names:
        named, expected = line.names.units, line.of_expected
        return receive_named(ref, line.location_id, units, mode, named=named, of_expected=expected, cause=cause)
    return receive_units(ref, line.location_id, units, of_expected=line.of_expected, cause=cause)
