"""The sweep and alerts: what is snoozed wakes, and what a rule covers is looked at to the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from projector.app import handler as projector
from storekeeper.catalog import sku_key
from storekeeper.inventory.alerts.projection import _kept
from storekeeper.kernel import clock
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from tests.functions.conftest import Api
from tests.functions.paying import sweep
from tests.streaming import Stream

ALERTS = "/v1/inventory/alerts"


@pytest.fixture
def inventory(api: Any, table: Table) -> Api:
    """The inventory function of a merchant who sells mugs."""
    item = {"type": "sku", "schema": 1, "sku": "MUG", "product_id": "prd_1"}
    table.write(Put(sku_key(table.tenant_id, "MUG"), item, only_if=ABSENT))
    made: Api = api("inventory")
    return made


def stock(inventory: Api, stream: Stream, units: int) -> None:
    adjustment = {"sku": "MUG", "type": "adjustment", "quantity": units}
    assert inventory.post("/v1/inventory/adjustments", adjustment).status == 201
    while records := stream.records():
        assert projector({"Records": records}, None) == {"batchItemFailures": []}


def test_a_snoozed_alert_wakes_with_the_sweep(
    inventory: Api, cloud: Any, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, real = Stream(cloud, table.tenant_id), clock.utc_now
    stock(inventory, stream, 5)
    (alert,) = inventory.get(ALERTS).json["data"]
    until = clock.to_text(datetime.now(UTC) + timedelta(hours=2))
    assert inventory.post(f"{ALERTS}/{alert['id']}/snooze", {"until": until}).status == 200

    sweep()
    assert inventory.get(f"{ALERTS}/{alert['id']}").json["status"] == "snoozed"
    monkeypatch.setattr(clock, "utc_now", lambda: real() + timedelta(hours=3))
    sweep()

    assert inventory.get(f"{ALERTS}/{alert['id']}").json["status"] == "open"


def test_a_rule_is_followed_by_the_sweep_where_no_projector_was(inventory: Api, cloud: Any, table: Table) -> None:
    stream = Stream(cloud, table.tenant_id)
    stock(inventory, stream, 30)
    assert inventory.post("/v1/inventory/alert-rules", {"scope": "variant", "sku": "MUG", "low": 40}).status == 201
    _kept.cache_clear()

    sweep()

    assert [alert["kind"] for alert in inventory.get(ALERTS).json["data"]] == ["low"]
