"""Orders of a tenant, and a client that calls `orders` for that tenant."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.kernel.table import Table
from storekeeper.orders import Order, place_order_write
from storekeeper.tenancy import SealerCache, Store
from tests.functions.conftest import Api
from tests.table.orders.shelf import reserve
from tests.unit.orders.builders import an_order

Place: TypeAlias = Callable[..., Order]


@pytest.fixture
def client(api: Callable[[str], Api]) -> Api:
    """Calls `orders` with a key of every scope."""
    return api("orders")


@pytest.fixture
def place(table: Table, cloud: DataCloud, store: Store) -> Place:
    """Places an order in the tenant's store, its units reserved: `place(tags=("vip",))`, see `an_order`."""

    def place(**given: Any) -> Order:
        sealer = SealerCache(cloud.data_key_arn).of(table)
        order = an_order(**{"tenant_id": table.tenant_id, "sealer": sealer, "store_id": store.id, **given})
        table.write(place_order_write(order), *reserve(table, order.picks))
        return order

    return place
