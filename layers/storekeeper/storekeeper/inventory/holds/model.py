"""What a cart holds, and which units change hands when it comes to hold others. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from storekeeper.inventory.levels.model import Level, SkuPick
from storekeeper.inventory.levels.plans import plan_demand, sum_picks
from storekeeper.kernel.ids import CartId, HoldId
from storekeeper.kernel.records import replace


class Hold(Struct, frozen=True):
    """Units reserved for a cart until `expires_at`; one for each cart.

    It goes on counting until it is released, or taken over by an order.
    """

    cart_id: CartId
    hold_id: HoldId
    picks: tuple[SkuPick, ...]
    expires_at: datetime
    version: int

    def is_live(self, now: datetime) -> bool:
        """Whether the shopper may still count on it."""
        return now < self.expires_at

    def renewed(self, picks: tuple[SkuPick, ...], *, expires_at: datetime) -> "Hold":
        """The hold after its cart was active again."""
        return replace(self, picks=picks, expires_at=expires_at, version=self.version + 1)


def plan_hold(
    held: Iterable[SkuPick], levels: Mapping[str, Sequence[Level]], *, demand: Mapping[str, int], throw: int = 0
) -> tuple[SkuPick, ...]:
    """What a cart that holds `held` should hold to cover `demand` (units by SKU).

    A SKU whose demand has not changed keeps its picks, so that renewing moves nothing. For the others the cart's own
    units count as available: a cart never competes with itself. `throw` chooses among buckets, see `plan_picks`.

    Raises:
        OutOfStock: names every SKU that is short; `available` includes what the cart holds already.
    """
    own = {sku: tuple(picks) for sku, picks in groupby(sorted(held, key=_by_sku), key=_by_sku)}
    kept = {sku for sku, picks in own.items() if sum(pick.units for pick in picks) == demand.get(sku)}
    open_demand = {sku: units for sku, units in demand.items() if sku not in kept}
    open_levels = {sku: _with_own(levels.get(sku, ()), own.get(sku, ())) for sku in open_demand}
    planned = plan_demand(open_levels, demand=open_demand, throw=throw)
    return (*(pick for sku in demand if sku in kept for pick in own[sku]), *planned)


def _by_sku(pick: SkuPick) -> str:
    return pick.sku


def _with_own(levels: Iterable[Level], own: Iterable[SkuPick]) -> tuple[Level, ...]:
    mine = {(pick.location_id, pick.bucket): pick.units for pick in own}
    return tuple(
        replace(level, available=max(0, level.available) + mine.get((level.location_id, level.bucket), 0))
        for level in levels
    )


def difference(held: Iterable[SkuPick], wanted: Iterable[SkuPick]) -> tuple[SkuPick, ...]:
    """What must change hands, at most once per level: positive units are taken, negative ones released."""
    return sum_picks([*wanted, *(pick.reversed for pick in held)])
