"""Orders in the table, with the stock that is reserved for them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.inventory import Mode, Names, SkuRef
from storekeeper.inventory.tracking.level_items import track_level
from storekeeper.inventory.tracking.model import Place as Shelf
from storekeeper.inventory.tracking.use_cases import name_stock
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders import Dispatch, Order, Shipped, fulfill_order, place_order_write
from storekeeper.orders.shipments.assigning import Assigned, assign_serials
from storekeeper.tenancy import SealerCache
from tests.table.orders.shelf import level_of, reserve
from tests.unit.orders.builders import EAST, NOW, a_pick, an_order

Place: TypeAlias = Callable[..., Order]


@pytest.fixture
def sealer(cloud: DataCloud, table: Table) -> Sealer:
    """Of the tenant of `table`."""
    return SealerCache(cloud.data_key_arn).of(table)


@pytest.fixture
def place(table: Table, sealer: Sealer) -> Place:
    """Places an order of the tenant, its units reserved: `place(tags=("vip",))`, see `an_order`."""

    def place(**given: Any) -> Order:
        order = an_order(tenant_id=table.tenant_id, sealer=sealer, **given)
        table.write(place_order_write(order), *reserve(table, order.picks))
        return order

    return place


def accept(_: int) -> None:
    """Any version will do."""


@pytest.fixture
def track(table: Table) -> Callable[..., None]:
    """From now on mugs are told apart, and these are there."""

    def track(mode: Mode, names: Names) -> None:
        table.write(track_level(SkuRef(table.tenant_id, "MUG"), level_of(table, a_pick("MUG", 2)), mode))
        name_stock(table, Shelf("MUG", EAST), names, now=NOW)

    return track


@pytest.fixture
def fulfill(table: Table) -> Callable[..., Shipped]:
    """All of an order leaves, its mugs by name."""

    def fulfill(order: Order, names: Names | None = None) -> Shipped:
        dispatch = Dispatch(names={"MUG": names} if names else {})
        return fulfill_order(order.id, dispatch, table=table, now=NOW, check_version=accept)

    return fulfill


@pytest.fixture
def aside(table: Table) -> Callable[..., Assigned]:
    """Mugs are put aside for an order, by their serials."""

    def aside(order: Order, *numbers: str) -> Assigned:
        return assign_serials(order.id, "MUG", numbers, table=table, now=NOW, check_version=accept)

    return aside
