"""What a batch is, what may come to it or go, and which batch is picked first. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from storekeeper.inventory.tracking.model import BatchUnits
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.ids import LocationId, TenantId, derived_id
from storekeeper.kernel.records import replace

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a batch's id follows from its number alone, whenever it first came


class BatchNotFound(NotFound):
    """No such batch of this tenant."""

    code = "batch_unknown"


class BatchDiffers(StorekeeperError):
    """The batch is known with another expiry date or another supplier."""

    code, kind = "batch_differs", "conflict"


class BatchShort(StorekeeperError):
    """Fewer units of the batches lie there than are to go."""

    code, kind = "batch_short", "conflict"


class BatchExpired(StorekeeperError):
    """The batch is past its date: nobody gets units of it any more."""

    code, kind = "batch_expired", "conflict"


class Batch(Struct, frozen=True):
    """Units of a SKU that belong together. `expires_on` is the last day on which they may be sold; None: never.

    `units` are what is left by location. `expired`: it was told that the date has passed.
    """

    id: str
    sku: str
    number: str
    expires_on: date | None
    supplier_id: str | None
    received_at: datetime
    units: Mapping[LocationId, int]
    sold: int
    expired: bool
    version: int

    @property
    def left(self) -> int:
        """Units in all locations."""
        return sum(self.units.values())

    @property
    def expires_at(self) -> datetime | None:
        """The instant from which it is expired: the end of its last day, in UTC."""
        return None if self.expires_on is None else datetime.combine(self.expires_on, time(), UTC) + timedelta(days=1)

    def is_past(self, now: datetime) -> bool:
        """Whether its date has passed."""
        return self.expires_at is not None and self.expires_at <= now


def batch_id(tenant_id: TenantId, sku: str, number: str) -> str:
    """The id of a SKU's batch: so that a number is one batch, whoever says it first."""
    return derived_id("bat", tenant_id, sku, number, at=_EPOCH)


def filled(
    known: Batch | None, sku: str, said: BatchUnits, location_id: LocationId, *, tenant_id: TenantId, now: datetime
) -> Batch:
    """The batch after units of it came to a location.

    Raises:
        BatchDiffers: it is known with another date or supplier.
    """
    if known is None:
        made_id, units = batch_id(tenant_id, sku, said.number), {location_id: said.units}
        return Batch(made_id, sku, said.number, said.expires_on, said.supplier_id, now, units, 0, False, 1)
    for name in ("expires_on", "supplier_id"):
        if getattr(said, name) not in (None, getattr(known, name)):
            raise BatchDiffers(f"Batch {known.number} is known with {name} {getattr(known, name)}.")
    return _with_units(known, location_id, said.units)


def drained(known: Batch, units: int, location_id: LocationId, *, sold: bool) -> Batch:
    """The batch after units of it have left a location.

    Raises:
        BatchShort: it has fewer there.
    """
    there = known.units.get(location_id, 0)
    if units > there:
        raise BatchShort(f"Of batch {known.number}, {there} units lie there.")
    after = _with_units(known, location_id, -units)
    return replace(after, sold=known.sold + units) if sold else after


def _with_units(known: Batch, location_id: LocationId, change: int) -> Batch:
    units = {**known.units, location_id: known.units.get(location_id, 0) + change}
    left = {place: count for place, count in units.items() if count}
    return replace(known, units=left, version=known.version + 1)


def told_expired(known: Batch, *, now: datetime) -> Batch:
    """The batch once its date has passed; the same one before, and when it was told already."""
    if known.expired or not known.is_past(now):
        return known
    return replace(known, expired=True, version=known.version + 1)


def plan_batches(batches: Iterable[Batch], location_id: LocationId, units: int, *, now: datetime) -> dict[str, int]:
    """Units of each batch, by its number, first expired first out; those that never expire last, none that have.

    Raises:
        BatchShort: all of them together have fewer there.
    """
    fit = (batch for batch in batches if not batch.is_past(now))
    there = {batch.number: batch.units.get(location_id, 0) for batch in sorted(fit, key=_soonest_first)}
    return _drain(there, units)


def plan_named(
    batches: Mapping[str, Batch], asked: Mapping[str, int], location_id: LocationId, units: int, *, now: datetime
) -> dict[str, int]:
    """Units of each batch that was asked for, by its number, in the order in which they were asked for.

    Raises:
        BatchNotFound: the SKU has no such batch.
        BatchExpired: one of them is past its date.
        BatchShort: all of them together have fewer there.
    """
    there: dict[str, int] = {}
    for number, wanted in asked.items():
        if (batch := batches.get(number)) is None:
            raise BatchNotFound(f"The SKU has no batch {number}.")
        if batch.is_past(now):
            raise BatchExpired(f"Batch {number} expired on {batch.expires_on}.")
        there[number] = min(wanted, batch.units.get(location_id, 0))
    return _drain(there, units)


def _drain(there: Mapping[str, int], units: int) -> dict[str, int]:
    taken: dict[str, int] = {}
    missing = units
    for number, left in there.items():
        if count := min(left, missing):
            taken[number] = count
            missing -= count
    if missing:
        raise BatchShort(f"{units - missing} of {units} units lie there in batches that can be sold.")
    return taken


def _soonest_first(batch: Batch) -> tuple[date, datetime, str]:
    return batch.expires_on or date.max, batch.received_at, batch.id
