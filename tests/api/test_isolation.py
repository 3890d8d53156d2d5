"""No operation shows or changes anything of another tenant, whatever ids it is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.testing import DataCloud
from projector.app import handler as projector
from storekeeper.kernel.keys import belongs_to
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.api.furnishing import SEEN, Furnishing
from tests.api.whole import Operation, operations, whole_api
from tests.emulated import MakeStore, all_items
from tests.functions.conftest import Api, MakeSecret, Reply
from tests.streaming import Stream


@dataclass(frozen=True)
class Shop:
    """A tenant with one of everything. `ids` are values for the names that stand in paths."""

    ids: dict[str, str]
    items: list[dict[str, Any]]


@pytest.fixture
def shop(cloud: DataCloud, table: Table, store: Store, make_secret: MakeSecret) -> Shop:
    """The tenant that must not be seen, with all that is derived of it."""
    stream = Stream(cloud, table.tenant_id)
    furnishing = Furnishing(whole_api(make_secret()), store)
    furnishing.all()
    assert projector({"Records": stream.records()}, None) == {"batchItemFailures": []}
    return Shop(furnishing.ids, own_items(cloud, table))


@pytest.fixture
def stranger(make_secret: MakeSecret, other_table: Table) -> Api:
    """Calls every function with a key of every scope, of another tenant."""
    return whole_api(make_secret(table=other_table))


def own_items(cloud: DataCloud, table: Table) -> list[dict[str, Any]]:
    """Everything in the table that is this tenant's."""
    items = [item for item in all_items(cloud) if belongs_to(item["pk"], table.tenant_id)]
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


def test_every_name_in_a_path_has_an_id_to_try(shop: Shop) -> None:
    assert {name for operation in operations() for name in operation.parameters} - shop.ids.keys() == set()


def test_the_owner_sees_what_strangers_are_tried_with(shop: Shop, table: Table, make_secret: MakeSecret) -> None:
    """Else the test below would try nothing."""
    owner = whole_api(make_secret(table=table))
    reads = [one for one in operations() if one.method == "GET" and one.scope and one.parameters]

    replies = {str(one): owner(one.method, one.at(shop.ids)).status for one in reads}

    assert {name: status for name, status in replies.items() if status != 200} == {}


def test_a_stranger_finds_nothing(shop: Shop, stranger: Api, cloud: DataCloud, table: Table) -> None:
    wrong = {str(operation): reply for operation, reply in tried(shop, stranger) if not hides(operation, reply)}

    assert {name: (reply.status, reply.text[:300]) for name, reply in wrong.items()} == {}
    assert own_items(cloud, table) == shop.items


def tried(shop: Shop, stranger: Api) -> Iterator[tuple[Operation, Reply]]:
    """Every operation that needs a key, called with the shop's ids."""
    for operation in operations():
        if operation.scope:
            yield operation, stranger(operation.method, operation.at(shop.ids), operation.example)


def hides(operation: Operation, reply: Reply) -> bool:
    """What is named is not found; what is not named is not shown."""
    if operation.names:
        return reply.status == 404
    return reply.status < 500 and SEEN not in reply.text


def test_lists_of_a_stranger_are_empty(shop: Shop, stranger: Api) -> None:
    lists = ["/v1/stores", "/v1/products", "/v1/orders", "/v1/inventory/movements"]

    assert [stranger.get(path).json["data"] for path in lists] == [[], [], [], []]


@pytest.mark.parametrize("name", ["sku", "location_id"])
def test_a_stranger_s_filters_find_nothing(shop: Shop, stranger: Api, name: str) -> None:
    value = shop.ids.get(name, "LAMP")

    for path in ("/v1/inventory/levels", "/v1/inventory/movements"):
        reply = stranger.get(path, query={name: value, **({"status": "low"} if name == "location_id" else {})})
        assert reply.status != 200 or reply.json["data"] == []


def test_ids_in_bodies_lead_nowhere_either(
    shop: Shop, stranger: Api, make_store: MakeStore, other_table: Table, cloud: DataCloud, table: Table
) -> None:
    own = make_store(table=other_table)
    restock = {"sku": "LAMP", "type": "restock", "quantity": 5, "reason": "mine"}

    replies = [
        stranger.post(f"/v1/stores/{own.id}/listings", {"product_id": shop.ids["product_id"], "visible": True}),
        stranger.post("/v1/inventory/adjustments", restock),
        stranger.post("/v1/inventory/adjustments", {**restock, "location_id": shop.ids["location_id"]}),
        stranger.patch(f"/v1/stores/{own.id}", {"settings": {"location_priority": [shop.ids["location_id"]]}}),
        stranger.post(f"/v1/stores/{own.id}/domains", {"domain": shop.ids["domain"]}),
    ]

    assert [reply.status for reply in replies] == [422, 404, 404, 422, 409]
    assert own_items(cloud, table) == shop.items


def test_a_cart_and_an_order_are_found_in_their_own_store_only(
    shop: Shop, make_store: MakeStore, other_table: Table, table: Table
) -> None:
    shopper = whole_api(None)
    query = {"email": "ada@example.com"}
    for other in (make_store(table=other_table), make_store(name="Neighbor")):
        front = f"/v1/storefront/{other.domains[0]}"

        replies = [
            shopper.get(f"{front}/carts/{shop.ids['cart_id']}"),
            shopper.patch(f"{front}/carts/{shop.ids['cart_id']}", {"note": "mine"}),
            shopper.post(f"{front}/carts/{shop.ids['cart_id']}/checkout", {"payment_method": "manual"}),
            shopper.get(f"{front}/orders/{shop.ids['number']}/track", query=query),
            shopper.get(f"{front}/products/lamp"),
        ]

        assert [reply.status for reply in replies] == [404] * 5
    own = shopper.get(f"/v1/storefront/{shop.ids['domain']}/orders/{shop.ids['number']}/track", query=query)
    assert own.status == 200
