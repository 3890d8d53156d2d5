"""Stock of one SKU at one location: what a level is, and what may change it. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import Actor

LOW_UNITS = 10
CRITICAL_UNITS = 3
FIRST_LEASE = 1_000  # a lease is numbered like a bucket, from here on


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


class SkuRef(Struct, frozen=True):
    """A SKU of a tenant."""

    tenant_id: TenantId
    sku: str


class Pick(Struct, frozen=True):
    """Units from one level."""

    location_id: LocationId
    bucket: int
    units: int


class SkuPick(Struct, frozen=True):
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


class Cause(Struct, frozen=True):
    """Why a level changed, by whose doing, at whose order: travels with the change, and the ledger row shows it.

    A write that can only mean one type of movement (`take_units` a hold, ...) sets `type` itself. `unit_cost`: what one
    of the units that come in has cost, in the smallest unit of the tenant's currency; None if nobody said.
    """

    type: MovementType
    reference_type: str
    reference_id: str
    actor: Actor
    at: datetime
    reason: str = ""
    unit_cost: int | None = None

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
        cause: Item = {
            "type": str(movement_type or self.type),
            "reference_type": self.reference_type,
            "reference_id": self.reference_id,
            "actor": self.actor,
            "at": clock.to_text(self.at),
            "reason": self.reason,
        }
        return cause if self.unit_cost is None else cause | {"unit_cost": self.unit_cost}


class Delta(Struct, frozen=True):
    """One change of a level, in every figure at once: `available` follows, so that it can never be forgotten."""

    on_hand: int = 0
    reserved: int = 0
    incoming: int = 0

    @property
    def available(self) -> int:
        """Safety stock does not change by it, and what is on its way cannot be sold."""
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


def withdrawn(units: int) -> Delta:
    """From the shelf, of what can be sold, to gone."""
    return Delta(on_hand=-units)


def expected(units: int) -> Delta:
    """On the way to the location; negative: no longer."""
    return Delta(incoming=units)


def received(units: int, *, expected: int) -> Delta:
    """Arrived, of which so many were expected."""
    return Delta(on_hand=units, incoming=-expected)


class Level(Struct, frozen=True):
    """Stock of a SKU in one bucket, or one lease, of a location; `available` = on_hand - reserved - safety_stock.

    `version` counts the changes. Bucket 0 says of its location how many buckets and leases are read (`buckets`,
    `leases`), how many leases may be filled (`open_leases`), how often that has changed (`layout`), how many there have
    ever been (`widest`, `leased`), and how many changes had been made of those that are read no more (`past`).

    `tracked`: its units are told apart, and so many of those on hand are `named` (see `tracking`).
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
    widest: int = 1
    leases: int = 0
    leased: int = 0
    open_leases: int = 0
    past: int = 0
    layout: int = 0
    tracked: Mode | None = None
    named: int = 0

    @property
    def is_spread(self) -> bool:
        """Whether it is a bucket, or a lease, beside others."""
        return self.bucket > 0 or self.buckets > 1 or self.leases > 0

    @property
    def is_lease(self) -> bool:
        """Whether one buyer's environment draws on it, as long as others need not."""
        return self.bucket >= FIRST_LEASE

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
            incoming=self.incoming + delta.incoming,
            version=self.version + 1,
        )


def empty_level(sku: str, location_id: LocationId, bucket: int = 0) -> Level:
    """The level before its first change: nothing is kept under this key yet."""
    return Level(sku, location_id, bucket, 0, 0, 0, 0, 0, 0)


def add_up(levels: Iterable[Level]) -> tuple[Level, ...]:
    """One row per SKU and location, its buckets added up; in order.

    Versions are added up too, with those of the past: so a row's version only grows, however buckets come and go.
    """
    rows: dict[tuple[str, LocationId], Level] = {}
    for level in levels:
        name = (level.sku, level.location_id)
        row = replace(level, version=level.version + level.past, past=0) if level.past else level
        rows[name] = _added(rows[name], row) if name in rows else row
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
