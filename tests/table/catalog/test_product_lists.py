"""The merchant's list of products."""

import pytest

from storekeeper.catalog import ProductStatus
from storekeeper.catalog.products import store as products
from storekeeper.catalog.products.store import ProductFilter, list_products
from storekeeper.kernel.table import Table
from tests.table.catalog.shop import a_variant, make_product


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_of_products_neither_skip_nor_repeat(table: Table, limit: int) -> None:
    made = [make_product(table, a_variant(f"SKU-{n}"), title=f"Mug {n}") for n in range(7)]

    shown, after = [], None
    while True:
        page = list_products(table, ProductFilter(), after=after, limit=limit)
        shown += [card["id"] for card in page.entries]
        if (after := page.next_position) is None:
            break

    assert shown == sorted((product.id for product in made), reverse=True)


@pytest.mark.parametrize(
    ("_case", "wanted", "titles"),
    [
        ("by status", ProductFilter(status="draft"), ["Draft"]),
        ("by tag", ProductFilter(tag="kitchen"), ["Cup", "Mug"]),
        ("featured", ProductFilter(featured=True), ["Cup"]),
        ("both", ProductFilter(tag="kitchen", featured=False), ["Mug"]),
    ],
)
def test_a_list_is_filtered(table: Table, _case: str, wanted: ProductFilter, titles: list[str]) -> None:
    make_product(table, a_variant("A"), title="Mug", tags=("kitchen",))
    make_product(table, a_variant("B"), title="Cup", tags=("kitchen",), featured=True)
    make_product(table, a_variant("C"), title="Draft", status=ProductStatus.DRAFT)

    page = list_products(table, wanted, after=None, limit=50)

    assert sorted(card["title"] for card in page.entries) == titles
    assert page.next_position is None


def test_a_card_is_found_by_sku_and_slug(table: Table) -> None:
    made = make_product(table, a_variant("MUG"), slug="mug")
    make_product(table, a_variant("CUP"), slug="cup")

    def found(**named: str | None) -> list[str]:
        page = products.find_card(table, ProductFilter(), **{"sku": None, "slug": None, **named})
        return [card["id"] for card in page.entries]

    assert found(sku="MUG") == found(slug="mug") == found(sku="MUG", slug="mug") == [made.id]
    assert found(sku="MUG", slug="cup") == found(sku="NONE") == found(slug="none") == []
