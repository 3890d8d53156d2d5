"""Filling a lease before a sale: units move from a bucket in one transaction, and are sold in others."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from storekeeper.inventory.buckets.items import move_units
from storekeeper.inventory.leases import items
from storekeeper.inventory.leases.held import Leases
from storekeeper.inventory.leases.model import Lease, lendable_units, lenders
from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import FIRST_LEASE, Cause, Level, MovementType, SkuRef, empty_level
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused

MAX_FILLS = 11  # within three seconds; then it is sold from a bucket, as if there were no leases


def lease_units(
    table: Table, leases: Leases, levels: Mapping[str, Sequence[Level]], *, demand: Mapping[str, int], now: datetime
) -> dict[str, tuple[Level, ...]]:
    """The levels as they were read; but of a hot SKU just the environment's lease, if that could be filled.

    Costs nothing but for hot SKUs, and of those nothing where the own lease has enough.
    """
    found = {sku: tuple(of_sku) for sku, of_sku in levels.items()}
    for sku, units in demand.items():
        if buckets := lenders(found.get(sku, ()), units=units):
            open_leases = next(level.open_leases for level in found[sku] if level.location_id == buckets[0].location_id)
            ref = SkuRef(table.tenant_id, sku)
            lease = _filled(table, leases, ref, buckets, units=units, open_leases=open_leases, now=now)
            found[sku] = (lease,) if lease else found[sku]
    return found


def _filled(
    table: Table, leases: Leases, ref: SkuRef, buckets: Sequence[Level], *, units: int, open_leases: int, now: datetime
) -> Level | None:
    """The lease with what a bucket has lent it; None if others were quicker each time. Who meets others parts."""
    place = buckets[0].location_id
    wanted = max(leases.next_units(ref, now=now), units)
    for attempt in range(1, MAX_FILLS + 1):
        table.pause_before(attempt)
        bucket = buckets[table.throw(len(buckets))]
        held = leases.held(ref)
        own = held is not None and held.location_id == place
        number = held.number if held and own else FIRST_LEASE + table.throw(open_leases)
        lent = min(wanted, lendable_units(bucket))
        if _lent(table, leases, ref, bucket, number, lent, now):
            leases.keep(ref, Lease(place, number, lent, now))
            return replace(empty_level(ref.sku, place, number), on_hand=lent, available=lent)
    return None


def _lent(table: Table, leases: Leases, ref: SkuRef, bucket: Level, number: int, units: int, now: datetime) -> bool:
    place, key = bucket.location_id, level_key(ref, bucket.location_id, number)
    cause = Cause(MovementType.TRANSFER, items.REFERENCE, new_id("trf", at=now), table.trace.actor, now)
    holder = leases.holder(now=now)
    try:
        table.write(
            move_units(ref, place, bucket.bucket, -units, cause=cause),
            items.fill_lease(ref, place, number, units, holder=holder, cause=cause, now=now),
            contention_s=0,
        )
    except WriteRefused as refused:
        if key in refused.old:
            leases.lose(ref)
        return False
    except Contended:
        return False
    return True
