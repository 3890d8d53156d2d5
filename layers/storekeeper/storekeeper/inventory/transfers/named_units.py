"""Units of tracked SKUs that are sent: those that have names leave by name, and come by name."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from storekeeper.inventory.levels.model import Cause, Level, SkuRef
from storekeeper.inventory.tracking.level_items import withdraw_named
from storekeeper.inventory.tracking.model import (
    NOTHING,
    Mode,
    Names,
    NotTracked,
    Occasion,
    Place,
    check_names,
    fits,
    named_after,
)
from storekeeper.inventory.tracking.naming import arriving_writes, leaving_writes
from storekeeper.inventory.tracking.serials.model import Serial, SerialStatus
from storekeeper.inventory.tracking.serials.store import find_serials
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


def names_on_the_way(table: Table, transfer: Transfer, *, to: LocationId) -> tuple[dict[str, Names], dict[str, Mode]]:
    """By which names what is outstanding comes to a location, by SKU, where nobody says it; and how these are tracked.

    They are those that were sent, but for serials that something else has become of since, and SKUs that are no longer
    tracked so: of these, units come without names.
    """
    sent = {line.sku: line.outstanding_names for line in transfer.lines if line.outstanding_names}
    modes = modes_at(table, sent, to)
    left = {sku: _still_sent(table, transfer, sku, said) for sku, said in sent.items() if fits(said, modes.get(sku))}
    return {sku: said for sku, said in left.items() if said}, modes


def _still_sent(table: Table, transfer: Transfer, sku: str, said: Names) -> Names:
    known = find_serials(table, sku, said.serials) if said.serials else {}
    serials = (number for number in said.serials if number in known and _is_of(known[number], transfer))
    return Names(tuple(serials), said.batches)


def _is_of(serial: Serial, transfer: Transfer) -> bool:
    return serial.status is SerialStatus.IN_TRANSIT and serial.history[-1].reference_id == transfer.id


def check_said(came: Sequence[Arrival], modes: Mapping[str, Mode]) -> None:
    """Whether the names of a receipt can be meant.

    Raises:
        NotTracked, Invalid: they do not fit the SKU or the units.
    """
    for row, one in enumerate(came):
        check_names(one.names, modes.get(one.sku), one.for_the_shelf, field=f"lines.{row}.")


def modes_at(table: Table, names: Mapping[str, Names], location_id: LocationId) -> dict[str, Mode]:
    """How the SKUs are tracked there of which units are named; nothing is read if none are."""
    places = [Place(sku, location_id) for sku, said in names.items() if said]
    levels = levels_at(table, places) if places else {}
    return {place.sku: level.tracked for place, level in levels.items() if level.tracked}


def coming_writes(
    table: Table, names: Mapping[str, Names], location_id: LocationId, *, cause: Cause
) -> tuple[Write, ...]:
    """Units that have names come to a shelf.

    Raises:
        SerialTaken, BatchDiffers: what was named cannot come.
    """
    occasion = _occasion(cause)
    coming = (arriving_writes(table, Place(sku, location_id), said, occasion) for sku, said in names.items() if said)
    return tuple(chain.from_iterable(coming))


def _occasion(cause: Cause) -> Occasion:
    return Occasion(cause.reference_type, cause.reference_id, cause.actor, cause.at, cause.reason)
