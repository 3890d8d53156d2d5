"""Units of a delivery that were named: which serials they are, or of which batch."""

from collections.abc import Sequence

from storekeeper.inventory.purchasing.receiving import Receipt, ReceiptLine
from storekeeper.inventory.tracking.model import (
    BatchUnits,
    Mode,
    Names,
    Occasion,
    Place,
    check_names,
)
from storekeeper.inventory.tracking.naming import arriving_writes
from storekeeper.inventory.tracking.store import levels_at
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def naming_writes(table: Table, receipt: Receipt, *, supplier_id: str) -> tuple[dict[str, Mode], tuple[Write, ...]]:
    """How the SKUs are tracked whose units are named, and the writes of those units; nothing is read if none is.

    Raises:
        NotTracked, Invalid: the names do not fit the SKU or the units.
        SerialTaken, BatchDiffers: what was named cannot come.
    """
    named = [line for line in receipt.lines if line.names]
    levels = levels_at(table, [_place(line) for line in named]) if named else {}
    modes: dict[str, Mode] = {}
    writes: list[Write] = []
    for row, line in enumerate(receipt.lines):
        if not line.names:
            continue
        level = levels.get(_place(line))
        mode = level.tracked if level else None
        check_names(line.names, mode, line.received, field=f"lines.{row}.")
        occasion = Occasion("purchase_order", receipt.order_id, receipt.actor, receipt.received_at, line.reason)
        writes += arriving_writes(table, _place(line), _supplied(line.names, supplier_id), occasion)
        modes |= {line.sku: mode} if mode else {}
    _check_apart(writes)
    return modes, tuple(writes)


def _place(line: ReceiptLine) -> Place:
    return Place(line.sku, line.location_id)


def _supplied(names: Names, supplier_id: str) -> Names:
    """A batch that comes for the first time is of the supplier who was asked for it."""
    batches = tuple(
        BatchUnits(said.number, said.units, said.expires_on, said.supplier_id or supplier_id) for said in names.batches
    )
    return Names(names.serials, batches)


def _check_apart(writes: Sequence[Write]) -> None:
    """A transaction changes an item once."""
    if len({write.key for write in writes}) < len(writes):
        raise Invalid.field("lines", "named_twice", "A serial, or a batch, comes to one location in one receipt.")
