"""Cards made from nothing."""

from local.testing import DataCloud
from storekeeper.catalog.listings import use_cases as listings
from storekeeper.kernel.table import Table
from storekeeper.search import CardSearch, Search, rebuild
from storekeeper.tenancy import Store
from tests.emulated import all_items
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_product
from tests.table.search.conftest import Follow, Shown


def test_cards_rebuilt_from_nothing_equal_the_live_ones(
    table: Table, store: Store, follow: Follow, cloud: DataCloud
) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    for number in range(12):
        product = make_product(table, a_variant(f"S-{number}"), title=f"Mug {number}")
        list_in(store, product, table=table, category_ids=(kitchen.id,), sort_order=number % 3, visible=number != 5)
    restock(table, "S-1", 1)
    follow()
    live = cards_in(table, cloud)
    forget_cards(table, cloud)
    assert CardSearch(table).find(Search(), store_id=store.id, after=None, limit=200).entries == ()

    looked_at = rebuild(table, store.id, now=NOW)

    assert looked_at == 12
    assert cards_in(table, cloud) == live


def test_rebuilding_takes_strays_away(table: Table, store: Store, follow: Follow, shown: Shown) -> None:
    product = make_product(table)
    listing = list_in(store, product, table=table)
    follow()
    listings.delete_listing(listing.id, shop=store, table=table)
    assert shown() == ["Mug"]

    rebuild(table, store.id, now=NOW)

    assert shown() == []


def cards_in(table: Table, cloud: DataCloud) -> dict[tuple[str, str], object]:
    """What the tenant's cards say, without their versions and stamps."""
    told = ("card", "gsi1pk", "gsi1sk")
    return {
        (item["pk"], item["sk"]): [item.get(name) for name in told]
        for item in all_items(cloud)
        if item["pk"].startswith(f"T#{table.tenant_id}#") and item["type"] in {"card", "category_card"}
        if "card" in item
    }


def forget_cards(table: Table, cloud: DataCloud) -> None:
    """Lose every card of the tenant, tombstones too."""
    client = cloud.client("dynamodb")
    for item in list(all_items(cloud)):
        if item["pk"].startswith(f"T#{table.tenant_id}#") and item["type"] in {"card", "category_card"}:
            key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
            client.delete_item(TableName=cloud.table, Key=key)
