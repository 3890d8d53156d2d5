"""The page of a product: it shows every write that was answered, in one round of reads once it is known."""

from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.catalog import Product, ProductStatus, TreeCache, Variant
from storekeeper.catalog.images import new_image
from storekeeper.catalog.listings.use_cases import change_listing, delete_listing
from storekeeper.catalog.products import pictures
from storekeeper.catalog.products.use_cases import change_product
from storekeeper.catalog.products.variants import add_variant, change_variant
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.search import PageReader
from storekeeper.tenancy import SettingsCache, Store, StoreStatus, StoreUnavailable
from storekeeper.tenancy.locations.use_cases import create_location
from storekeeper.tenancy.stores.use_cases import change_store
from tests.counting import CountingWire
from tests.emulated import MakeStore
from tests.table.carts.shop import restock
from tests.table.catalog.shop import NOW, a_variant, list_in, make_category, make_product, usd


@pytest.fixture
def pages() -> PageReader:
    """An environment that has seen no page yet."""
    return PageReader(SettingsCache(), TreeCache())


@pytest.fixture
def mug(table: Table, store: Store) -> Product:
    """A listed mug, five in stock."""
    product = make_product(table, a_variant("MUG"), slug="mug")
    list_in(store, product, table=table)
    restock(table, "MUG", 5)
    return product


def rename(product: Product, slug: str, *, table: Table) -> None:
    """Give the product another slug."""
    change_product(product.id, lambda known: replace(known, slug=slug), table=table, now=NOW)


def units(pages: PageReader, table: Table, store: Store, slug: str = "mug") -> dict[str, int]:
    """What of each SKU the page says is available."""
    return {sold.variant.sku: sold.available for sold in pages.read(table, store.id, slug).variants}


@pytest.mark.usefixtures("mug")
def test_a_page_shows_what_can_be_bought_now(pages: PageReader, table: Table, store: Store) -> None:
    seen = [units(pages, table, store)["MUG"]]
    restock(table, "MUG", 2)
    seen.append(units(pages, table, store)["MUG"])

    assert seen == [5, 7]


@pytest.mark.usefixtures("mug")
def test_a_page_that_was_seen_before_takes_one_round_of_reads(
    pages: PageReader, table: Table, store: Store, cloud: DataCloud, wire: Any
) -> None:
    make_category(store, "Kitchen", table=table)
    counting = CountingWire(wire)
    counted = Table(counting, cloud.table, tenant_id=table.tenant_id, trace=table.trace)
    pages.read(counted, store.id, "mug")
    counting.calls.clear()

    pages.read(counted, store.id, "mug")

    assert sorted(counting.calls) == ["batch_get_item", "query"]


def test_a_changed_slug_holds_at_once(pages: PageReader, table: Table, store: Store, mug: Product) -> None:
    pages.read(table, store.id, "mug")
    rename(mug, "cup", table=table)

    assert pages.read(table, store.id, "cup").product.id == mug.id
    with pytest.raises(NotFound):
        pages.read(table, store.id, "mug")


def test_a_slug_that_another_product_took_over_shows_that_one(
    pages: PageReader, table: Table, store: Store, mug: Product
) -> None:
    pages.read(table, store.id, "mug")
    rename(mug, "cup", table=table)
    other = make_product(table, a_variant("OTHER"), slug="mug")
    list_in(store, other, table=table)

    assert pages.read(table, store.id, "mug").product.id == other.id


def test_a_new_variant_and_a_renamed_sku_hold_at_once(
    pages: PageReader, table: Table, store: Store, mug: Product
) -> None:
    pages.read(table, store.id, "mug")
    added = add_variant(mug.id, lambda _: a_variant("LARGE"), table=table, now=NOW)

    def renamed(_: Product, variant: Variant) -> Variant:
        return replace(variant, sku="HUGE")

    change_variant(mug.id, added.variants[1].id, renamed, table=table, now=NOW)
    restock(table, "HUGE", 3)

    assert units(pages, table, store) == {"MUG": 5, "HUGE": 3}


@pytest.mark.usefixtures("mug")
def test_a_new_location_counts_at_once(pages: PageReader, table: Table, store: Store) -> None:
    pages.read(table, store.id, "mug")
    create_location(name="West", address=None, is_default=True, table=table, now=NOW)
    restock(table, "MUG", 4)

    assert units(pages, table, store) == {"MUG": 9}


@pytest.mark.parametrize("hide", ["draft", "archive", "hide", "unlist"])
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
def test_what_shoppers_may_not_know_of_has_no_page(
    pages: PageReader, table: Table, store: Store, mug: Product, hide: str, is_known: bool
) -> None:
    listing = pages.read(table, store.id, "mug").listing
    if hide in {"draft", "archive"}:
        status = ProductStatus.DRAFT if hide == "draft" else ProductStatus.ARCHIVED
        change_product(mug.id, lambda known: replace(known, status=status), table=table, now=NOW)
    elif hide == "hide":
        change_listing(listing.id, lambda known: replace(known, visible=False), shop=store, table=table, now=NOW)
    else:
        delete_listing(listing.id, shop=store, table=table)

    reader = pages if is_known else PageReader(SettingsCache(), TreeCache())
    with pytest.raises(NotFound):
        reader.read(table, store.id, "mug")


@pytest.mark.usefixtures("mug")
def test_a_page_is_one_stores(
    pages: PageReader, table: Table, other_table: Table, store: Store, make_store: MakeStore
) -> None:
    pages.read(table, store.id, "mug")
    foreign = make_store(table=other_table)

    for gateway, shop in ((table, make_store(name="Quay")), (other_table, foreign)):
        with pytest.raises(NotFound):
            pages.read(gateway, shop.id, "mug")


@pytest.mark.usefixtures("mug")
def test_a_store_that_is_closed_has_no_pages(pages: PageReader, table: Table, store: Store) -> None:
    pages.read(table, store.id, "mug")
    change_store(store.id, changes={"status": StoreStatus.INACTIVE}, settings={}, table=table, now=NOW)

    with pytest.raises(StoreUnavailable):
        pages.read(table, store.id, "mug")


def test_what_the_listing_says_counts(pages: PageReader, table: Table, store: Store) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    mugs = make_category(store, "Mugs", table=table, parent_id=kitchen.id)
    hidden = make_category(store, "Hidden", table=table, visible=False)
    product = make_product(table, a_variant("MUG"), slug="mug", description="The product's.")
    images = [new_image(table.tenant_id, product.id, content_type="image/png", alt=alt, now=NOW) for alt in "abc"]
    for image in images:
        pictures.announce_image(product.id, image, table=table, now=NOW)
    for image in images[:2]:
        pictures.confirm_image(product.id, image.id, is_stored=lambda _: True, table=table, now=NOW)
    list_in(
        store,
        product,
        table=table,
        description="The store's.",
        markup_bp=-2_000,
        category_ids=(mugs.id, hidden.id),
        image_ids=(images[1].id, images[0].id),
    )

    page = pages.read(table, store.id, "mug")

    assert page.listing.details.description == "The store's."
    assert [sold.price.amount for sold in page.variants] == [usd("10.00")]
    assert [image.alt for image in page.images] == ["b", "a"]
    assert page.paths == ((kitchen, mugs),)
