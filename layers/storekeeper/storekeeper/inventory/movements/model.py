"""What a movement is, how one follows from a change of a level, and where the ledger has a gap. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.model import Cause, Level, MovementType
from storekeeper.kernel.ids import LocationId, TenantId, derived_id

_OF_RESERVED = frozenset({MovementType.HOLD, MovementType.RELEASE})


class Movement(Struct, frozen=True):
    """One row of the ledger of one level (a bucket of it).

    `quantity` is the change of on_hand; of reserved for hold and release. `version` is the level's after the change;
    `first_version` is the same but where one row stands for several changes (a closed gap). `occurred_at` never
    precedes the row before, whatever clocks said. `unit_cost`: what one of the units that came in has cost, in the
    smallest unit of the tenant's currency; None if nobody said.
    """

    id: str
    sku: str
    location_id: LocationId
    bucket: int
    type: MovementType
    quantity: int
    on_hand_before: int
    on_hand_after: int
    reserved_before: int
    reserved_after: int
    safety_stock: int
    incoming: int
    reason: str
    reference_type: str
    reference_id: str
    actor: str
    version: int
    first_version: int
    occurred_at: datetime
    unit_cost: int | None = None

    @property
    def level(self) -> Level:
        """The level as this movement left it."""
        return Level(
            sku=self.sku,
            location_id=self.location_id,
            bucket=self.bucket,
            on_hand=self.on_hand_after,
            reserved=self.reserved_after,
            available=self.on_hand_after - self.reserved_after - self.safety_stock,
            incoming=self.incoming,
            safety_stock=self.safety_stock,
            version=self.version,
        )


class Gap(Struct, frozen=True):
    """Versions of a level that the ledger lacks, both ends included, between two states that are known."""

    first_version: int
    last_version: int
    before: Level
    after: Level
    closed_at: datetime


def movement(
    tenant_id: TenantId,
    before: Level,
    after: Level,
    cause: Cause,
    *,
    earliest: datetime,
    latest: datetime | None = None,
) -> Movement:
    """The row for the change from `before` to `after`.

    Clocks of different machines disagree by more than changes lie apart, so the row's time is the cause's, kept between
    its neighbours': not before `earliest`, nor after `latest` if the next row is written already.
    """
    occurred_at = max(cause.at, earliest)
    if latest is not None:
        occurred_at = min(occurred_at, latest)
    reserved = after.reserved - before.reserved
    return Movement(
        id=movement_id(tenant_id, after, at=cause.at),
        sku=after.sku,
        location_id=after.location_id,
        bucket=after.bucket,
        type=cause.type,
        quantity=reserved if cause.type in _OF_RESERVED else after.on_hand - before.on_hand,
        on_hand_before=before.on_hand,
        on_hand_after=after.on_hand,
        reserved_before=before.reserved,
        reserved_after=after.reserved,
        safety_stock=after.safety_stock,
        incoming=after.incoming,
        reason=cause.reason,
        reference_type=cause.reference_type,
        reference_id=cause.reference_id,
        actor=cause.actor,
        version=after.version,
        first_version=before.version + 1,
        occurred_at=occurred_at,
        unit_cost=cause.unit_cost,
    )


def movement_id(tenant_id: TenantId, after: Level, *, at: datetime) -> str:
    """A function of level and version: the same change always makes the same row."""
    return derived_id("mov", tenant_id, after.sku, after.location_id, str(after.bucket), str(after.version), at=at)


def find_gaps(rows: Iterable[Movement], *, start: Level, now_is: Level, changed_at: datetime) -> Iterator[Gap]:
    """The gaps in rows that begin after `start`, in the order of versions, up to the level as it is now."""
    known = start
    for row in rows:
        if row.first_version > known.version + 1:
            yield Gap(known.version + 1, row.first_version - 1, known, _before(row), row.occurred_at)
        known = row.level
    if now_is.version > known.version:
        yield Gap(known.version + 1, now_is.version, known, now_is, changed_at)


def _before(row: Movement) -> Level:
    level = row.level
    return Level(
        sku=row.sku,
        location_id=row.location_id,
        bucket=row.bucket,
        on_hand=row.on_hand_before,
        reserved=row.reserved_before,
        available=row.on_hand_before - row.reserved_before - row.safety_stock,
        incoming=level.incoming,
        safety_stock=level.safety_stock,
        version=row.first_version - 1,
    )
