"""A merchant at work: calls of the inventory function, a catalog that knows some SKUs, and a projector."""

from collections.abc import Callable
from typing import Any

import pytest

from local.testing import DataCloud
from projector.app import handler as projector
from storekeeper.catalog import sku_key
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from tests.functions.conftest import Api
from tests.streaming import Stream

ADJUSTMENTS = "/v1/inventory/adjustments"


class Merchant:
    """One tenant's calls."""

    def __init__(self, api: Api, table: Table, stream: Stream) -> None:
        self.api, self.table, self.stream = api, table, stream
        for sku in ("MUG-BLUE", "MUG-RED"):
            item = {"type": "sku", "schema": 1, "sku": sku, "product_id": "prd_1"}
            table.write(Put(sku_key(table.tenant_id, sku), item, only_if=ABSENT))

    def adjust(
        self, quantity: int, *, sku: str = "MUG-BLUE", kind: str = "adjustment", **fields: Any
    ) -> dict[str, Any]:
        """An adjustment that is made; the level after it."""
        reply = self.api.post(ADJUSTMENTS, {"sku": sku, "type": kind, "quantity": quantity, **fields})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    def data(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """One page of a list."""
        reply = self.api.get(path, query=query)
        assert reply.status == 200, reply.text
        return list(reply.json["data"])

    def levels(self, **query: Any) -> list[dict[str, Any]]:
        return self.data("/v1/inventory/levels", **query)

    def movements(self, **query: Any) -> list[dict[str, Any]]:
        return self.data("/v1/inventory/movements", **query)

    def project(self) -> None:
        """Let the projector read what was written."""
        assert projector({"Records": self.stream.records()}, None) == {"batchItemFailures": []}


@pytest.fixture
def merchant(cloud: DataCloud, api: Callable[[str], Api], table: Table) -> Merchant:
    """A merchant whose catalog knows MUG-BLUE and MUG-RED."""
    return Merchant(api("inventory"), table, Stream(cloud, table.tenant_id))
