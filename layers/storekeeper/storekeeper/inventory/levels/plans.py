"""Which levels give which units. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from storekeeper.inventory.errors import OutOfStock, Shortage
from storekeeper.inventory.levels.model import Level, Pick, SkuPick
from storekeeper.kernel.ids import LocationId

SCALE = 1 << 20  # a throw is a whole number below it


def available_units(levels: Iterable[Level]) -> int:
    """What can be sold from all of them. A level that owes safety stock takes nothing from the others."""
    return sum(max(0, level.available) for level in levels)


def plan_picks(levels: Iterable[Level], *, sku: str, units: int, throw: int = 0) -> tuple[Pick, ...]:
    """Cover `units` from one location if any can, else drain locations in the order given.

    Within a location it is one bucket if any can, else several, beginning with the one that `throw` (0 up to SCALE)
    falls on: buyers who throw differently are not in each other's way.

    Raises:
        OutOfStock: all of them together have fewer than `units`.
    """
    places: dict[LocationId, list[Level]] = {}
    for level in levels:
        places.setdefault(level.location_id, []).append(level)
    sellable = {location_id: available_units(buckets) for location_id, buckets in places.items()}
    if sum(sellable.values()) < units:
        raise OutOfStock(Shortage(sku, requested=units, available=sum(sellable.values())))
    whole = next((location_id for location_id, have in sellable.items() if have >= units), None)
    picks: list[Pick] = []
    for location_id in places if whole is None else (whole,):
        drawn = min(units, sellable[location_id])
        picks += _from_buckets(_from_throw(places[location_id], throw), units=drawn)
        units -= drawn
    return tuple(picks)


def _from_throw(buckets: Sequence[Level], throw: int) -> Sequence[Level]:
    first = throw * len(buckets) // SCALE
    return (*buckets[first:], *buckets[:first])


def _from_buckets(buckets: Sequence[Level], *, units: int) -> list[Pick]:
    """Units of one location, which has them."""
    picks: list[Pick] = []
    for level in buckets:
        if units and level.available >= units:
            return [Pick(level.location_id, level.bucket, units)]
    for level in buckets:
        if (drawn := min(level.available, units)) > 0:
            picks.append(Pick(level.location_id, level.bucket, drawn))
            units -= drawn
    return picks


def plan_demand(
    levels: Mapping[str, Sequence[Level]], *, demand: Mapping[str, int], throw: int = 0
) -> tuple[SkuPick, ...]:
    """Cover the units of each SKU from its levels, as `plan_picks` does for one.

    Raises:
        OutOfStock: names every SKU that is short, not only the first.
    """
    picks: list[SkuPick] = []
    shortages: list[Shortage] = []
    for sku, units in demand.items():
        try:
            planned = plan_picks(levels.get(sku, ()), sku=sku, units=units, throw=throw)
        except OutOfStock as refused:
            shortages += refused.shortages
            continue
        picks += [SkuPick(sku, pick.location_id, pick.bucket, pick.units) for pick in planned]
    if shortages:
        raise OutOfStock(*shortages)
    return tuple(picks)


def sum_picks(picks: Iterable[SkuPick]) -> tuple[SkuPick, ...]:
    """Picks from the same level merged into one (a transaction may not touch an item twice); those of 0 left out."""
    units: dict[tuple[str, LocationId, int], int] = {}
    for pick in picks:
        name = (pick.sku, pick.location_id, pick.bucket)
        units[name] = units.get(name, 0) + pick.units
    return tuple(SkuPick(*name, total) for name, total in units.items() if total)
