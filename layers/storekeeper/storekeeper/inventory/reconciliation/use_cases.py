"""Reconciles a tenant's stock in pages: first what its open orders own, then each level against ledger and owners."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storekeeper.inventory.levels.items import cause_from, further_level_keys, level_from, level_key
from storekeeper.inventory.levels.model import Cause, Level, MovementType, SkuPick, SkuRef, empty_level
from storekeeper.inventory.movements.items import movement_from, movement_key
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.use_cases import close_gaps
from storekeeper.inventory.reconciliation import items
from storekeeper.inventory.reconciliation.model import (
    LOST_AFTER,
    SETTLED_AFTER,
    Drift,
    DriftKind,
    can_be_mended,
    ledger_drifts,
    reserved_drift,
)
from storekeeper.inventory.reconciliation.owners import Owned, OwnedPick, Owners, Place, place_of, units_held
from storekeeper.inventory.states.items import all_pks, listed_level_key
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.keys import GSI1, Key
from storekeeper.kernel.paging import Page, cut, read_sharded
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.runs import Advance, Run, keep_part, read_rows, start_run
from storekeeper.tenancy import load_settings

KIND = "reconciliation"
LEVELS_IN_STEP = 50
PICKS_IN_PART = 1_000
MAX_NEW_PAGES = 10  # of orders that came while a run went on: with more of them nothing is said of what moves
FOUND, MENDED, LEFT = "found", "mended", "left_to_a_person"


def start_reconciliation(
    table: Table,
    *,
    run_id: str,
    repair: Collection[DriftKind],
    now: datetime,
    remember: Remember[Run] = forget,
) -> Run:
    """Ask for a reconciliation of all the tenant's levels. With nothing in `repair` it only tells what it finds."""
    asked = {"repair": sorted(kind.value for kind in repair)}
    return start_run(table, run_id, KIND, asked=asked, now=now, remember=remember)


def list_drifts(table: Table, run_id: str, *, after: str | None, limit: int) -> Page[tuple[Drift, str, str]]:
    """One page of what a run has found, by SKU: each difference, what became of it, and when it was found."""
    rows = table.query(
        items.drifts_pk(table.tenant_id, run_id), prefix=items.SK_DRIFT, after=after, limit=limit + 1, consistent=True
    )
    page = cut(rows, limit=limit)
    return Page(
        tuple((items.drift_from(row), row["outcome"], row["found_at"]) for row in page.entries), page.next_position
    )


@dataclass
class Reconciler:
    """The step of a reconciliation. It keeps what open orders own of the run that it last worked on."""

    owners: Owners
    _owned: tuple[str, Owned] | None = field(default=None, repr=False)

    def step(self, run: Run, table: Table, now: datetime) -> Advance:
        """One page of orders; when these are through, one page of levels."""
        phase, after, parts = json.loads(run.position) if run.position else ("orders", None, 0)
        if phase == "orders":
            return self._collect(run, table, after, parts, now)
        return self._compare(run, table, after, parts, now)

    def _collect(self, run: Run, table: Table, after: str | None, parts: int, now: datetime) -> Advance:
        settings = load_settings(table)
        page = self.owners.page(table, tuple(settings.stores), since=settings.tenant.created_at, after=after, now=now)
        for start in range(0, len(page.entries), PICKS_IN_PART):
            rows = [_as_row(owned) for owned in page.entries[start : start + PICKS_IN_PART]]
            keep_part(table, run.id, parts, rows, now=now)
            parts += 1
        phase = "levels" if page.next_position is None else "orders"
        return Advance(json.dumps([phase, page.next_position, parts]))

    def _compare(self, run: Run, table: Table, after: str | None, parts: int, now: datetime) -> Advance:
        owned = self._of_run(run, table, parts)
        pks = all_pks(table.tenant_id)
        page = read_sharded(table, pks, index=GSI1, after=after, limit=LEVELS_IN_STEP, newest_first=False)
        looked = _look(table, [listed_level_key(row) for row in page.entries])
        counted: Counter[str] = Counter({"levels": len(looked)})
        held = units_held(table, {level.sku for level, _, _ in looked if level.reserved})
        for level, item, checked in looked:
            drifts = [*_against_ledger(table, level, item, checked, now=now)]
            if not drifts:
                counted["moving"] += self._is_moving(run, item)
                drifts += self._against_owners(run, table, level, item, owned, held, now=now)
            counted.update(_dealt_with(run, table, drifts, now=now))
        following = json.dumps(["levels", page.next_position, parts]) if page.next_position else None
        return Advance(following, {"levels": 0, "moving": 0, FOUND: 0, MENDED: 0, LEFT: 0, **counted})

    def _of_run(self, run: Run, table: Table, parts: int) -> Owned:
        if self._owned is None or self._owned[0] != run.id:
            owned = Owned()
            for part in range(parts):
                owned.add(_from_row(row) for row in read_rows(table, run.id, part))
            self._owned = (run.id, owned)
        return self._owned[1]

    def _is_moving(self, run: Run, item: Item) -> bool:
        """Whether a level has changed since orders were looked at: then they are those of another moment."""
        return cause_from(item).at > run.asked_at - SETTLED_AFTER

    def _against_owners(
        self,
        run: Run,
        table: Table,
        level: Level,
        item: Item,
        owned: Owned,
        held: Mapping[Place, int],
        *,
        now: datetime,
    ) -> Iterator[Drift]:
        place, changed_at = place_of(level), cause_from(item).at
        drift = reserved_drift(level, owned.units[place] + held.get(place, 0), changed_at=changed_at)
        if drift is None or self._is_moving(run, item):
            return
        # A hold that became an order since then changed its owner and not the level: everybody is asked again, now.
        units = self._owned_now(run, table, level, owned, now=now)
        again = table.get(level_key(SkuRef(table.tenant_id, level.sku), level.location_id, level.bucket))
        if units is None or again is None or again["version"] != level.version:
            return
        if confirmed := reserved_drift(level, units, changed_at=changed_at):
            yield confirmed

    def _owned_now(self, run: Run, table: Table, level: Level, owned: Owned, *, now: datetime) -> int | None:
        """What is owned of a level now; None if too many orders have come to look through them all."""
        place = place_of(level)
        stores = tuple(load_settings(table).stores)
        since, after = run.asked_at - SETTLED_AFTER, None
        fresh: set[str] = set()
        for _ in range(MAX_NEW_PAGES):
            page = self.owners.page(table, stores, since=since, after=after, now=now)
            fresh |= {one.order_id for one in page.entries}
            if (after := page.next_position) is None:
                break
        else:
            return None
        counted = Owned()
        counted.add(self.owners.picks_of(table, owned.orders.get(place, set()) | fresh))
        return counted.units[place] + units_held(table, {level.sku}).get(place, 0)


def _look(table: Table, keys: Sequence[Key]) -> list[tuple[Level, Item, Level]]:
    """Each level of a page, in all buckets there have ever been: as it is, as its item, and as it was last checked."""
    found = table.get_many(keys)
    further = [
        key
        for item in found.values()
        for key in further_level_keys(
            found, SkuRef(table.tenant_id, item["sku"]), [LocationId(item["location_id"])], ever=True
        )
    ]
    found |= table.get_many(further) if further else {}
    levels = [(level_from(item), item) for item in found.values()]
    keys_of = {items.checked_key(SkuRef(table.tenant_id, level.sku), level): level for level, _ in levels}
    checked = table.get_many(keys_of)
    return [
        (level, item, _checked(checked.get(items.checked_key(SkuRef(table.tenant_id, level.sku), level)), level))
        for level, item in levels
    ]


def _checked(item: Item | None, level: Level) -> Level:
    return items.checked_from(item, level) if item else empty_level(level.sku, level.location_id, level.bucket)


def _against_ledger(table: Table, level: Level, item: Item, checked: Level, *, now: datetime) -> Iterator[Drift]:
    """Differences from the ledger; where there are none, it is noted that it was right up to this version."""
    rows = _rows_between(table, item["pk"], checked.version, level.version)
    changed_at = cause_from(item).at
    drifts = list(ledger_drifts(checked, rows, level, changed_at=changed_at, now=now))
    yield from drifts
    is_complete = bool(rows) and rows[-1].version == level.version
    if not drifts and is_complete:
        _write(table, items.put_checked(SkuRef(table.tenant_id, level.sku), level))


def _rows_between(table: Table, pk: str, version: int, last: int) -> Sequence[Movement]:
    if version >= last:
        return ()
    low, high = movement_key(pk, version + 1).sk, movement_key(pk, last).sk
    return [movement_from(row) for row in table.query(pk, low=low, high=high, consistent=True)]


def _dealt_with(run: Run, table: Table, drifts: Sequence[Drift], *, now: datetime) -> Iterator[str]:
    """Tell each difference, and mend it if the run was asked to; how each ended."""
    repair = {DriftKind(kind) for kind in run.asked["repair"]}
    for drift in drifts:
        yield FOUND
        if drift.kind not in repair:
            _write(table, items.put_drift(table.tenant_id, run.id, drift, outcome=FOUND, now=now))
        elif can_be_mended(drift, repair, now=now) and _mend(run, table, drift, now=now):
            yield MENDED
        else:
            _write(table, items.put_drift(table.tenant_id, run.id, drift, outcome=LEFT, now=now))
            yield LEFT


def _mend(run: Run, table: Table, drift: Drift, *, now: datetime) -> bool:
    """Whether it is mended: in one transaction with telling so, and only if the level is still as it was found."""
    told = items.put_drift(table.tenant_id, run.id, drift, outcome=MENDED, now=now)
    if drift.kind is DriftKind.LEDGER:
        close_gaps(table, drift.sku, drift.location_id, drift.bucket, until=now - LOST_AFTER)
        return _write(table, told)
    found = drift.found
    reason = f"Mended: found {found.on_hand} on hand, {found.reserved} reserved, {found.available} available."
    cause = Cause(MovementType.RECONCILIATION, "reconciliation", run.id, table.trace.actor, now, reason)
    return _write(table, told, items.mend_level(SkuRef(table.tenant_id, drift.sku), drift, cause=cause))


def _write(table: Table, *writes: Write) -> bool:
    try:
        table.write(*writes)
    except WriteRefused:
        return False  # it was told, or mended, or has changed: a step may be done twice, and buyers do not wait
    return True


def _as_row(owned: OwnedPick) -> dict[str, object]:
    return {"order_id": owned.order_id, **owned.pick.as_item()}


def _from_row(row: Mapping[str, object]) -> OwnedPick:
    return OwnedPick(str(row["order_id"]), SkuPick.from_item(row))
