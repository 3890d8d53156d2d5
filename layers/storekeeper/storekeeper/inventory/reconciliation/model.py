"""What a level should be, how it can differ, and what mends it. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.levels.model import Level
from storekeeper.inventory.movements.model import Gap, Movement, find_gaps
from storekeeper.inventory.reconciliation.jumps import jump_in
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace

SETTLED_AFTER = timedelta(minutes=1)  # the ledger follows a level within seconds; lists of orders do too
LATE_AFTER = timedelta(minutes=15)  # a projector that is behind by less says nothing of a ledger that ends too early
LOST_AFTER = timedelta(hours=24)  # no record of the stream comes later; one that was set aside is fed by a person
Place: TypeAlias = tuple[str, LocationId, int]
"""A level: SKU, location, bucket."""


class DriftKind(StrEnum):
    """In which way a level differs. Also what a policy of repair names."""

    FIGURES = "figures"  # on hand, reserved, available or incoming are not what the ledger leads to
    INCOMING = "incoming"  # more or fewer units are expected than transfers and purchase orders have on their way
    RESERVED = "reserved"  # more or fewer units are reserved than live holds and open orders own
    LEDGER = "ledger"  # changes of the level have no row


class DriftCause(StrEnum):
    """The likely cause: what usually makes such a difference."""

    WRITTEN_OUTSIDE = "written_outside"  # somebody changed the table by other means than this software
    DELIVERY_GONE = "delivery_gone"  # what was on its way has come, or never will, and is still expected
    DELIVERY_UNCOVERED = "delivery_uncovered"  # something is on its way that is not expected: it cannot be received
    OWNER_GONE = "owner_gone"  # what the units were reserved for is over, and they were not given back
    OWNER_UNCOVERED = "owner_uncovered"  # something owns units that are not reserved: it may be sold twice
    RECORD_LOST = "record_lost"  # a record of the stream was not processed: see the records that were set aside


class Skipped(StrEnum):
    """Why a level was not compared with all that it could be, in this run."""

    BUSY = "busy"  # it changed whenever it was looked at
    LEDGER = "ledger"  # it differs from its ledger, which was not mended: what else is wrong cannot be told
    ORDERS = "orders"  # so many orders came meanwhile that they could not all be looked through


class Figures(Struct, frozen=True):
    """What is kept of a level."""

    on_hand: int
    reserved: int
    available: int
    incoming: int = 0  # was not told once

    @classmethod
    def of(cls, level: Level) -> "Figures":
        """A level's."""
        return cls(level.on_hand, level.reserved, level.available, level.incoming)


class Drift(Struct, frozen=True):
    """One difference of one level (a bucket of it), as of a version. `since`: it arose after this instant."""

    kind: DriftKind
    cause: DriftCause
    sku: str
    location_id: LocationId
    bucket: int
    version: int
    expected: Figures
    found: Figures
    since: datetime
    first_version: int | None = None
    last_version: int | None = None


def place_of(level: Level) -> Place:
    """Where a level's units are."""
    return (level.sku, level.location_id, level.bucket)


def ledger_drifts(
    checked: Level,
    rows: Sequence[Movement],
    level: Level,
    *,
    checked_at: datetime | None,
    changed_at: datetime,
    now: datetime,
) -> Iterator[Drift]:
    """How a level differs from its ledger: versions without a row, and figures that its rows do not lead to.

    A change of the last moments may have no row yet: nothing is said of it. `checked` is the level as it was when its
    ledger was last found right.
    """
    gaps = [
        gap for gap in find_gaps(rows, start=checked, now_is=level, changed_at=changed_at) if _is_old(gap, level, now)
    ]
    yield from (_gap_drift(gap, level) for gap in gaps)
    last = rows[-1].level if rows else checked if checked.version else level
    jump = jump_in(checked, rows, checked_at=checked_at)
    led_to = _whole(replace(last, on_hand=last.on_hand - jump.on_hand, reserved=last.reserved - jump.reserved))
    if last.version == level.version and Figures.of(led_to) != Figures.of(level):
        yield Drift(
            DriftKind.FIGURES,
            DriftCause.WRITTEN_OUTSIDE,
            level.sku,
            level.location_id,
            level.bucket,
            level.version,
            expected=Figures.of(led_to),
            found=Figures.of(level),
            since=jump.since or changed_at,
        )


def _is_old(gap: Gap, level: Level, now: datetime) -> bool:
    """Rows of one level come in order: where later ones have come, those of the gap do not come by themselves."""
    return now - gap.closed_at >= (LATE_AFTER if gap.last_version == level.version else SETTLED_AFTER)


def _whole(level: Level) -> Level:
    """With what follows from the other figures."""
    return Level(
        level.sku,
        level.location_id,
        level.bucket,
        level.on_hand,
        level.reserved,
        level.on_hand - level.reserved - level.safety_stock,
        level.incoming,
        level.safety_stock,
        level.version,
    )


def _gap_drift(gap: Gap, level: Level) -> Drift:
    return Drift(
        DriftKind.LEDGER,
        DriftCause.RECORD_LOST,
        level.sku,
        level.location_id,
        level.bucket,
        gap.last_version,
        expected=Figures.of(gap.before),
        found=Figures.of(gap.after),
        since=gap.closed_at,
        first_version=gap.first_version,
        last_version=gap.last_version,
    )


def reserved_drift(level: Level, owned: int, *, changed_at: datetime) -> Drift | None:
    """How a level differs from what holds and orders own of it."""
    if owned == level.reserved:
        return None
    cause = DriftCause.OWNER_GONE if owned < level.reserved else DriftCause.OWNER_UNCOVERED
    available = level.available + level.reserved - owned
    expected = replace(Figures.of(level), reserved=owned, available=available)
    return _owner_drift(DriftKind.RESERVED, cause, level, expected, changed_at=changed_at)


def incoming_drift(level: Level, coming: int, *, changed_at: datetime) -> Drift | None:
    """How a level differs from what transfers and purchase orders have on their way to it."""
    if coming == level.incoming:
        return None
    cause = DriftCause.DELIVERY_GONE if coming < level.incoming else DriftCause.DELIVERY_UNCOVERED
    expected = replace(Figures.of(level), incoming=coming)
    return _owner_drift(DriftKind.INCOMING, cause, level, expected, changed_at=changed_at)


def _owner_drift(kind: DriftKind, cause: DriftCause, level: Level, expected: Figures, *, changed_at: datetime) -> Drift:
    place = place_of(level)
    return Drift(kind, cause, *place, level.version, expected=expected, found=Figures.of(level), since=changed_at)


def cannot_be(drift: Drift) -> bool:
    """Whether the ledger leads to less than nothing, so that what was written by other means was true, in part.

    Once a person was told, the level is taken as it is: no repair can ever find out more.
    """
    return drift.kind is DriftKind.FIGURES and drift.expected.available < 0 <= drift.found.available


def can_be_mended(drift: Drift, repair: Collection[DriftKind], *, now: datetime) -> bool:
    """Whether a policy of repair covers it, and it can be mended without doing harm.

    Units that are owned but no longer there are left to a person: somebody's order cannot be sent. A gap is closed when
    no record can come any more.
    """
    if drift.kind not in repair:
        return False
    if drift.kind is DriftKind.LEDGER:
        return now - drift.since >= LOST_AFTER
    return drift.expected.available >= 0
