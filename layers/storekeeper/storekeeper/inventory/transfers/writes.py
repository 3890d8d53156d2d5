"""What each act of a transfer does to levels, for the transaction that changes the transfer."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.items import expect_units, put_level, receive_units, withdraw_units
from storekeeper.inventory.levels.model import (
    Cause,
    Level,
    MovementType,
    SkuPick,
    SkuRef,
    empty_level,
    expected,
)
from storekeeper.inventory.tracking.level_items import receive_named
from storekeeper.inventory.tracking.model import Mode, Names
from storekeeper.inventory.transfers.model import Arrival, Transfer
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Location, mark_stocked

REFERENCE = "transfer"


def cause_of(transfer: Transfer, *, actor: Actor, at: datetime, reason: str = "") -> Cause:
    """What a transfer causes: the ledger finds it by the transfer's id."""
    return Cause(MovementType.TRANSFER, REFERENCE, transfer.id, actor, at, reason)


class Places(Struct, frozen=True):
    """Where units go to, which SKUs have a level there, and the source's levels of those that are tracked."""

    target: Location
    kept: Collection[str]
    tracked: Mapping[str, Level]


def dispatch_writes(
    tenant_id: TenantId,
    transfer: Transfer,
    picks: Iterable[SkuPick],
    places: Places,
    *,
    cause: Cause,
) -> Iterator[Write]:
    """Units leave the source's shelf and are expected at the target, where the SKUs that are kept have a level.

    Others get one. Their SKUs need no mark that they are stocked: they have a level at the source.
    """
    for pick in picks:
        if pick.sku in places.tracked:
            continue  # see `named_units`
        yield withdraw_units(SkuRef(tenant_id, pick.sku), pick.pick, cause=cause)
    for line in transfer.lines:
        ref, units = SkuRef(tenant_id, line.sku), line.units.quantity
        if line.sku in places.kept:
            yield expect_units(ref, places.target.id, units, cause=cause)
        else:
            mode = places.tracked[line.sku].tracked if line.sku in places.tracked else None
            made = replace(empty_level(line.sku, places.target.id).after(expected(units)), tracked=mode)
            yield put_level(ref, made, cause=cause)
    if any(line.sku not in places.kept for line in transfer.lines):
        yield from mark_stocked(tenant_id, places.target)


def arrival_writes(
    tenant_id: TenantId, transfer: Transfer, arrivals: Iterable[Arrival], *, modes: Mapping[str, Mode], cause: Cause
) -> Iterator[Write]:
    """Units come to the target's shelf, and what will not come is expected no more.

    `modes`: how the SKUs are tracked of which some come by name.
    """
    for arrival in arrivals:
        ref, units, expected = SkuRef(tenant_id, arrival.sku), arrival.for_the_shelf, arrival.of_expected
        told = replace(cause, reason=_told(arrival))
        if arrival.names:
            mode, named = modes[arrival.sku], arrival.names.units
            yield receive_named(ref, transfer.target_id, units, mode, named=named, of_expected=expected, cause=told)
        else:
            yield receive_units(ref, transfer.target_id, units, of_expected=expected, cause=told)


def _told(arrival: Arrival) -> str:
    """Why a level does not have all that was sent, or has more, as its ledger says it."""
    counts = {"damaged": arrival.damaged, "missing": arrival.missing, "found": arrival.found}
    told = ", ".join(f"{units} {kind}" for kind, units in counts.items() if units)
    return f"{told}: {arrival.reason}" if told else arrival.reason


def giving_up_writes(tenant_id: TenantId, before: Transfer, *, cause: Cause) -> Iterator[Write]:
    """What is outstanding is expected at the target no more."""
    for line in before.lines:
        if units := line.units.outstanding:
            yield receive_units(SkuRef(tenant_id, line.sku), before.target_id, 0, of_expected=units, cause=cause)


def return_writes(
    tenant_id: TenantId, before: Transfer, names: Mapping[str, Names], *, modes: Mapping[str, Mode], cause: Cause
) -> Iterator[Write]:
    """What is outstanding goes back to the source's shelf: there it was never expected.

    `names`: which units go back by name, and `modes`: how their SKUs are tracked.
    """
    for line in before.lines:
        ref, units = SkuRef(tenant_id, line.sku), line.units.outstanding
        if units and line.sku in names:
            mode, named = modes[line.sku], names[line.sku].units
            yield receive_named(ref, before.source_id, units, mode, named=named, of_expected=0, cause=cause)
        elif units:
            yield receive_units(ref, before.source_id, units, of_expected=0, cause=cause)
