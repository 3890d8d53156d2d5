"""What is done with holds: place or renew one, release one, release those that are over.

A hold ends by the sweep, or when its cart converts or goes away. Until then it counts, past its end too; so a buyer who
would be refused first releases the holds of that SKU that are over.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from storekeeper.inventory.buckets.store import levels_together
from storekeeper.inventory.buckets.use_cases import report_conflicts
from storekeeper.inventory.errors import HoldTooLarge, OutOfStock, StockContended
from storekeeper.inventory.holds import items, references
from storekeeper.inventory.holds.model import Hold, difference, plan_hold
from storekeeper.inventory.leases.held import Leases
from storekeeper.inventory.leases.store import find_levels_for_sale
from storekeeper.inventory.leases.use_cases import lease_units
from storekeeper.inventory.levels.items import release_units, take_units
from storekeeper.inventory.levels.model import Cause, SkuPick, SkuRef
from storekeeper.inventory.levels.plans import SCALE, sum_picks
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import CartId, HoldId, LocationId, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import MAX_TRANSACTION, Table, WriteRefused
from storekeeper.kernel.writes import Write

MAX_RELEASES = MAX_TRANSACTION - 1  # the hold itself comes along
MAX_PLANS = 8  # a plan is made from fresh figures each time; who loses eight races is told to try again


def nothing_else(_: Hold) -> Sequence[Write]:
    """The hold is written by itself."""
    return ()


def place_or_renew_hold(
    table: Table,
    *,
    cart_id: CartId,
    demand: Mapping[str, int],
    locations: Sequence[LocationId],
    hold_for: timedelta,
    now: datetime,
    along: Callable[[Hold], Sequence[Write]] = nothing_else,
    leases: Leases | None = None,
) -> Hold:
    """Reserve `demand` (units by SKU, not empty) for a cart until `now + hold_for`, from `locations` in that order.

    A cart has one hold. Renewing it for a changed cart takes and releases just the difference, in one transaction;
    for an unchanged one it moves nothing. `along` gives writes of the same transaction, such as a check of the cart;
    `leases` are the environment's, to sell hot SKUs from.

    Raises:
        OutOfStock: names every SKU that is short, holds that are over being released already.
        StockContended: other buyers won all of MAX_PLANS races, or kept touching the same levels for seconds.
        HoldTooLarge: its units lie in more levels than one transaction takes.
    """
    for _ in range(MAX_PLANS):
        key = items.hold_key(table.tenant_id, cart_id)
        levels, found = find_levels_for_sale(table, demand, locations=locations, keys=[key], leases=leases)
        held = items.hold_from(found[key]) if key in found else None
        own, throw = held.picks if held else (), table.throw(SCALE)
        if leases and not held:
            levels = lease_units(table, leases, levels, demand=demand, now=now)
        try:
            picks = plan_hold(own, levels, demand=demand, throw=throw)
        except OutOfStock as refused:
            short = {one.sku: one.requested for one in refused.shortages}
            if release_expired_holds_of(table, short, now=now):
                continue
            levels = levels_together(table, levels, short=short, locations=locations)
            picks = plan_hold(own, levels, demand=demand, throw=throw)
        hold = _next(held, cart_id, picks, expires_at=now + hold_for, now=now)
        if _written(table, hold, held, along=along(hold), now=now):
            return hold
    raise StockContended("Others are buying the same things; try again.")


def _next(
    held: Hold | None, cart_id: CartId, picks: tuple[SkuPick, ...], *, expires_at: datetime, now: datetime
) -> Hold:
    if held is None:
        return Hold(cart_id, HoldId(new_id("hold", at=now)), picks, expires_at, version=1)
    return held.renewed(picks, expires_at=expires_at)


def _written(table: Table, hold: Hold, held: Hold | None, *, along: Sequence[Write], now: datetime) -> bool:
    """Whether the hold was written; False if the plan was made from what has changed since."""
    cause = Cause.of_hold(hold.hold_id, actor=table.trace.actor, at=now)
    moves = [_move(table, pick, cause) for pick in difference(held.picks if held else (), hold.picks)]
    owner = items.renew_hold(table.tenant_id, hold) if held else items.put_hold(table.tenant_id, hold)
    if len(moves) + len(along) + 1 > MAX_TRANSACTION:
        raise HoldTooLarge("It lies in too many places to be held at once; hold fewer different things.")
    try:
        table.write(owner, *moves, *along)
    except WriteRefused as refused:
        if refused.old.keys().isdisjoint(write.key for write in (owner, *moves)):
            raise
        return False
    except Contended as contended:
        raise StockContended("Others are buying the same things; try again.") from contended
    finally:
        report_conflicts(table, hold.picks, now=now)
    return True


def _move(table: Table, pick: SkuPick, cause: Cause) -> Write:
    ref = SkuRef(table.tenant_id, pick.sku)
    if pick.units > 0:
        return take_units(ref, pick.pick, cause=cause)
    return release_units(ref, pick.reversed.pick, cause=cause)


def release_hold(table: Table, *, cart_id: CartId, now: datetime) -> bool:
    """End a cart's hold and put its units back; False if it has none. Safe to repeat.

    Raises:
        Contended: others kept changing it.
    """
    return _release(table, items.hold_key(table.tenant_id, cart_id), now=now, reason="", unless_live=False)


def release_expired_hold(table: Table, key: Key, *, now: datetime) -> bool:
    """End the hold at `key` if it is over by the clock; False if it is gone or was renewed. Safe to run twice at once.

    Raises:
        Contended: others kept changing it.
    """
    return _release(table, key, now=now, reason="expired", unless_live=True)


def _release(table: Table, key: Key, *, now: datetime, reason: str, unless_live: bool) -> bool:
    def attempt() -> bool:
        item = table.get(key)
        if item is None or (unless_live and items.hold_from(item).is_live(now)):
            return False
        hold = items.hold_from(item)
        cause = Cause.of_hold(hold.hold_id, actor=table.trace.actor, at=now, reason=reason)
        while len(hold.picks) > MAX_RELEASES:
            hold = _release_part(table, hold, cause)
        table.write(*items.release_hold_writes(table.tenant_id, hold, cause=cause))
        return True

    return until_written(attempt)


def _release_part(table: Table, hold: Hold, cause: Cause) -> Hold:
    """A hold that was placed in several transactions is released in several: each time it keeps the rest."""
    released, kept = hold.picks[:MAX_RELEASES], hold.picks[MAX_RELEASES:]
    smaller = hold.renewed(kept, expires_at=hold.expires_at)
    moves = [_move(table, pick.reversed, cause) for pick in sum_picks(released)]
    table.write(items.renew_hold(table.tenant_id, smaller), *moves)
    return smaller


def release_expired_holds_of(table: Table, skus: Iterable[str], *, now: datetime) -> int:
    """Release holds of these SKUs that are over, the longest over first; how many were released.

    For a buyer who would be refused otherwise. Looks at no more than `references.MAX_EXPIRED` for each SKU.
    """
    released = 0
    for sku in dict.fromkeys(skus):
        for reference in references.find_expired(table, sku, now=now):
            try:
                released += release_expired_hold(table, items.hold_key(table.tenant_id, reference.cart_id), now=now)
            except Contended:
                continue  # whoever is changing it is releasing it too, or has renewed it
            references.forget(table, reference)
    return released
