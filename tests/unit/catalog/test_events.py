"""What is told of changes of the catalog."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeeper.catalog import events_of
from storekeeper.kernel.changes import Change
from storekeeper.kernel.keys import Key

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRODUCT: dict[str, Any] = {
    "type": "product",
    "id": "prd_1",
    "version": 1,
    "title": "Mug",
    "slug": "mug",
    "status": "draft",
    "currency": "USD",
    "updated_at": "2026-11-20T11:00:00.000Z",
}
LISTING: dict[str, Any] = {
    "type": "listing",
    "id": "lst_1",
    "store_id": "sto_1",
    "product_id": "prd_1",
    "version": 1,
    "visible": True,
    "promoted": False,
    "updated_at": "2026-11-20T11:00:00.000Z",
}

COLLECTION: dict[str, Any] = {
    "type": "collection",
    "id": "col_1",
    "store_id": "sto_1",
    "title": "Gifts",
    "slug": "gifts",
    "visible": True,
    "product_count": 1,
    "version": 1,
    "updated_at": "2026-11-20T11:00:00.000Z",
}


def change(old: dict[str, Any] | None, new: dict[str, Any] | None) -> Change:
    return Change(Key("T#ten_1#P#prd_1", "PRODUCT"), old, new, "1", AT)


def later(item: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**item, "version": item["version"] + 1, **fields}


@pytest.mark.parametrize(
    ("_case", "old", "new", "ids"),
    [
        ("made", None, PRODUCT, ["product.created:prd_1:1"]),
        ("changed", PRODUCT, later(PRODUCT, title="Cup"), ["product.updated:prd_1:2"]),
        (
            "archived",
            PRODUCT,
            later(PRODUCT, status="archived"),
            ["product.updated:prd_1:2", "product.archived:prd_1:2"],
        ),
        ("deleted", PRODUCT, None, ["product.deleted:prd_1:2"]),
        ("a listing of it counted", PRODUCT, {**PRODUCT, "listings_made": 1}, []),
        ("listed", None, LISTING, ["listing.created:lst_1:1"]),
        ("hidden", LISTING, later(LISTING, visible=False), ["listing.updated:lst_1:2"]),
        ("unlisted", LISTING, None, ["listing.deleted:lst_1:2"]),
        ("a variant, of which its product tells", None, {"type": "variant", "version": 1}, []),
        ("a category", None, {**LISTING, "type": "category", "id": "cat_1"}, ["category.created:cat_1:1"]),
        ("a collection", None, COLLECTION, ["collection.created:col_1:1"]),
        ("its products", COLLECTION, later(COLLECTION, product_count=2), ["collection.updated:col_1:2"]),
        ("a collection deleted", COLLECTION, None, ["collection.deleted:col_1:2"]),
        ("its order, of which it tells", None, {"type": "collection_order", "version": 2}, []),
    ],
)
def test_a_change_is_told_once(
    _case: str, old: dict[str, Any] | None, new: dict[str, Any] | None, ids: list[str]
) -> None:
    assert [event.id for event in events_of(change(old, new))] == ids


def test_an_event_tells_whose_and_when() -> None:
    (event,) = events_of(change(LISTING, later(LISTING, visible=False, updated_at="2026-11-20T11:30:00.000Z")))

    assert (event.tenant_id, event.store_id, event.occurred_at) == ("ten_1", "sto_1", "2026-11-20T11:30:00.000Z")
    assert event.data == {"id": "lst_1", "product_id": "prd_1", "visible": False, "promoted": False}


def test_a_deletion_happened_when_the_stream_says() -> None:
    (event,) = events_of(change(PRODUCT, None))

    assert event.occurred_at == "2026-11-20T12:00:00.000Z"
