"""A merchant's catalog over HTTP."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from storekeeper.tenancy import Store
from tests.functions.conftest import Api

Make: TypeAlias = Callable[..., dict[str, Any]]

MUG: dict[str, Any] = {
    "title": "Mug",
    "slug": "mug",
    "description": "Holds a third of a liter.",
    "status": "active",
    "options": ["Color"],
    "variants": [{"sku": "MUG-BLUE", "options": {"Color": "Blue"}, "price": "12.50", "cost": "4.00", "weight_g": 350}],
}


@pytest.fixture
def client(api: Callable[[str], Api]) -> Api:
    """Calls `catalog` with a key of every scope."""
    return api("catalog")


@pytest.fixture
def make_product(client: Api) -> Make:
    """Makes the blue mug, or what differs from it."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = client.post("/v1/products", {**MUG, **fields})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    return make


@pytest.fixture
def mug(make_product: Make) -> dict[str, Any]:
    """The blue mug."""
    return make_product()


@pytest.fixture
def make_category(client: Api, store: Store) -> Make:
    """Makes a category of the store."""

    def make(**fields: Any) -> dict[str, Any]:
        reply = client.post(f"/v1/stores/{store.id}/categories", {"name": "Kitchen", **fields})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    return make


@pytest.fixture
def make_listing(client: Api, store: Store) -> Make:
    """Lists a product in the store."""

    def make(product: dict[str, Any], **fields: Any) -> dict[str, Any]:
        reply = client.post(f"/v1/stores/{store.id}/listings", {"product_id": product["id"], **fields})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    return make


@pytest.fixture
def make_collection(client: Api, store: Store) -> Make:
    """Makes a collection of the store, of these products, which it lists."""

    def make(*products: dict[str, Any], **fields: Any) -> dict[str, Any]:
        path = f"/v1/stores/{store.id}/collections"
        reply = client.post(path, {"title": "Gifts", **fields})
        assert reply.status == 201, reply.text
        if products:
            reply = client.post(
                f"{path}/{reply.json['id']}/products", {"product_ids": [product["id"] for product in products]}
            )
            assert reply.status == 200, reply.text
        return dict(reply.json)

    return make


@pytest.fixture
def collections(store: Store) -> str:
    """Where the store's collections are."""
    return f"/v1/stores/{store.id}/collections"


@pytest.fixture
def shelf(make_product: Make, make_listing: Make) -> list[dict[str, Any]]:
    """Four listed products: A to D."""
    made = [make_product(title=title, slug=None, variants=[{"sku": title, "price": "1"}]) for title in "ABCD"]
    for product in made:
        make_listing(product)
    return made
