"""Thousands of adjustments as one run: each row stands for itself, and is made once, however often its part is done.

Rows of levels that lie in one bucket, and of those that they are the first to fill, are made many to a transaction,
which is what makes it quick; where that is refused, and for all others, row by row.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, TypeAlias

from storekeeper.catalog import sku_key
from storekeeper.inventory.adjustments import items
from storekeeper.inventory.adjustments.model import Adjustment, Outcome, check_adjustments
from storekeeper.inventory.adjustments.rows import adjustment_from, row_outcome
from storekeeper.inventory.adjustments.use_cases import adjust_stock, change_level
from storekeeper.inventory.levels.items import level_from, level_key
from storekeeper.inventory.levels.model import Cause, Level, SkuRef, empty_level
from storekeeper.inventory.tracking.items import mode_of
from storekeeper.kernel.errors import Contended, NotFound, StorekeeperError, Unavailable
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId, derived_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.runs import (
    ROWS_IN_PART,
    Advance,
    Run,
    StepFailed,
    check_rows,
    keep_outcomes,
    keep_rows,
    read_rows,
    start_run,
)
from storekeeper.tenancy import Settings, load_settings

KIND = "bulk_adjustment"
MAX_BULK_ROWS = 10_000
ROWS_TOGETHER = 20  # of a transaction: the more, the likelier that a buyer comes in the way of all of them

Row: TypeAlias = Mapping[str, Any]
_Wanted: TypeAlias = dict[str, Adjustment]
"""Adjustments by their id."""


def start_bulk_adjustment(
    table: Table, rows: Sequence[Row], *, run_id: str, now: datetime, remember: Remember[Run] = forget
) -> Run:
    """Ask for many adjustments. Rows are kept as they were sent: one that means nothing is refused in its turn.

    Raises:
        Invalid: `row_too_long`, `row_unreadable`: rows that cannot be kept.
    """
    check_rows(rows, prefix="adjustments.")
    keep_rows(table, run_id, rows, now=now)
    return start_run(table, run_id, KIND, asked={"rows": len(rows)}, now=now, total=len(rows), remember=remember)


def adjust_part(run: Run, table: Table, now: datetime) -> Advance:
    """The step of a bulk adjustment: the next part of its rows."""
    part = int(run.position or 0)
    rows = read_rows(table, run.id, part)
    if not rows:
        raise StepFailed("The rows that were sent are no longer kept.")
    first = part * ROWS_IN_PART
    outcomes = _adjust_rows(table, rows, run=run, first=first, now=now)
    keep_outcomes(table, run.id, part, outcomes, now=now)
    refused = sum(outcome["outcome"] == "refused" for outcome in outcomes)
    is_last = first + len(rows) >= (run.total or 0)
    return Advance(None if is_last else str(part + 1), {"applied": len(rows) - refused, "refused": refused})


def _adjust_rows(table: Table, rows: Sequence[Row], *, run: Run, first: int, now: datetime) -> list[dict[str, Any]]:
    settings = load_settings(table)
    wanted: _Wanted = {}
    outcomes: dict[str, Outcome] = {}
    ids = [derived_id("adj", run.id, str(first + place), at=run.asked_at) for place in range(len(rows))]
    for adjustment_id, row in zip(ids, rows, strict=True):
        try:
            wanted[adjustment_id] = adjustment_from(row)
            check_adjustments([wanted[adjustment_id]])
        except StorekeeperError as refused:
            wanted.pop(adjustment_id, None)
            outcomes[adjustment_id] = Outcome(None, refused)
    for together in _groups(wanted, settings):
        made = _adjust_together(table, together, settings=settings, now=now)
        settings = reduce(_with_stock, made.values(), settings)
        outcomes |= made
    return [row_outcome(first + place, rows[place], outcomes[made_id]) for place, made_id in enumerate(ids)]


def _groups(wanted: _Wanted, settings: Settings) -> Iterator[_Wanted]:
    """In order, each with a level at most once: a transaction changes an item once."""
    group: _Wanted = {}
    places: set[tuple[str, str]] = set()
    for adjustment_id, adjustment in wanted.items():
        place = (adjustment.sku, _location(adjustment, settings))
        if place in places or len(group) == ROWS_TOGETHER:
            yield group
            group, places = {}, set()
        group[adjustment_id] = adjustment
        places.add(place)
    if group:
        yield group


def _location(adjustment: Adjustment, settings: Settings) -> LocationId:
    return LocationId(adjustment.location_id or settings.default_location().id)


def _adjust_together(table: Table, wanted: _Wanted, *, settings: Settings, now: datetime) -> dict[str, Outcome]:
    writes: dict[Key, Write] = {}
    outcomes: dict[str, Outcome] = {}
    for made_id, level in _levels(table, wanted, settings).items():
        try:
            after, changes = _change(table, made_id, wanted[made_id], level, settings, now)
        except StorekeeperError:
            continue  # it may be there already, from a try before: only its own transaction can tell
        writes |= {write.key: write for write in changes}  # first levels mark their SKU and location once
        outcomes[made_id] = Outcome(after, None)
    try:
        if writes:
            table.write(*writes.values())
    except (WriteRefused, Contended, NotFound):  # the last: a location has just been deleted
        outcomes = {}
    for made_id, adjustment in wanted.items():
        if made_id not in outcomes:
            outcomes[made_id] = _adjust_alone(table, made_id, adjustment, settings=settings, now=now)
            settings = _with_stock(settings, outcomes[made_id])
    return outcomes


def _with_stock(settings: Settings, outcome: Outcome) -> Settings:
    """For what comes next, which need not mark the location again."""
    return settings.with_stock_at(outcome.level.location_id) if outcome.level else settings


def _levels(table: Table, wanted: _Wanted, settings: Settings) -> dict[str, Level]:
    """The levels that can be changed together: those that lie in one bucket, of units without names."""
    keys = {
        made_id: level_key(SkuRef(table.tenant_id, adjustment.sku), location.id)
        for made_id, adjustment in wanted.items()
        if (location := settings.locations.get(_location(adjustment, settings)))
    }
    found = table.get_many(keys.values())
    levels = {made_id: level_from(found[key]) for made_id, key in keys.items() if key in found}
    new = {made_id: sku_key(table.tenant_id, wanted[made_id].sku) for made_id in keys if made_id not in levels}
    skus = table.get_many(new.values())
    for made_id, key in new.items():
        if key in skus and "kit" not in skus[key]:
            empty = empty_level(wanted[made_id].sku, _location(wanted[made_id], settings))
            levels[made_id] = replace(empty, tracked=mode_of(skus[key]))
    return {made_id: level for made_id, level in levels.items() if not level.is_spread and not level.tracked}


def _change(
    table: Table, made_id: str, adjustment: Adjustment, level: Level, settings: Settings, now: datetime
) -> tuple[Level, tuple[Write, ...]]:
    ref, location = SkuRef(table.tenant_id, adjustment.sku), settings.location(level.location_id)
    cause = Cause(adjustment.type, "adjustment", made_id, table.trace.actor, now, adjustment.reason)
    after, writes = change_level(ref, level, adjustment.quantity, cause=cause, location=location)
    return after, (items.put_adjustment(table.tenant_id, made_id, adjustment, level=after, now=now), *writes)


def _adjust_alone(table: Table, made_id: str, adjustment: Adjustment, *, settings: Settings, now: datetime) -> Outcome:
    try:
        return Outcome(adjust_stock(table, adjustment, settings=settings, now=now, adjustment_id=made_id), None)
    except (Contended, Unavailable):
        raise  # nobody can say whether it can be made: the part is done again later
    except StorekeeperError as refused:
        return Outcome(None, refused)
