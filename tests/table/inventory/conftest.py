"""A shelf to test on: a tenant with two locations, SKUs of a product, and the stream of what is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.catalog import sku_key
from storekeeper.inventory import Hold, Level, MovementType, Names, find_levels, place_or_renew_hold, projections
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.tracking.model import NOTHING
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import CartId, LocationId
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.tenancy import load_settings
from storekeeper.tenancy.locations.use_cases import create_location
from tests.streaming import Stream

FIFTEEN_MINUTES = timedelta(minutes=15)


@dataclass
class Shelf:
    """One tenant's stock, with the few verbs that tests need."""

    table: Table
    now: datetime
    stream: Stream
    locations: tuple[LocationId, ...]

    def sell(self, *skus: str) -> None:
        """Make SKUs known, as the catalog does."""
        for sku in skus:
            item = {"type": "sku", "schema": 1, "sku": sku, "product_id": "prd_1"}
            self.table.write(Put(sku_key(self.table.tenant_id, sku), item, only_if=ABSENT))

    def adjust(
        self,
        quantity: int,
        *,
        sku: str = "LAMP",
        kind: str = "adjustment",
        location: int = 0,
        at: datetime | None = None,
        names: Names = NOTHING,
        **options: Any,
    ) -> Level:
        """Adjust the stock of a SKU, which is made known if need be."""
        if self.table.get(sku_key(self.table.tenant_id, sku)) is None:
            self.sell(sku)
        adjustment = Adjustment(sku, MovementType(kind), quantity, "", self.locations[location], names)
        settings = load_settings(self.table)
        return adjust_stock(self.table, adjustment, settings=settings, now=at or self.now, **options)

    def hold(self, cart_id: str, demand: Mapping[str, int], *, at: datetime | None = None, **options: Any) -> Hold:
        """Hold units for a cart, as a store with these locations does."""
        return place_or_renew_hold(
            self.table,
            cart_id=CartId(cart_id),
            demand=demand,
            locations=self.locations,
            hold_for=FIFTEEN_MINUTES,
            now=at or self.now,
            **options,
        )

    def levels(self, sku: str = "LAMP") -> tuple[Level, ...]:
        """The SKU's levels as they are."""
        return find_levels(self.table, [sku], locations=self.locations)[sku]

    def figures(self, sku: str = "LAMP") -> list[tuple[int, int, int]]:
        """on_hand, reserved, available at each location."""
        return [(level.on_hand, level.reserved, level.available) for level in self.levels(sku)]

    def changes(self) -> list[Change]:
        """What was written since the last call."""
        return [Change.from_record(record) for record in self.stream.records()]

    def project(self, changes: Sequence[Change] | None = None) -> None:
        """Do what the projector does with these changes, or with those since the last call."""
        for change in self.changes() if changes is None else changes:
            projections.project(change, table=self.table)


@pytest.fixture
def make_shelf(cloud: DataCloud, now: datetime) -> Callable[[Table], Shelf]:
    """Makes a shelf for a tenant."""

    def make(table: Table) -> Shelf:
        main = load_settings(table).default_location().id
        west = create_location(name="West", address=None, table=table, now=now).id
        return Shelf(table, now, Stream(cloud, table.tenant_id, now), (main, west))

    return make


@pytest.fixture
def shelf(table: Table, make_shelf: Callable[[Table], Shelf]) -> Shelf:
    """A tenant's empty shelf, in two locations."""
    return make_shelf(table)


@pytest.fixture
def other_shelf(other_table: Table, make_shelf: Callable[[Table], Shelf]) -> Shelf:
    """Another tenant's."""
    return make_shelf(other_table)
