"""What is done with adjustments: one, or many that stand each for itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from storekeeper.catalog import sku_key
from storekeeper.inventory.adjustments import items
from storekeeper.inventory.adjustments.model import Adjustment, Outcome, adjust, adjust_buckets, check_adjustments
from storekeeper.inventory.buckets.items import pouring_writes
from storekeeper.inventory.buckets.store import levels_together
from storekeeper.inventory.errors import LocationUnknown, SkuIsKit, SkuUnknown, StockContended
from storekeeper.inventory.levels.items import adjust_level, level_from, level_key, put_level
from storekeeper.inventory.levels.model import Cause, Level, SkuRef, add_up, adjusted, empty_level
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.tracking.items import mode_of
from storekeeper.inventory.tracking.level_items import adjust_tracked
from storekeeper.inventory.tracking.model import Occasion, Place, check_names, named_after
from storekeeper.inventory.tracking.naming import arriving_writes, leaving_writes
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.idempotency import Keyed, Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Location, Settings, mark_stocked

MAX_RACES = 12  # against buyers, who change levels all day
MAX_MOVES = 90  # a transaction takes 100 items; bucket 0, the adjustment and a mark come along


def adjust_stock(
    table: Table,
    adjustment: Adjustment,
    *,
    settings: Settings,
    now: datetime,
    adjustment_id: str | None = None,
    remember: Remember[Level] = forget,
) -> Level:
    """Change what is on hand at a location; the first adjustment of a SKU there makes its level. The level after it.

    With an `adjustment_id` that was used before, nothing happens: the level is answered as it was left then.

    Raises:
        Invalid: the quantity does not fit the type.
        SkuUnknown: no variant has this SKU.
        SkuIsKit: its components have stock, and it has none.
        LocationUnknown: the tenant has no such location.
        StockReserved: it would take away what is reserved.
        StockMissing: it would take away more than is there.
        NotTracked, NamesMissing, SerialTaken, ...: the units that are named cannot come or go (see `tracking`).
        Contended: buyers won all of MAX_RACES races, or it lies in too many leases.
    """
    check_adjustments([adjustment])
    location = _location(settings, adjustment.location_id)
    known_id, made_id = adjustment_id, adjustment_id or new_id("adj", at=now)
    ref = SkuRef(table.tenant_id, adjustment.sku)
    keys = [level_key(ref, location.id), sku_key(table.tenant_id, ref.sku)]
    if known_id:
        keys.append(items.adjustment_key(table.tenant_id, known_id))

    def attempt() -> Level:
        found = table.get_many(keys)
        if known_id and keys[2] in found:
            return items.level_after(found[keys[2]])
        if keys[0] not in found and keys[1] not in found:
            raise SkuUnknown("No variant has this SKU.")
        if keys[0] not in found and "kit" in found[keys[1]]:
            raise SkuIsKit(ref.sku)
        before = _before(found, ref, location)
        cause = Cause(adjustment.type, "adjustment", made_id, table.trace.actor, now, adjustment.reason)
        if before.tracked or adjustment.names:
            after, writes = _decide_tracked(table, ref, before, adjustment, cause, location)
        elif before.is_spread:
            after, writes = _decide_buckets(table, ref, adjustment.quantity, cause, location)
        else:
            after, writes = change_level(ref, before, adjustment.quantity, cause=cause, location=location)
        table.write(
            items.put_adjustment(table.tenant_id, made_id, adjustment, level=after, now=now),
            *writes,
            *remember(after),
        )
        return after

    return until_written(attempt, attempts=MAX_RACES)


def _before(found: Mapping[Key, Item], ref: SkuRef, location: Location) -> Level:
    if item := found.get(level_key(ref, location.id)):
        return level_from(item)
    return replace(empty_level(ref.sku, location.id), tracked=mode_of(found[sku_key(ref.tenant_id, ref.sku)]))


def _decide_tracked(
    table: Table, ref: SkuRef, before: Level, adjustment: Adjustment, cause: Cause, location: Location
) -> tuple[Level, tuple[Write, ...]]:
    names, quantity = adjustment.names, adjustment.quantity
    check_names(names, before.tracked, abs(quantity))
    after = adjust(before, quantity)
    change = names.units if quantity > 0 else -names.units
    after = replace(after, named=named_after(before.named, after.on_hand, change))
    occasion = Occasion(cause.reference_type, cause.reference_id, cause.actor, cause.at, cause.reason)
    write_units = arriving_writes if quantity > 0 else leaving_writes
    moved = write_units(table, Place(ref.sku, location.id), names, occasion)
    if before.version:
        return after, (adjust_tracked(ref, before, quantity, named=change, cause=cause), *moved)
    return after, (*_making_writes(ref, after, cause, location), *moved)


def _making_writes(ref: SkuRef, made: Level, cause: Cause, location: Location) -> tuple[Write, ...]:
    marked = items.mark_sku_stocked(ref.tenant_id, ref.sku, mode=made.tracked)
    return put_level(ref, made, cause=cause), marked, *mark_stocked(ref.tenant_id, location)


def change_level(
    ref: SkuRef, before: Level, quantity: int, *, cause: Cause, location: Location
) -> tuple[Level, tuple[Write, ...]]:
    """A level that lies in one bucket after an adjustment, which may be its first, and the writes that make it so.

    Raises:
        StockReserved, StockMissing: as `adjust` does.
    """
    after = adjust(before, quantity)
    if before.version:
        (row,) = add_up([after])
        return row, (adjust_level(ref, before, adjusted(quantity), cause=cause),)
    return after, _making_writes(ref, after, cause, location)


def _decide_buckets(
    table: Table, ref: SkuRef, quantity: int, cause: Cause, location: Location
) -> tuple[Level, tuple[Write, ...]]:
    levels = find_levels(table, [ref.sku], locations=[location.id])
    try:
        after, moves = adjust_buckets(levels[ref.sku], quantity)
    except StorekeeperError:
        levels = levels_together(table, levels, short={ref.sku: -quantity}, locations=[location.id])
        after, moves = adjust_buckets(levels[ref.sku], quantity)
    if len(moves) > MAX_MOVES:
        raise StockContended("It is being sold in too many places at once; try again in two minutes.")
    return after, pouring_writes(ref, levels[ref.sku][0], moves, cause=cause)


def _location(settings: Settings, location_id: str | None) -> Location:
    if location_id is None:
        return settings.default_location()
    try:
        return settings.location(location_id)
    except NotFound as refused:
        raise LocationUnknown("There is no such location.") from refused


def adjust_many(
    table: Table,
    adjustments: Sequence[Adjustment],
    *,
    settings: Settings,
    now: datetime,
    keyed: Keyed | None = None,
    remember: Remember[Sequence[Outcome]] = forget,
) -> tuple[Outcome, ...]:
    """Make each adjustment for itself, in order; what one refuses does not stop the others. One outcome for each.

    With `keyed`, each row has an id of its own that the key gives: a repeat after a crash half-way does only the rest.

    Raises:
        Invalid: names every row whose quantity does not fit its type; then none is made.
    """
    check_adjustments(adjustments, prefix="adjustments.")
    outcomes: list[Outcome] = []
    for row, adjustment in enumerate(adjustments):
        row_id = keyed.derived_id("adj", str(row)) if keyed else None
        outcome = _outcome(table, adjustment, settings=settings, now=now, adjustment_id=row_id)
        outcomes.append(outcome)
        if outcome.level:  # else each new level would mark its location again, which drops everybody's settings
            settings = settings.with_stock_at(outcome.level.location_id)
    if marks := remember(outcomes):
        table.write(*marks)
    return tuple(outcomes)


def _outcome(
    table: Table, adjustment: Adjustment, *, settings: Settings, now: datetime, adjustment_id: str | None
) -> Outcome:
    try:
        level = adjust_stock(table, adjustment, settings=settings, now=now, adjustment_id=adjustment_id)
    except StorekeeperError as refused:
        return Outcome(None, refused)
    return Outcome(level, None)
