"""Orders in the table, with the stock that is reserved for them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders import Order, place_order_write
from storekeeper.tenancy import SealerCache
from tests.table.orders.shelf import reserve
from tests.unit.orders.builders import an_order

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
