"""What a change of a cart does to its hold. Pure.

A live hold is renewed by whatever the shopper does, and gives back what the cart no longer wants. It never takes more:
only `hold_cart` and checkout do.
"""

from collections.abc import Mapping
from datetime import datetime

from storekeeper.inventory import Hold, SkuPick, sum_picks


def renewed_hold(hold: Hold, demand: Mapping[str, int], *, expires_at: datetime) -> tuple[Hold, tuple[SkuPick, ...]]:
    """The hold one version on, with at most the units that the cart wants (`demand`, by SKU), and what it gives back,
    once per level.
    """
    wanted = dict(demand)
    kept: list[SkuPick] = []
    given_back: list[SkuPick] = []
    for pick in hold.picks:
        units = min(pick.units, wanted.get(pick.sku, 0))
        wanted[pick.sku] = wanted.get(pick.sku, 0) - units
        kept.append(SkuPick(pick.sku, pick.location_id, pick.bucket, units))
        given_back.append(SkuPick(pick.sku, pick.location_id, pick.bucket, pick.units - units))
    return hold.renewed(sum_picks(kept), expires_at=expires_at), sum_picks(given_back)
