"""What a change of a cart does to its hold. Pure.

A live hold is renewed by whatever the shopper does, and gives back what the cart no longer wants. It never takes more:
only `hold_cart` and checkout do.
"""

from datetime import datetime

from storekeeper.carts.model import Cart
from storekeeper.inventory import Hold, SkuPick, sum_picks


def renewed_hold(hold: Hold, cart: Cart, *, expires_at: datetime) -> tuple[Hold, tuple[SkuPick, ...]]:
    """The hold one version on, with at most the units that the cart wants, and what it gives back, once per level."""
    wanted = {item.sku: item.units for item in cart.items}
    kept: list[SkuPick] = []
    given_back: list[SkuPick] = []
    for pick in hold.picks:
        units = min(pick.units, wanted.get(pick.sku, 0))
        wanted[pick.sku] = wanted.get(pick.sku, 0) - units
        kept.append(SkuPick(pick.sku, pick.location_id, pick.bucket, units))
        given_back.append(SkuPick(pick.sku, pick.location_id, pick.bucket, pick.units - units))
    return hold.renewed(sum_picks(kept), expires_at=expires_at), sum_picks(given_back)
