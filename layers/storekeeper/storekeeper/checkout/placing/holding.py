"""Orders of more levels than one transaction takes: their units are held first, in several, and then taken over."""

from collections.abc import Iterator
from datetime import datetime

from storekeeper.carts import Basket, unchanged_cart_check
from storekeeper.checkout.placing.model import too_little
from storekeeper.inventory import Hold, OutOfStock, place_or_renew_hold, release_hold
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write

MAX_MOVES = 90  # a transaction takes 100 items; the order, its cart and its hold come along


def hold_first(basket: Basket, *, table: Table, now: datetime) -> None:
    """Hold the whole cart, a few SKUs more in each transaction. Nothing is held if it cannot all be.

    Should the cart change meanwhile, it stops: what is held by then is the cart's, and planned with again.

    Raises:
        InsufficientStock: somebody took what the plan was made from.
        StockContended: others kept taking the same levels.
    """
    locations = [location.id for location in basket.settings.locations_for(basket.store.id)]
    had_hold = basket.hold is not None

    def along(_: Hold) -> tuple[Write, ...]:
        return (unchanged_cart_check(basket.cart),)

    try:
        for demand in _steps(basket):
            place_or_renew_hold(
                table,
                cart_id=basket.cart.id,
                demand=demand,
                locations=locations,
                hold_for=basket.store.settings.hold,
                now=now,
                along=along,
            )
    except WriteRefused:
        return
    except OutOfStock as refused:
        if not had_hold:
            release_hold(table, cart_id=basket.cart.id, now=now)
        raise too_little(basket, refused) from refused


def _steps(basket: Basket) -> Iterator[dict[str, int]]:
    """What to hold after each transaction (units by SKU), from what is held to what the cart wants."""
    held = basket.hold.picks if basket.hold else ()
    demand: dict[str, int] = {}
    for pick in held:
        demand[pick.sku] = demand.get(pick.sku, 0) + pick.units
    wanted = basket.demand()
    levels = 0
    for sku in (sku for sku in {**demand, **wanted} if demand.get(sku) != wanted.get(sku)):
        touched = max(len(basket.levels.get(sku, ())), sum(pick.sku == sku for pick in held))
        if levels and levels + touched > MAX_MOVES:
            yield dict(demand)
            levels = 0
        levels += touched
        demand[sku] = wanted.get(sku, 0)
        if not demand[sku]:
            del demand[sku]
    yield demand
