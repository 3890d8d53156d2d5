"""Products in the table: made, changed and deleted, and what refuses that."""

import pytest

from storekeeper.catalog import ProductStatus
from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.listings.store import find_listing
from storekeeper.catalog.products import store as products
from storekeeper.catalog.products import writes
from storekeeper.catalog.products.items import sku_key
from storekeeper.catalog.products.model import MAX_VARIANTS_AT_ONCE, ProductInUse, SkuTaken, revised
from storekeeper.catalog.products.store import ProductFilter, list_products, read_product
from storekeeper.catalog.products.use_cases import change_product, create_product, delete_product
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.table.catalog.shop import NOW, a_variant, details, list_in, make_product, mark_as_stocked, usd


def test_a_product_is_read_as_it_was_made(table: Table) -> None:
    made = make_product(
        table,
        a_variant("MUG-BLUE", options={"Color": "Blue"}, compare_at_price=usd("15.00"), weight_g=350),
        a_variant("MUG-RED", options={"Color": "Red"}, active=False),
        description="Holds a third of a liter.",
        tags=("kitchen",),
        custom_fields={"glaze": "matt"},
    )

    assert read_product(table, made.id) == made
    assert made.details.options == ("Color",)
    assert made.details.published_at == NOW


def test_a_slug_comes_from_the_title_and_is_numbered_when_taken(table: Table) -> None:
    slugs = [make_product(table, a_variant(f"SKU-{n}"), title="Crème Brûlée!").details.slug for n in range(3)]

    assert slugs == ["creme-brulee", "creme-brulee-2", "creme-brulee-3"]


def test_a_title_without_latin_letters_gives_a_slug_of_the_id(table: Table) -> None:
    made = make_product(table, title="茶碗")

    assert made.details.slug == made.id.removeprefix("prd_").lower()


def test_as_many_variants_as_go_into_one_transaction_are_made_at_once(table: Table) -> None:
    variants = [a_variant(f"SKU-{n}") for n in range(MAX_VARIANTS_AT_ONCE)]

    made = make_product(table, *variants)

    assert [variant.sku for variant in read_product(table, made.id).variants] == [one.sku for one in variants]
    with pytest.raises(Invalid) as refused:
        make_product(table, *[a_variant(f"MORE-{n}") for n in range(MAX_VARIANTS_AT_ONCE + 1)])
    assert refused.value.faults[0].code == "too_many_variants"


@pytest.mark.guards("storekeeper.catalog.products.writes.create_product_item")
def test_a_product_is_made_once(table: Table) -> None:
    made = make_product(table)

    with pytest.raises(WriteRefused):
        table.write(writes.create_product_item(table.tenant_id, replace(made, listings_made=7)))

    assert read_product(table, made.id) == made


@pytest.mark.guards("storekeeper.catalog.products.writes.claim_sku")
def test_a_sku_is_one_products(table: Table) -> None:
    first = make_product(table, a_variant("MUG"))

    with pytest.raises(SkuTaken):
        make_product(table, a_variant("MUG"), title="Other")

    assert products.product_of_sku(table, "MUG") == first.id
    assert products.product_of_slug(table, "other") is None


@pytest.mark.guards("storekeeper.catalog.products.writes.claim_slug")
def test_a_slug_that_is_given_is_one_products(table: Table) -> None:
    first = make_product(table, slug="mug")

    with pytest.raises(SlugTaken):
        make_product(table, a_variant("OTHER"), slug="mug")

    assert products.product_of_slug(table, "mug") == first.id
    assert products.product_of_sku(table, "OTHER") is None


def test_a_changed_slug_frees_the_old_one(table: Table) -> None:
    made = make_product(table, slug="mug")

    change_product(made.id, lambda known: replace(known, slug="cup"), table=table, now=NOW)

    assert products.product_of_slug(table, "cup") == made.id
    assert make_product(table, a_variant("NEXT"), slug="mug").details.slug == "mug"


@pytest.mark.guards("storekeeper.catalog.products.writes.release_slug")
def test_a_slug_that_is_meanwhile_anothers_is_not_freed(table: Table) -> None:
    old = make_product(table, slug="mug")
    change_product(old.id, lambda known: replace(known, slug="cup"), table=table, now=NOW)
    new = make_product(table, a_variant("NEXT"), slug="mug")

    with pytest.raises(WriteRefused):
        table.write(writes.release_slug(table.tenant_id, old))

    assert products.product_of_slug(table, "mug") == new.id


@pytest.mark.guards("storekeeper.catalog.products.writes.put_product", clause="version = :version")
def test_a_change_of_a_stale_product_writes_nothing(table: Table) -> None:
    stale = make_product(table)
    change_product(stale.id, lambda known: replace(known, title="Cup"), table=table, now=NOW)

    changed = revised(stale, now=NOW, details=replace(stale.details, title="Beaker"))
    with pytest.raises(WriteRefused):
        table.write(writes.put_product(table.tenant_id, changed, was=stale))

    assert read_product(table, stale.id).details.title == "Cup"


@pytest.mark.guards("storekeeper.catalog.products.writes.put_product", clause="listings_made = :listings_made")
def test_a_change_does_not_forget_a_listing_that_was_counted_meanwhile(table: Table, store: Store) -> None:
    stale = make_product(table)
    list_in(store, stale, table=table)

    changed = revised(stale, now=NOW, details=replace(stale.details, title="Cup"))
    with pytest.raises(WriteRefused):
        table.write(writes.put_product(table.tenant_id, changed, was=stale))

    assert read_product(table, stale.id).listings_made == 1


def test_a_change_that_loses_a_race_is_made_again(table: Table) -> None:
    made = make_product(table)
    raced: list[bool] = []

    def revise(known: object) -> object:
        if not raced:
            raced.append(True)
            change_product(made.id, lambda other: replace(other, featured=True), table=table, now=NOW)
        return replace(known, title="Cup")  # type: ignore[type-var]

    changed = change_product(made.id, revise, table=table, now=NOW)  # type: ignore[arg-type]

    assert (changed.version, changed.details.title, changed.details.featured) == (3, "Cup", True)


def test_a_product_goes_with_all_that_is_its_own(table: Table, store: Store) -> None:
    made = make_product(table, a_variant("MUG"), slug="mug")
    list_in(store, made, table=table)

    delete_product(made.id, table=table)

    with pytest.raises(NotFound):
        read_product(table, made.id)
    assert find_listing(table, store.id, made.id) is None
    assert make_product(table, a_variant("MUG"), slug="mug").details.slug == "mug"


def test_a_product_whose_sku_had_stock_is_kept(table: Table) -> None:
    made = make_product(table, a_variant("MUG"))
    mark_as_stocked(table, sku_key(table.tenant_id, "MUG"))

    with pytest.raises(ProductInUse):
        delete_product(made.id, table=table)

    assert read_product(table, made.id) == made


@pytest.mark.guards("storekeeper.catalog.products.writes.release_sku", clause="attribute_not_exists(stocked)")
def test_a_deletion_decided_before_stock_came_deletes_nothing(table: Table) -> None:
    made = make_product(table, a_variant("MUG"))
    stale = list(writes.deletion_writes(table.tenant_id, made))
    mark_as_stocked(table, sku_key(table.tenant_id, "MUG"))

    with pytest.raises(ProductInUse):
        table.write(*stale)

    assert read_product(table, made.id) == made
    assert products.product_of_sku(table, "MUG") == made.id


@pytest.mark.guards("storekeeper.catalog.products.writes.delete_product_item", clause="version = :version")
def test_a_deletion_of_a_stale_product_deletes_nothing(table: Table) -> None:
    stale = make_product(table)
    changed = change_product(stale.id, lambda known: replace(known, title="Cup"), table=table, now=NOW)

    with pytest.raises(WriteRefused):
        table.write(writes.delete_product_item(table.tenant_id, stale))

    assert read_product(table, stale.id) == changed


@pytest.mark.guards("storekeeper.catalog.products.writes.delete_product_item", clause="listings_made = :listings_made")
def test_a_product_that_was_listed_meanwhile_is_not_deleted_under_its_listing(table: Table, store: Store) -> None:
    stale = make_product(table)
    list_in(store, stale, table=table)

    with pytest.raises(WriteRefused):
        table.write(writes.delete_product_item(table.tenant_id, stale))

    assert read_product(table, stale.id).listings_made == 1


@pytest.mark.guards("storekeeper.catalog.products.writes.count_listing")
def test_a_listing_of_a_deleted_product_is_not_counted(table: Table) -> None:
    made = make_product(table)
    delete_product(made.id, table=table)
    gone = NotFound("gone")

    with pytest.raises(NotFound) as refused:
        table.write(writes.count_listing(table.tenant_id, made.id, otherwise=gone))

    assert refused.value is gone
    with pytest.raises(NotFound, match="product"):
        read_product(table, made.id)


def test_a_product_of_another_tenant_is_as_absent_as_none(table: Table, other_table: Table) -> None:
    made = make_product(table, a_variant("MUG"), slug="mug")

    with pytest.raises(NotFound):
        read_product(other_table, made.id)
    with pytest.raises(NotFound):
        change_product(made.id, lambda known: known, table=other_table, now=NOW)
    with pytest.raises(NotFound):
        delete_product(made.id, table=other_table)
    assert products.product_of_sku(other_table, "MUG") is None
    assert products.product_of_slug(other_table, "mug") is None
    assert list_products(other_table, ProductFilter(), after=None, limit=50).entries == ()


def test_the_same_sku_and_slug_may_be_another_tenants_too(table: Table, other_table: Table) -> None:
    make_product(table, a_variant("MUG"), slug="mug")

    assert make_product(other_table, a_variant("MUG"), slug="mug").details.slug == "mug"


def test_a_product_that_fits_no_single_transaction_asks_for_its_variants_first(table: Table) -> None:
    variants = tuple(a_variant(f"SKU-{n}") for n in range(MAX_VARIANTS_AT_ONCE))
    made = make_product(table, *variants)
    grown = made
    for number in range(5):
        grown = revised(grown, now=NOW, variants=(*grown.variants, a_variant(f"MORE-{number}", position=100 + number)))
    table.write(*writes.change_writes(table.tenant_id, made, replace(grown, version=2)))

    with pytest.raises(ProductInUse):
        delete_product(made.id, table=table)

    assert len(read_product(table, made.id).variants) == MAX_VARIANTS_AT_ONCE + 5


def test_an_unknown_product_is_not_found(table: Table) -> None:
    for product_id in ("prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "mug", "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "prd_#"):
        with pytest.raises(NotFound):
            read_product(table, ProductId(product_id))


def test_a_draft_is_published_when_it_is_first_active(table: Table) -> None:
    made = create_product(details(status=ProductStatus.DRAFT), [a_variant()], table=table, now=NOW)

    changed = change_product(made.id, lambda known: replace(known, status=ProductStatus.ACTIVE), table=table, now=NOW)

    assert (made.details.published_at, changed.details.published_at) == (None, NOW)
