"""What a patch of a cart leaves as it was, and what it takes away."""

from collections.abc import Callable

import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.functions.checkout.shopper import Shopper
from tests.functions.conftest import Api
from tests.table.carts.shop import put_on_sale


@pytest.fixture
def shopper(api: Callable[[str], Api], table: Table, store: Store) -> Shopper:
    put_on_sale(table, store, "MUG")
    return Shopper(api, store)


def test_utm_data_is_merged_and_null_takes_away(shopper: Shopper) -> None:
    cart = shopper.a_cart(utm={"source": "mail", "medium": "news"})

    merged = shopper("PATCH", f"/{cart['id']}", {"utm": {"medium": None, "campaign": "advent"}})
    emptied = shopper("PATCH", f"/{cart['id']}", {"utm": None})

    assert merged.json["utm"] == {"source": "mail", "campaign": "advent"}
    assert emptied.json["utm"] == {}


def test_an_address_is_replaced_as_a_whole(shopper: Shopper) -> None:
    """Or a parcel would go to the apartment of the address before."""
    home = {"line1": "Pier 1", "line2": "Top floor", "city": "Portland", "region": "ME", "country": "US"}
    cart = shopper.a_cart(shipping_address=home)

    moved = shopper(
        "PATCH", f"/{cart['id']}", {"shipping_address": {"line1": "Kai 2", "city": "Hamburg", "country": "DE"}}
    )

    address = moved.json["shipping_address"]
    assert (address["line1"], address["line2"], address["region"]) == ("Kai 2", None, None)


@pytest.mark.parametrize("field", ["coupon_codes", "gift_card_codes"])
def test_a_code_of_nobody_is_named(shopper: Shopper, field: str) -> None:
    cart = shopper.a_cart()

    reply = shopper("PATCH", f"/{cart['id']}", {field: ["SUMMER", "WINTER"], "note": "Hello"})

    assert (reply.status, reply.code) == (422, "code_unknown")
    assert [fault["field"] for fault in reply.json["errors"]] == [f"{field}.0", f"{field}.1"]
    assert shopper("GET", f"/{cart['id']}").json["note"] is None
