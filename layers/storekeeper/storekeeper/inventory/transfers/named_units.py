"""Units of tracked SKUs that are sent: those that have names leave by name, and are named anew where they come."""

from collections.abc import Iterator, Mapping

from storekeeper.inventory.levels.model import Cause, Level, SkuRef
from storekeeper.inventory.tracking.level_items import withdraw_named
from storekeeper.inventory.tracking.model import NOTHING, Names, NotTracked, Occasion, Place, check_names, named_after
from storekeeper.inventory.tracking.naming import leaving_writes
from storekeeper.inventory.tracking.serials.model import SerialStatus
from storekeeper.inventory.transfers.model import Transfer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


def sending_writes(
    table: Table, transfer: Transfer, tracked: Mapping[str, Level], names: Mapping[str, Names], *, cause: Cause
) -> Iterator[Write]:
    """The source's levels of tracked SKUs, and the units that are named.

    Raises:
        NotTracked, Invalid: the names do not fit the SKU or the units.
        NamesMissing: units that have names are to leave, and it was not said which.
        SerialNotThere, SerialReserved, BatchShort: a unit cannot leave.
    """
    if unmeant := set(names) - set(tracked):
        raise NotTracked(f"{min(unmeant)} is not tracked, or no line of the transfer.")
    for line in transfer.lines:
        if (level := tracked.get(line.sku)) is None:
            continue
        said, units = names.get(line.sku, NOTHING), line.units.quantity
        check_names(said, level.tracked, units, field=f"{line.sku}.")
        named_after(level.named, level.on_hand - units, -said.units)
        ref, place = SkuRef(table.tenant_id, line.sku), Place(line.sku, transfer.source_id)
        yield withdraw_named(ref, level, units, named=said.units, cause=cause)
        occasion = Occasion(cause.reference_type, cause.reference_id, cause.actor, cause.at, cause.reason)
        yield from leaving_writes(table, place, said, occasion, to=SerialStatus.IN_TRANSIT)
