"""What becomes of a product that is sold out: at once, everywhere, and back by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from projector.app import handler as projector
from storekeeper.catalog.collections.picking import add_products
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.conftest import Api
from tests.streaming import Stream
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_collection, make_product


class Shop:
    """A store with a bowl of which none is left and a mug of which one kind is, and its projector."""

    def __init__(self, api: Callable[[str], Api], table: Table, store: Store, stream: Stream) -> None:
        self.inventory, self.storefront, self.checkout = api("inventory"), api("storefront"), api("checkout")
        self.table, self.store, self.stream = table, store, stream
        kitchen = make_category(store, "Kitchen", table=table)
        self.bowl = make_product(table, a_variant("BOWL"), title="Bowl")
        self.mug = make_product(
            table,
            a_variant("RED", options={"C": "Red"}),
            a_variant("BLUE", options={"C": "Blue"}),
            title="Mug",
            now=NOW + timedelta(seconds=1),
        )
        for product in (self.bowl, self.mug):
            list_in(store, product, table=table, category_ids=(kitchen.id,))
        collection = make_collection(store, "Gifts", table=table)
        add_products(collection.id, [self.bowl.id, self.mug.id], shop=store, table=table, now=NOW)
        restock(table, "BLUE", 5)
        self.project()

    def project(self) -> None:
        assert projector({"Records": self.stream.records()}, None) == {"batchItemFailures": []}

    def at_zero(self, choice: str) -> None:
        reply = self.inventory.patch(f"/v1/stores/{self.store.id}/stock", {"at_zero": choice})
        assert (reply.status, reply.json["at_zero"]) == (200, choice)

    def adjust(self, sku: str, quantity: int) -> None:
        body = {"sku": sku, "type": "adjustment", "quantity": quantity}
        assert self.inventory.post("/v1/inventory/adjustments", body).status == 201

    def path(self, store: Store | None = None) -> str:
        return f"/v1/storefront/{(store or self.store).domains[0]}"

    def titles(self, query: dict[str, Any] | None = None, *, store: Store | None = None) -> list[str]:
        reply = self.storefront.get(f"{self.path(store)}/products", query=query or {})
        assert reply.status == 200, reply.text
        return [card["title"] for card in reply.json["data"]]

    def page(self, slug: str) -> Any:
        return self.storefront.get(f"{self.path()}/products/{slug}")


@pytest.fixture
def shop(cloud: DataCloud, api: Callable[[str], Api], table: Table, store: Store) -> Shop:
    return Shop(api, table, store, Stream(cloud, table.tenant_id))


LISTS: tuple[dict[str, str], ...] = (
    {},
    {"sort": "title"},
    {"category": "kitchen"},
    {"collection": "gifts"},
    {"collection": "gifts", "sort": "title"},
)


@pytest.mark.parametrize("query", LISTS)
def test_what_is_sold_out_is_in_no_list_of_a_store_that_hides_it(shop: Shop, query: dict[str, str]) -> None:
    before = shop.titles(query)
    shop.at_zero("hide")

    assert (before, shop.titles(query)) == (["Bowl", "Mug"], ["Mug"])
    assert shop.titles({"q": "bowl", **query}) == shop.titles({"in_stock": "false", **query}) == []


def test_its_page_is_not_found_and_comes_back_with_stock(shop: Shop) -> None:
    assert shop.page("bowl").status == 200
    shop.at_zero("hide")
    hidden = shop.page("bowl")

    shop.adjust("BOWL", 1)
    assert (hidden.status, hidden.code, shop.page("bowl").status) == (404, "not_found", 200)
    shop.project()
    assert shop.titles() == ["Bowl", "Mug"]

    shop.adjust("BOWL", -1)
    assert shop.page("bowl").status == 404
    shop.project()
    assert shop.titles() == ["Mug"]


def test_a_product_is_shown_as_long_as_one_variant_is_there(shop: Shop) -> None:
    shop.at_zero("hide")
    shown = {one["sku"]: one["availability"] for one in shop.page("mug").json["variants"]}

    assert shown == {"RED": "out_of_stock", "BLUE": "in_stock"}
    assert shop.page("mug").json["availability"] == "in_stock"


@pytest.mark.parametrize(
    ("choice", "availability"), [("show_out_of_stock", "out_of_stock"), ("pre_order", "pre_order")]
)
def test_what_is_sold_out_is_shown_as_the_store_says(shop: Shop, choice: str, availability: str) -> None:
    shop.at_zero(choice)

    cards = {
        card["title"]: (card["in_stock"], card["availability"])
        for card in shop.storefront.get(f"{shop.path()}/products").json["data"]
    }
    page = shop.page("bowl").json
    assert cards == {"Bowl": (False, availability), "Mug": (True, "in_stock")}
    assert (page["in_stock"], page["availability"], page["variants"][0]["availability"]) == (
        False,
        availability,
        availability,
    )


@pytest.mark.parametrize(
    ("choice", "availability"),
    [("hide", "out_of_stock"), ("show_out_of_stock", "out_of_stock"), ("pre_order", "pre_order")],
)
def test_carts_say_so_and_checkout_refuses_what_is_not_there(shop: Shop, choice: str, availability: str) -> None:
    shop.at_zero(choice)
    cart = f"{shop.path()}/carts/{shop.checkout.post(f'{shop.path()}/carts', {}).json['id']}"

    (item,) = shop.checkout.post(f"{cart}/items", {"sku": "BOWL", "quantity": 1}).json["items"]
    held = shop.checkout.post(f"{cart}/hold")

    assert (item["available"], item["availability"]) == (0, availability)
    assert (held.status, held.code) == (409, "insufficient_stock")


def test_each_store_decides_for_itself_over_the_same_stock(shop: Shop, make_store: MakeStore) -> None:
    second = make_store(name="Second")
    list_in(second, shop.bowl, table=shop.table)
    shop.at_zero("hide")
    shop.project()
    assert (shop.titles(), shop.titles(store=second)) == (["Mug"], ["Bowl"])

    shop.adjust("BOWL", 3)
    shop.project()
    assert (shop.titles(), shop.titles(store=second)) == (["Bowl", "Mug"], ["Bowl"])


def test_what_was_hidden_is_shown_as_soon_as_the_store_says_so(shop: Shop) -> None:
    shop.at_zero("hide")
    shop.at_zero("show_out_of_stock")

    assert shop.titles() == ["Bowl", "Mug"]
