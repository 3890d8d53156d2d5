"""Stock of one SKU at one location: what a level is, what may change it, and which levels give which unit. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from storekeeper.inventory.errors import OutOfStock, Shortage
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.trace import Actor

LOW_UNITS = 10
CRITICAL_UNITS = 3


class MovementType(StrEnum):
    """Why a level changed."""

    ADJUSTMENT = "adjustment"
    RESTOCK = "restock"
    DAMAGE = "damage"
    RETURN = "return"
    EXPIRED = "expired"
    HOLD = "hold"
    RELEASE = "release"
    SALE = "sale"
    TRANSFER = "transfer"
    RECONCILIATION = "reconciliation"


class StockState(StrEnum):
    """How much is left to sell: `low` is at most LOW_UNITS, `critical` at most CRITICAL_UNITS, `out` none."""

    OK = "ok"
    LOW = "low"
    CRITICAL = "critical"
    OUT = "out"

    @classmethod
    def of(cls, available: int) -> "StockState":
        """The state of a level, or of a SKU, with this many units to sell."""
        if available <= 0:
            return cls.OUT
        if available <= CRITICAL_UNITS:
            return cls.CRITICAL
        return cls.LOW if available <= LOW_UNITS else cls.OK

    @property
    def severity(self) -> int:
        """0 for `ok`, rising to 3 for `out`."""
        return list(StockState).index(self)


@dataclass(frozen=True, slots=True)
class SkuRef:
    """A SKU of a tenant."""

    tenant_id: TenantId
    sku: str


@dataclass(frozen=True, slots=True)
class Pick:
    """Units from one level."""

    location_id: LocationId
    bucket: int
    units: int


@dataclass(frozen=True, slots=True)
class SkuPick:
    """Units of a SKU from one level: what a hold and an order keep, so that they can give them back or ship them."""

    sku: str
    location_id: LocationId
    bucket: int
    units: int

    @property
    def pick(self) -> Pick:
        """The same without its SKU."""
        return Pick(self.location_id, self.bucket, self.units)

    @property
    def reversed(self) -> "SkuPick":
        """The same units the other way."""
        return replace(self, units=-self.units)

    def as_item(self) -> Item:
        """As a map inside its owner's item."""
        return {"sku": self.sku, "location_id": self.location_id, "bucket": self.bucket, "units": self.units}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "SkuPick":
        """From a map inside its owner's item."""
        return cls(item["sku"], LocationId(item["location_id"]), item["bucket"], item["units"])


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a level changed, by whose doing, at whose order: travels with the change, and the ledger row shows it.

    A write that can only mean one type of movement (`take_units` a hold, ...) sets `type` itself.
    """

    type: MovementType
    reference_type: str
    reference_id: str
    actor: Actor
    at: datetime
    reason: str = ""

    @classmethod
    def of_order(cls, order_id: str, *, actor: Actor, at: datetime, reason: str = "") -> "Cause":
        """What an order causes."""
        return cls(MovementType.SALE, "order", order_id, actor, at, reason)

    @classmethod
    def of_hold(cls, hold_id: str, *, actor: Actor, at: datetime, reason: str = "") -> "Cause":
        """What a cart's hold causes. It names the hold: a cart's id is the key to it, and many read the ledger."""
        return cls(MovementType.HOLD, "hold", hold_id, actor, at, reason)

    def as_item(self, movement_type: MovementType | None = None) -> Item:
        """As a map inside the level; `movement_type` where the write knows better."""
        return {
            "type": str(movement_type or self.type),
            "reference_type": self.reference_type,
            "reference_id": self.reference_id,
            "actor": self.actor,
            "at": clock.to_text(self.at),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Delta:
    """One change of a level, in every figure at once: `available` follows, so that it can never be forgotten."""

    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        """Safety stock does not change by it."""
        return self.on_hand - self.reserved


def taken(units: int) -> Delta:
    """From the shelf to reserved."""
    return Delta(reserved=units)


def released(units: int) -> Delta:
    """From reserved back to the shelf."""
    return Delta(reserved=-units)


def shipped(units: int) -> Delta:
    """From reserved to gone."""
    return Delta(on_hand=-units, reserved=-units)


def returned(units: int) -> Delta:
    """From gone back to the shelf."""
    return Delta(on_hand=units)


def adjusted(quantity: int) -> Delta:
    """Found on the shelf, or missing from it."""
    return Delta(on_hand=quantity)


@dataclass(frozen=True, slots=True)
class Level:
    """Stock of a SKU in one bucket of a location; `available` = on_hand - reserved - safety_stock.

    `version` counts the changes. `buckets`, on bucket 0, says how many buckets the location has for this SKU.
    """

    sku: str
    location_id: LocationId
    bucket: int
    on_hand: int
    reserved: int
    available: int
    incoming: int
    safety_stock: int
    version: int
    buckets: int = 1

    @property
    def state(self) -> StockState:
        """How much is left to sell here."""
        return StockState.of(self.available)

    def after(self, delta: Delta) -> "Level":
        """The level one change later."""
        return replace(
            self,
            on_hand=self.on_hand + delta.on_hand,
            reserved=self.reserved + delta.reserved,
            available=self.available + delta.available,
            version=self.version + 1,
        )


def empty_level(sku: str, location_id: LocationId, bucket: int = 0) -> Level:
    """The level before its first change: nothing is kept under this key yet."""
    return Level(sku, location_id, bucket, 0, 0, 0, 0, 0, 0)


def add_up(levels: Iterable[Level]) -> tuple[Level, ...]:
    """One row per SKU and location, its buckets added up (versions too: they still only grow); in order."""
    rows: dict[tuple[str, LocationId], Level] = {}
    for level in levels:
        name = (level.sku, level.location_id)
        rows[name] = _added(rows[name], level) if name in rows else level
    return tuple(rows.values())


def _added(one: Level, other: Level) -> Level:
    return replace(
        one,
        on_hand=one.on_hand + other.on_hand,
        reserved=one.reserved + other.reserved,
        available=one.available + other.available,
        incoming=one.incoming + other.incoming,
        safety_stock=one.safety_stock + other.safety_stock,
        version=one.version + other.version,
    )


def available_units(levels: Iterable[Level]) -> int:
    """What can be sold from all of them. A level that owes safety stock takes nothing from the others."""
    return sum(max(0, level.available) for level in levels)


def plan_picks(levels: Iterable[Level], *, sku: str, units: int) -> tuple[Pick, ...]:
    """Cover `units` from one level if any can, else drain levels in the order given.

    Raises:
        OutOfStock: all of them together have fewer than `units`.
    """
    levels = tuple(levels)
    for level in levels:
        if level.available >= units:
            return (Pick(level.location_id, level.bucket, units),)
    if available_units(levels) < units:
        raise OutOfStock(Shortage(sku, requested=units, available=available_units(levels)))
    picks, missing = [], units
    for level in levels:
        if (drawn := min(level.available, missing)) > 0:
            picks.append(Pick(level.location_id, level.bucket, drawn))
            missing -= drawn
    return tuple(picks)


def plan_demand(levels: Mapping[str, Sequence[Level]], *, demand: Mapping[str, int]) -> tuple[SkuPick, ...]:
    """Cover the units of each SKU from its levels, as `plan_picks` does for one.

    Raises:
        OutOfStock: names every SKU that is short, not only the first.
    """
    picks: list[SkuPick] = []
    shortages: list[Shortage] = []
    for sku, units in demand.items():
        try:
            planned = plan_picks(levels.get(sku, ()), sku=sku, units=units)
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
