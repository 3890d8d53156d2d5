"""Every sample event of carts, as `sam local invoke` would send it, and what comes of it."""

import json
from collections.abc import Callable

import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.checkout.shopper import Shopper
from tests.functions.conftest import Api
from tests.table.carts.shop import put_on_sale
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "checkout"
ANSWERS = {
    "create_cart": 201,
    "create_empty_cart": 201,
    "read_cart": 200,
    "read_cart_of_another_store": 404,
    "change_cart": 200,
    "use_unknown_coupon": 422,
    "add_item": 201,
    "add_too_many": 422,
    "change_item": 200,
    "remove_item": 200,
    "list_shipping_methods": 200,
    "hold_cart": 201,
    "delete_cart": 200,
}
SAMPLE_ID = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(
    api: Callable[[str], Api], table: Table, store: Store, make_store: MakeStore, name: str, status: int
) -> None:
    put_on_sale(table, store, "MUG-BLUE")
    cart = Shopper(api, store).a_cart(("MUG-BLUE", 1))
    elsewhere = make_store(name="Elsewhere")
    sample = (EVENTS / f"{name}.json").read_text()
    for sample_name, real_name in {
        f"cart_{SAMPLE_ID}": cart["id"],
        f"itm_{SAMPLE_ID}": cart["items"][0]["id"],
        "harbour.localhost": store.default_domain,
        "elsewhere.localhost": elsewhere.default_domain,
    }.items():
        sample = sample.replace(sample_name, real_name)

    reply = api("checkout").send(json.loads(sample))

    assert reply.status == status
    assert reply.headers["content-type"].startswith("application/problem+json" if status > 299 else "application/json")


def test_every_sample_event_of_carts_is_tried() -> None:
    paths = {file.stem: json.loads(file.read_text())["rawPath"] for file in EVENTS.glob("*.json")}

    of_carts = {
        name for name, path in paths.items() if "/carts" in path and not path.endswith(("/checkout", "/reopen"))
    }
    assert of_carts == set(ANSWERS)
