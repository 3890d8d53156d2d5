"""Units of tracked SKUs that are sent: those that have names leave by name, and come by name."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from storekeeper.inventory.levels.model import Cause, Level, SkuRef
from storekeeper.inventory.tracking.batches.model import BatchDiffers
from storekeeper.inventory.tracking.level_items import withdraw_named
from storekeeper.inventory.tracking.model import (
    NOTHING,
    Mode,
    Names,
    NotTracked,
    Occasion,
    Place,
    check_names,
    named_after,
)
from storekeeper.inventory.tracking.naming import arriving_writes, leaving_writes
from storekeeper.inventory.tracking.serials.model import SerialStatus, SerialTaken
from storekeeper.inventory.tracking.store import levels_at
from storekeeper.inventory.transfers.model import Arrival, Transfer
from storekeeper.kernel.ids import LocationId
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
        yield from leaving_writes(table, place, said, _occasion(cause), to=SerialStatus.IN_TRANSIT)


def taking_in_writes(
    table: Table, transfer: Transfer, came: Sequence[Arrival], *, cause: Cause
) -> tuple[dict[str, Mode], tuple[Write, ...]]:
    """How the SKUs are tracked of which some units come by name, and the writes of those units.

    Raises:
        NotTracked, Invalid: the names do not fit the SKU or the units.
        SerialTaken, BatchDiffers: what was named cannot come.
    """
    names = {one.sku: one.names for one in came}
    modes = _modes_at(table, names, transfer.target_id)
    for row, one in enumerate(came):
        check_names(one.names, modes.get(one.sku), one.for_the_shelf, field=f"lines.{row}.")
    return modes, _coming(table, names, transfer.target_id, cause)


def taking_back_writes(
    table: Table, before: Transfer, *, cause: Cause, room: int
) -> tuple[dict[str, Mode], tuple[Write, ...]]:
    """The same of what goes back to the source. Where that cannot be, or has no `room`, it goes back without names."""
    names = {line.sku: line.outstanding_names for line in before.lines}
    try:
        modes = _modes_at(table, names, before.source_id)
        for sku, said in names.items():
            check_names(said, modes.get(sku), said.units)
        coming = _coming(table, names, before.source_id, cause)
    except (NotTracked, SerialTaken, BatchDiffers):
        return {}, ()
    return (modes, coming) if len(coming) <= room else ({}, ())


def _modes_at(table: Table, names: Mapping[str, Names], location_id: LocationId) -> dict[str, Mode]:
    places = [Place(sku, location_id) for sku, said in names.items() if said]
    levels = levels_at(table, places) if places else {}
    return {place.sku: level.tracked for place, level in levels.items() if level.tracked}


def _coming(table: Table, names: Mapping[str, Names], location_id: LocationId, cause: Cause) -> tuple[Write, ...]:
    occasion = _occasion(cause)
    coming = (arriving_writes(table, Place(sku, location_id), said, occasion) for sku, said in names.items() if said)
    return tuple(chain.from_iterable(coming))


def _occasion(cause: Cause) -> Occasion:
    return Occasion(cause.reference_type, cause.reference_id, cause.actor, cause.at, cause.reason)
