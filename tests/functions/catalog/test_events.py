"""Every sample event of the catalog, as `sam local invoke` would send it, and what comes of it."""

import json
from typing import Any

import pytest

from storekeeper.tenancy import Store
from tests.functions.catalog.conftest import Make
from tests.functions.conftest import Api, MakeSecret
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "catalog"
SAMPLE_ID = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
DOWNLOAD = {"name": "handbook.pdf", "content_type": "application/pdf"}
ANSWERS = {
    "list_products": 200,
    "list_products_beyond_limit": 422,
    "find_product_by_sku": 200,
    "create_product": 201,
    "create_product_with_taken_sku": 409,
    "create_product_with_taken_slug": 409,
    "create_product_without_price": 422,
    "read_product": 200,
    "read_unknown_product": 404,
    "change_product": 200,
    "change_product_with_variants": 422,
    "delete_product": 204,
    "list_variants": 200,
    "add_variant": 201,
    "change_variant": 200,
    "delete_variant": 204,
    "announce_image": 201,
    "confirm_image_that_is_not_uploaded": 409,
    "change_image": 200,
    "delete_image": 204,
    "list_listings": 200,
    "create_listing_twice": 409,
    "create_listing_of_unknown_product": 422,
    "read_listing": 200,
    "change_listing": 200,
    "delete_listing": 204,
    "list_categories": 200,
    "create_category": 201,
    "create_category_below_nothing": 422,
    "change_category": 200,
    "delete_category": 204,
    "announce_category_image": 201,
    "list_collections": 200,
    "find_collections_of_product": 200,
    "create_collection": 201,
    "create_collection_with_taken_slug": 409,
    "read_collection": 200,
    "read_unknown_collection": 404,
    "change_collection": 200,
    "delete_collection": 204,
    "list_collection_products": 200,
    "add_collection_products": 200,
    "add_unlisted_collection_product": 422,
    "move_collection_product": 200,
    "remove_collection_product": 204,
    "arrange_collection_products": 200,
    "announce_collection_image": 201,
    "confirm_collection_image_that_is_not_uploaded": 409,
    "delete_collection_image": 204,
    "list_downloads": 200,
    "announce_download": 201,
    "confirm_download_that_is_not_uploaded": 409,
    "replace_file": 201,
    "change_download": 200,
    "withdraw_download": 204,
}


def test_every_sample_event_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == set(ANSWERS)


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(
    client: Api,
    store: Store,
    mug: dict[str, Any],
    make_listing: Make,
    make_category: Make,
    make_collection: Make,
    make_secret: MakeSecret,
    name: str,
    status: int,
) -> None:
    image = client.post(f"/v1/products/{mug['id']}/images", {"content_type": "image/png"}).json
    listing, collection = make_listing(mug), make_collection(mug)
    client.post(f"/v1/stores/{store.id}/collections/{collection['id']}/image", {"content_type": "image/png"})
    made = {
        "prd": mug["id"],
        "var": mug["variants"][0]["id"],
        "img": image["id"],
        "sto": store.id,
        "lst": listing["id"],
        "cat": make_category()["id"],
        "col": collection["id"],
    }
    sample = (EVENTS / f"{name}.json").read_text().replace("sk_demo", make_secret())
    if f"dl_{SAMPLE_ID}" in sample:  # a product that has downloads could not be deleted
        made["dl"] = client.post(f"/v1/products/{mug['id']}/downloads", DOWNLOAD).json["id"]
    for prefix, identifier in made.items():
        sample = sample.replace(f"{prefix}_{SAMPLE_ID}", identifier)

    reply = client.send(json.loads(sample))

    assert reply.status == status, reply.text
    if status != 204:
        assert reply.headers["content-type"] == ("application/json" if status < 300 else "application/problem+json")
