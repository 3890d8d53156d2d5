"""The rows of each report, of one SKU. Pure. Formulae are told in docs/inventory.md."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct, field

from storekeeper.inventory.costs.model import NOTHING, Lot, SkuCost
from storekeeper.inventory.levels.model import StockState
from storekeeper.inventory.reports.facts import Activity, Sales, whole
from storekeeper.inventory.reports.model import AGES, DAY_MS, MILLISECOND, Asked, ReportName, Row, hundredths
from storekeeper.kernel import clock
from storekeeper.kernel.ids import LocationId

Place: TypeAlias = LocationId | None
"""A location; None for all of them together."""


class Sight(Struct, frozen=True):
    """A SKU as a report sees it: what moved, or what its stock has cost, whichever the report is made of."""

    sku: str
    activities: Mapping[LocationId, Activity] = field(default_factory=dict)
    cost: SkuCost | None = None
    sales: Sales = field(default_factory=Sales)
    price: int | None = None

    def by_place(self, asked: Asked) -> Mapping[Place, Activity]:
        """What moved, at each place that is asked for."""
        among = {one: activity for one, activity in self.activities.items() if asked.location_id in (None, one)}
        if asked.by_location or not among:
            return dict(sorted(among.items()))
        return {asked.location_id: whole(among.values())}

    def lots_by_place(self, asked: Asked) -> Mapping[Place, tuple[Lot, ...]]:
        """What lies on the shelf, at each place that is asked for."""
        shelves = self.cost.locations if self.cost else {}
        among = {one: shelf.lots for one, shelf in shelves.items() if asked.location_id in (None, one)}
        if asked.by_location or not among:
            return dict(sorted(among.items()))
        return {asked.location_id: tuple(lot for lots in among.values() for lot in lots)}


def valuation(asked: Asked, sight: Sight) -> Iterator[Row]:
    """What lies there and what is on its way between locations: what it has cost, and what it would be sold for."""
    for place, lots in sight.lots_by_place(asked).items():
        on_the_way = sight.cost.on_the_way if sight.cost and place is None else NOTHING
        if any(lot.units for lot in lots) or on_the_way.units:
            yield _valued(sight, place, _sum(lots), on_the_way)
    if asked.by_location and asked.location_id is None and sight.cost and sight.cost.on_the_way.units:
        yield _valued(sight, None, NOTHING, sight.cost.on_the_way)


def _valued(sight: Sight, place: Place, shelf: Lot, on_the_way: Lot) -> Row:
    stock = shelf.plus(on_the_way)
    return {
        "sku": sight.sku,
        "location_id": place,
        "on_hand": shelf.units,
        "on_the_way": on_the_way.units,
        "value": stock.value,
        "unit_cost": stock.unit_cost,
        "uncosted": stock.units if not stock.value else 0,
        "retail_value": stock.units * (sight.price or 0),
        "unpriced": stock.units if sight.price is None else 0,
    }


def low_stock(asked: Asked, sight: Sight) -> Iterator[Row]:
    """What has few units left to sell, but some."""
    for place, activity in sight.by_place(asked).items():
        if 0 < activity.available <= asked.threshold:
            status = StockState.of(activity.available)
            shown = StockState.LOW if status is StockState.OK else status  # by the threshold that was asked for
            yield {"sku": sight.sku, "location_id": place, "status": shown.value, **_level(activity)}


def out_of_stock(asked: Asked, sight: Sight) -> Iterator[Row]:
    """What has none left to sell."""
    for place, activity in sight.by_place(asked).items():
        if activity.available <= 0:
            yield {"sku": sight.sku, "location_id": place, **_level(activity)}


def _level(activity: Activity) -> Row:
    return {name: getattr(activity, name) for name in ("on_hand", "reserved", "available", "incoming")}


def movements(asked: Asked, sight: Sight) -> Iterator[Row]:
    """What came and went, by type."""
    for place, activity in sight.by_place(asked).items():
        for kind, moved in sorted(activity.moved.items()):
            yield {
                "sku": sight.sku,
                "location_id": place,
                "type": kind.value,
                "movements": moved.movements,
                "units_in": moved.units_in,
                "units_out": moved.units_out,
                "reserved": moved.reserved,
            }


def turnover(asked: Asked, sight: Sight) -> Iterator[Row]:
    """How often the stock that lay there on average was sold."""
    for place, activity in sight.by_place(asked).items():
        if activity.sold or activity.unit_ms:
            yield {
                "sku": sight.sku,
                "location_id": place,
                "sold": activity.sold,
                "on_hand": activity.on_hand,
                "average_on_hand": hundredths(activity.unit_ms, asked.period_ms),
                "turnover": hundredths(activity.sold * asked.period_ms, activity.unit_ms),
                "days_on_hand": hundredths(activity.unit_ms, activity.sold * DAY_MS),
            }


def velocity(asked: Asked, sight: Sight) -> Iterator[Row]:
    """How many units are sold a day."""
    for place, activity in sight.by_place(asked).items():
        yield {
            "sku": sight.sku,
            "location_id": place,
            "sold": activity.sold,
            "returned": activity.returned,
            "sold_a_day": _sold_a_day(asked, activity),
            "on_hand": activity.on_hand,
        }


def days_of_cover(asked: Asked, sight: Sight) -> Iterator[Row]:
    """For how many days what can be sold will last, at the velocity of the period."""
    for place, activity in sight.by_place(asked).items():
        yield {
            "sku": sight.sku,
            "location_id": place,
            "sold": activity.sold,
            "sold_a_day": _sold_a_day(asked, activity),
            "available": activity.available,
            "incoming": activity.incoming,
            "days_of_cover": 0
            if activity.available <= 0
            else hundredths(activity.available * asked.period_ms, activity.sold * DAY_MS),
        }


def _sold_a_day(asked: Asked, activity: Activity) -> int | None:
    return hundredths(activity.sold * DAY_MS, asked.period_ms)


def aging(asked: Asked, sight: Sight) -> Iterator[Row]:
    """How long what lies there has been there, by first in, first out."""
    for place, lots in sight.lots_by_place(asked).items():
        there = [lot for lot in lots if lot.units]
        if not there:
            continue
        stock = _sum(there)
        row: dict[str, str | int | None] = {
            "sku": sight.sku,
            "location_id": place,
            "on_hand": stock.units,
            "value": stock.value,
            "oldest_at": _text(min(_since(lot, asked) for lot in there)),
        }
        for first, last in AGES:
            group = _sum(lot for lot in there if _is_between(_age(lot, asked), first, last))
            name = f"{first}_{'on' if last is None else last}"
            row |= {f"units_{name}": group.units, f"value_{name}": group.value}
        yield row


def _age(lot: Lot, asked: Asked) -> int:
    return (asked.as_of - _since(lot, asked)) // timedelta(days=1)


def _since(lot: Lot, asked: Asked) -> datetime:
    return lot.since or asked.as_of


def _is_between(age: int, first: int, last: int | None) -> bool:
    return first <= age and (last is None or age <= last)


def dead_stock(asked: Asked, sight: Sight) -> Iterator[Row]:
    """What lay there all the time, and of which nothing was sold."""
    for place, lots in sight.lots_by_place(asked).items():
        stock = _sum(lots)
        sold_at = _of_place(sight.sales.last_sold_at, place, max)
        came_at = _of_place(sight.sales.first_came_at, place, min)
        quiet_since = sold_at or came_at
        if stock.units and quiet_since and quiet_since <= asked.since:
            yield {
                "sku": sight.sku,
                "location_id": place,
                "on_hand": stock.units,
                "value": stock.value,
                "last_sold_at": _text(sold_at),
                "first_came_at": _text(came_at),
                "days_quiet": hundredths((asked.as_of - quiet_since) // MILLISECOND, DAY_MS),
            }


def _of_place(
    times: Mapping[LocationId, datetime], place: Place, best: Callable[[Iterable[datetime]], datetime]
) -> datetime | None:
    if place is not None:
        return times.get(place)
    return best(times.values()) if times else None


def _text(at: datetime | None) -> str | None:
    return clock.to_text(at) if at else None


def _sum(lots: Iterable[Lot]) -> Lot:
    stock = NOTHING
    for lot in lots:
        stock = stock.plus(lot)
    return stock


ROWS: Mapping[ReportName, Callable[[Asked, Sight], Iterator[Row]]] = {
    ReportName.VALUATION: valuation,
    ReportName.LOW_STOCK: low_stock,
    ReportName.OUT_OF_STOCK: out_of_stock,
    ReportName.MOVEMENTS: movements,
    ReportName.TURNOVER: turnover,
    ReportName.VELOCITY: velocity,
    ReportName.DAYS_OF_COVER: days_of_cover,
    ReportName.AGING: aging,
    ReportName.DEAD_STOCK: dead_stock,
}
