"""What the operator does when something derived is missing: replay, rebuild, close gaps."""

import json
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.inventory import SkuRef, level_key
from storekeeper.inventory.movements.items import PREFIX
from storekeeper.kernel.table import Table
from storekeeper.tenancy import load_settings
from tests.functions.operations.test_operations import GetApi, invoke
from tests.streaming import Stream


@pytest.fixture
def stream(cloud: DataCloud, table: Table) -> Stream:
    """What the tenant's items go through."""
    return Stream(cloud, table.tenant_id)


def stock_a_mug(api: GetApi) -> str:
    """Two changes of a level; the location's id."""
    product = {"title": "Mug", "status": "active", "variants": [{"sku": "MUG", "price": "12.50"}]}
    assert api("catalog").post("/v1/products", product).status == 201
    restocks = [{"sku": "MUG", "type": "restock", "quantity": quantity} for quantity in (5, 3)]
    replies = [api("inventory").post("/v1/inventory/adjustments", restock) for restock in restocks]
    assert [reply.status for reply in replies] == [201, 201]
    return str(replies[0].json["location_id"])


def set_aside(cloud: DataCloud, name: str, function: str, records: list[dict[str, Any]]) -> None:
    """As Lambda does with what a function could not process."""
    kept = {
        "requestContext": {"functionArn": f"arn:aws:lambda:eu-central-1:000000000000:function:s-{function}-1:live"},
        "payload": json.dumps({"Records": records}),
    }
    key = f"aws/lambda/mapping/{name}"
    cloud.client("s3").put_object(Bucket=cloud.records_bucket, Key=key, Body=json.dumps(kept).encode())


def ledger(table: Table, location_id: str) -> list[int]:
    pk = level_key(SkuRef(table.tenant_id, "MUG"), location_id).pk  # type: ignore[arg-type]
    return [row["version"] for row in table.query(pk, prefix=PREFIX, consistent=True)]


def test_a_replay_makes_what_was_never_derived_and_only_once(
    cloud: DataCloud, table: Table, api: GetApi, stream: Stream
) -> None:
    location_id = stock_a_mug(api)
    name = f"{table.tenant_id}/a"
    set_aside(cloud, name, "ProjectorFunction", stream.records())

    first = invoke(action="replay", prefix=f"aws/lambda/mapping/{table.tenant_id}/")
    again = invoke(action="replay", prefix=f"aws/lambda/mapping/{table.tenant_id}/")

    assert (first, again) == ({"fed": 1, "failed": [], "left": 0}, {"fed": 0, "failed": [], "left": 0})
    assert ledger(table, location_id) == [1, 2]


def test_a_replay_publishes_what_the_publisher_could_not(
    cloud: DataCloud, table: Table, api: GetApi, stream: Stream
) -> None:
    stock_a_mug(api)
    set_aside(cloud, f"{table.tenant_id}/b", "PublisherFunction", stream.records())

    done = invoke(action="replay", prefix=f"aws/lambda/mapping/{table.tenant_id}/")

    assert done == {"fed": 1, "failed": [], "left": 0}


def test_a_replay_looks_only_where_lambda_puts_things(cloud: DataCloud) -> None:
    assert invoke(action="replay", prefix="products/")["error"]["code"] == "invalid"


def test_states_and_cards_can_be_made_from_nothing(table: Table, api: GetApi, make_store: Any) -> None:
    store = make_store()
    stock_a_mug(api)
    assert api("inventory").get("/v1/inventory/levels").json["data"] == []  # no projector has run

    done = invoke(action="rebuild", tenant_id=table.tenant_id)

    (row,) = api("inventory").get("/v1/inventory/levels").json["data"]
    assert (row["sku"], row["available"], row["status"]) == ("MUG", 8, "low")
    assert [one["kind"] for one in api("inventory").get("/v1/inventory/alerts").json["data"]] == ["low"]
    assert done == {"levels": 1, "skus": 1, "products": {store.id: 0}}
    assert invoke(action="rebuild", tenant_id=table.tenant_id) == done


def test_a_gap_that_may_still_be_filled_is_not_closed(table: Table, api: GetApi) -> None:
    stock_a_mug(api)
    location_id = load_settings(table).default_location().id

    done = invoke(action="close_gaps", tenant_id=table.tenant_id, sku="MUG", location_id=location_id)

    assert done == {"closed": []}


@pytest.mark.parametrize("action", ["rebuild", "close_gaps"])
def test_an_unknown_tenant_is_refused(cloud: DataCloud, action: str) -> None:
    details = {"sku": "MUG", "location_id": "loc_1"} if action == "close_gaps" else {}

    assert invoke(action=action, tenant_id="ten_unknown", **details)["error"]["code"] == "not_found"
