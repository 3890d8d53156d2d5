"""What is done with the tracking of a SKU: say how its units are told apart, and name units that lie there without."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from storekeeper.catalog import sku_key
from storekeeper.inventory.errors import LevelUnknown, SkuUnknown
from storekeeper.inventory.levels.items import level_from, level_key
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.tracking import items
from storekeeper.inventory.tracking.level_items import name_units, no_level, stop_tracking_level, track_level
from storekeeper.inventory.tracking.model import (
    Mode,
    Names,
    NotTracked,
    Occasion,
    Place,
    SkuSpread,
    TrackingInUse,
    check_names,
    named_after,
)
from storekeeper.inventory.tracking.naming import arriving_writes
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import MAX_TRANSACTION, Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Settings

MAX_PLACES = MAX_TRANSACTION - 2  # the SKU and an idempotency mark come along


class Tracking(Struct, frozen=True):
    """How a SKU is tracked, and its levels, which tell how many of their units are named."""

    sku: str
    mode: Mode | None
    levels: tuple[Level, ...]
    version: int


def read_tracking(table: Table, sku: str, *, settings: Settings) -> Tracking:
    """How a SKU is tracked, as of now.

    Raises:
        SkuUnknown: no variant has it.
    """
    ref, claim = SkuRef(table.tenant_id, sku), sku_key(table.tenant_id, sku)
    keys = [level_key(ref, location_id) for location_id in settings.locations]
    found = table.get_many([claim, *keys])
    if claim not in found:
        raise SkuUnknown("No variant has this SKU.")
    levels = tuple(level_from(found[key]) for key in keys if key in found)
    return Tracking(sku, items.mode_of(found[claim]), levels, items.version_of(found[claim]))


def track(
    table: Table,
    sku: str,
    mode: Mode | None,
    *,
    settings: Settings,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Tracking] = forget,
) -> Tracking:
    """Say how the units of a SKU are told apart, or (None) that they are not: one transaction with all its levels.

    Raises:
        SkuUnknown: no variant has it.
        TrackingInUse: units are named by how it is tracked now.
        SkuSpread: it lies in several buckets, or in too many locations.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Tracking:
        before = read_tracking(table, sku, settings=settings)
        expects(before.version)
        if before.mode is mode:
            return before
        _check_change(before, len(settings.locations))
        levels = tuple(replace(level, tracked=mode, named=0) for level in before.levels)
        after = Tracking(sku, mode, levels, before.version + 1)
        claim = items.track_sku(table.tenant_id, sku, mode, version=before.version)
        table.write(claim, *_level_writes(table, before, mode, settings), *remember(after))
        return after

    return until_written(attempt)


def _check_change(before: Tracking, places: int) -> None:
    if named := sum(level.named for level in before.levels):
        raise TrackingInUse(f"{named} units in stock are named by how the SKU is tracked; take them off first.")
    if any(level.is_spread for level in before.levels):
        raise SkuSpread("The SKU lies in several buckets; fold its levels into one each first.")
    if places > MAX_PLACES:
        raise SkuSpread(f"A tenant of more than {MAX_PLACES} locations cannot track units.")


def _level_writes(table: Table, before: Tracking, mode: Mode | None, settings: Settings) -> tuple[Write, ...]:
    """Every location's: one that has no level must get none meanwhile that does not know of it."""
    ref = SkuRef(table.tenant_id, before.sku)
    kept: Mapping[LocationId, Level] = {level.location_id: level for level in before.levels}
    return tuple(
        no_level(ref, location_id)
        if (level := kept.get(location_id)) is None
        else track_level(ref, level, mode)
        if mode
        else stop_tracking_level(ref, level)
        for location_id in settings.locations
    )


def name_stock(table: Table, place: Place, names: Names, *, now: datetime, remember: Remember[Level] = forget) -> Level:
    """Say which units lie at a location of those that have no name yet. The level after it; no stock moves.

    Raises:
        LevelUnknown: the SKU has no stock there.
        NotTracked: the SKU is not tracked so.
        Invalid: what is named twice, or too much of it.
        UnitsUnnamed: fewer units have no name.
        SerialTaken, BatchDiffers: what was named cannot come there.
        Contended: others kept changing it.
    """
    ref = SkuRef(table.tenant_id, place.sku)

    def attempt() -> Level:
        item = table.get(level_key(ref, place.location_id))
        if item is None:
            raise LevelUnknown("The SKU has no stock there; adjust its stock at that location first.")
        before = level_from(item)
        if before.tracked is None:
            raise NotTracked("The SKU is not tracked; see /v1/inventory/tracking.")
        check_names(names, before.tracked, names.units)
        after = replace(before, named=named_after(before.named, before.on_hand, names.units))
        occasion = Occasion("naming", place.location_id, table.trace.actor, now)
        arrived = arriving_writes(table, place, names, occasion)
        table.write(name_units(ref, before, names.units), *arrived, *remember(after))
        return after

    return until_written(attempt)
