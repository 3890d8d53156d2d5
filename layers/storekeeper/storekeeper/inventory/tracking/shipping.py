"""Units of tracked SKUs that leave with an order: as they are named, batches otherwise first expired first out.

Nothing of this is read for an order that has no tracked SKU.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from storekeeper.inventory.levels.model import Cause, SkuPick, SkuRef
from storekeeper.inventory.tracking.batches.items import BatchSale, put_batch, put_sale
from storekeeper.inventory.tracking.batches.model import Batch, drained, plan_batches, plan_named
from storekeeper.inventory.tracking.batches.store import batches_of_sku, find_batches
from storekeeper.inventory.tracking.level_items import ship_named
from storekeeper.inventory.tracking.model import (
    NOTHING,
    Mode,
    Names,
    NamesMissing,
    NotTracked,
    Occasion,
    Place,
    check_names,
)
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import Serial, SerialNotThere, gone
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.inventory.tracking.store import levels_at
from storekeeper.kernel.errors import Fault
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write


class Shipping(Struct, frozen=True):
    """A shipment of an order, as far as its units have names. `modes`: how its SKUs are tracked, of those that are."""

    order_id: str
    shipment_id: str
    modes: Mapping[str, Mode] = field(default_factory=dict)
    names: Mapping[str, Names] = field(default_factory=dict)


def with_modes(table: Table, shipping: Shipping, picks: Iterable[SkuPick]) -> Shipping:
    """With how those SKUs are tracked whose units are named; nothing is read where none is, or all are known."""
    places = [
        Place(pick.sku, pick.location_id)
        for pick in picks
        if pick.sku in shipping.names and pick.sku not in shipping.modes
    ]
    if not places:
        return shipping
    levels = levels_at(table, places).values()
    return replace(shipping, modes={**shipping.modes, **{one.sku: one.tracked for one in levels if one.tracked}})


def shipping_writes(table: Table, shipping: Shipping, picks: Sequence[SkuPick], *, cause: Cause) -> tuple[Write, ...]:
    """The tracked SKUs among the picks leave: their levels, and each serial or batch.

    Raises:
        NotTracked, Invalid: the names do not fit the SKUs or the units.
        NamesMissing: a SKU is tracked by serial, and it was not said which units go.
        SerialNotThere, SerialReserved: a serial cannot go.
        BatchNotFound, BatchShort, BatchExpired: a batch cannot.
    """
    if unmeant := set(shipping.names) - {pick.sku for pick in picks}:
        raise NotTracked(f"No unit of {min(unmeant)} leaves; of a kit, name its components in `units`.")
    writes: list[Write] = []
    skus = dict.fromkeys(pick.sku for pick in picks if pick.sku in shipping.modes or pick.sku in shipping.names)
    for sku in skus:
        of_sku = [pick for pick in picks if pick.sku == sku]
        mode, names = shipping.modes.get(sku), shipping.names.get(sku, NOTHING)
        check_names(names, mode, sum(pick.units for pick in of_sku), field=f"{sku}.")
        if mode is None:
            continue
        writes += [ship_named(SkuRef(table.tenant_id, sku), pick.pick, mode, cause=cause) for pick in of_sku]
        leave = _serials_leave if mode is Mode.SERIAL else _batches_leave
        writes += leave(table, shipping, names, of_sku, cause)
    return tuple(writes)


def _serials_leave(
    table: Table, shipping: Shipping, names: Names, picks: Sequence[SkuPick], cause: Cause
) -> list[Write]:
    sku, units = picks[0].sku, sum(pick.units for pick in picks)
    if not names:
        fault = Fault("lines", NamesMissing.code, f"Say the serials of {units} units.", (("sku", sku),))
        raise NamesMissing(f"{sku} is tracked by serial: say which units go.", faults=[fault])
    known = find_serials(table, sku, names.serials)
    _check_places(picks, known.values())
    occasion = Occasion(cause.reference_type, cause.reference_id, cause.actor, cause.at)
    return [
        put_serial(
            table.tenant_id,
            gone(serial, number, _place_of(serial, picks), occasion, order_id=shipping.order_id),
        )
        for number in names.serials
        for serial in [known.get(number)]
    ]


def _place_of(serial: Serial | None, picks: Sequence[SkuPick]) -> Place:
    there = serial.location_id if serial and serial.location_id else picks[0].location_id
    return Place(picks[0].sku, there)


def _check_places(picks: Sequence[SkuPick], serials: Iterable[Serial]) -> None:
    """As many serials go from each location as the order has units reserved there."""
    wanted: dict[LocationId, int] = {}
    for pick in picks:
        wanted[pick.location_id] = wanted.get(pick.location_id, 0) + pick.units
    for serial in serials:
        if serial.location_id is None:
            continue  # `gone` says that it is not in stock
        wanted[serial.location_id] = wanted.get(serial.location_id, 0) - 1
        if wanted[serial.location_id] < 0:
            raise SerialNotThere(f"{serial.number} lies at {serial.location_id}, where the order has no unit left.")


def _batches_leave(
    table: Table, shipping: Shipping, names: Names, picks: Sequence[SkuPick], cause: Cause
) -> list[Write]:
    sku = picks[0].sku
    asked = {said.number: said.units for said in names.batches}
    found = find_batches(table, sku, asked).values() if names else batches_of_sku(table, sku)
    before = {batch.number: batch for batch in found}
    after, sold = dict(before), Counter[str]()
    for pick in picks:
        asked_there = {number: units - sold[number] for number, units in asked.items()} if names else None
        for number, units in _choose(after, asked_there, pick, now=cause.at).items():
            after[number] = drained(after[number], units, pick.location_id, sold=True)
            sold[number] += units
    return [
        write
        for number, units in sold.items()
        for write in _batch_writes(table, shipping, before[number], after[number], units, cause)
    ]


def _choose(
    batches: Mapping[str, Batch], asked: Mapping[str, int] | None, pick: SkuPick, *, now: datetime
) -> dict[str, int]:
    """Units of each batch for a pick: of those that were named, or first expired first out."""
    if asked is None:
        return plan_batches(batches.values(), pick.location_id, pick.units, now=now)
    return plan_named(batches, asked, pick.location_id, pick.units, now=now)


def _batch_writes(
    table: Table, shipping: Shipping, before: Batch, after: Batch, units: int, cause: Cause
) -> tuple[Write, Write]:
    made = (shipping.order_id, shipping.shipment_id, units, cause.at)
    sale = BatchSale(after.id, after.sku, after.number, *made)
    return put_batch(table.tenant_id, replace(after, version=before.version + 1)), put_sale(table.tenant_id, sale)
