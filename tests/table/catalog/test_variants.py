"""Variants and images of a product in the table."""

import pytest

from storekeeper.catalog import Product, Variant
from storekeeper.catalog.images import NotUploaded, new_image
from storekeeper.catalog.parts import drop_part, put_part
from storekeeper.catalog.products import pictures
from storekeeper.catalog.products import store as products
from storekeeper.catalog.products.items import sku_key, text_item, text_key
from storekeeper.catalog.products.model import MAX_VARIANTS, SkuInUse, SkuTaken
from storekeeper.catalog.products.store import read_product
from storekeeper.catalog.products.variants import add_variant, change_variant, delete_variant
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from tests.table.catalog.shop import NOW, a_variant, make_product, mark_as_stocked, usd


def rename(product: Product, sku: str, *, table: Table) -> Product:
    """Give the product's first variant another SKU."""

    def revise(_: Product, variant: Variant) -> Variant:
        return replace(variant, sku=sku)

    return change_variant(product.id, product.variants[0].id, revise, table=table, now=NOW)


def test_a_variant_is_added_as_the_last(table: Table) -> None:
    made = make_product(table, a_variant("A"))

    changed = add_variant(made.id, lambda _: a_variant("B", options={"Size": "L"}), table=table, now=NOW)

    assert [variant.sku for variant in changed.variants] == ["A", "B"]
    assert (changed.version, changed.details.options) == (2, ("Size",))
    assert read_product(table, made.id) == changed


def test_a_variant_may_not_use_options_that_its_product_does_not_have(table: Table) -> None:
    made = make_product(table, a_variant("A", options={"Color": "Blue"}))

    with pytest.raises(Invalid) as refused:
        add_variant(made.id, lambda _: a_variant("B", options={"Colour": "Red"}), table=table, now=NOW)

    assert refused.value.faults[0].code == "option_unknown"
    assert products.product_of_sku(table, "B") is None


def test_a_product_has_at_most_a_hundred_variants(table: Table) -> None:
    made = make_product(table, *[a_variant(f"A-{n}") for n in range(45)])
    for number in range(45, MAX_VARIANTS):
        add_variant(made.id, lambda _, number=number: a_variant(f"A-{number}"), table=table, now=NOW)  # type: ignore[misc]

    with pytest.raises(Invalid) as refused:
        add_variant(made.id, lambda _: a_variant("ONE-MORE"), table=table, now=NOW)

    assert refused.value.faults[0].code == "too_many_variants"
    assert len(read_product(table, made.id).variants) == MAX_VARIANTS


def test_a_deleted_variant_frees_its_sku_and_keeps_the_order_of_the_others(table: Table) -> None:
    made = make_product(table, a_variant("A"), a_variant("B"), a_variant("C"))

    delete_variant(made.id, made.variants[0].id, table=table, now=NOW)
    changed = add_variant(made.id, lambda _: a_variant("A"), table=table, now=NOW)

    assert [variant.sku for variant in read_product(table, made.id).variants] == ["B", "C", "A"]
    assert changed.version == 3


def test_a_sku_without_stock_is_renamed(table: Table) -> None:
    made = make_product(table, a_variant("OLD"))

    changed = rename(made, "NEW", table=table)

    assert read_product(table, made.id) == changed
    assert products.product_of_sku(table, "NEW") == made.id
    assert products.product_of_sku(table, "OLD") is None


@pytest.mark.guards("storekeeper.catalog.products.writes.release_sku", clause="attribute_not_exists(stocked)")
def test_a_sku_that_had_stock_is_neither_renamed_nor_deleted(table: Table) -> None:
    made = make_product(table, a_variant("MUG"))
    mark_as_stocked(table, sku_key(table.tenant_id, "MUG"))

    with pytest.raises(SkuInUse):
        rename(made, "CUP", table=table)
    with pytest.raises(SkuInUse):
        delete_variant(made.id, made.variants[0].id, table=table, now=NOW)

    assert read_product(table, made.id) == made
    assert products.product_of_sku(table, "CUP") is None


def test_a_sku_that_is_taken_is_not_renamed_to(table: Table) -> None:
    make_product(table, a_variant("TAKEN"))
    made = make_product(table, a_variant("MUG"))

    with pytest.raises(SkuTaken):
        rename(made, "TAKEN", table=table)

    assert products.product_of_sku(table, "MUG") == made.id


def test_an_unknown_variant_is_not_found(table: Table) -> None:
    made = make_product(table)

    with pytest.raises(NotFound):
        delete_variant(made.id, "var_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", table=table, now=NOW)


def test_a_variants_own_price_goes_before_the_products(table: Table) -> None:
    made = make_product(table, a_variant("A", price=None), a_variant("B", price=usd("3.00")), price=usd("9.00"))

    product = read_product(table, made.id)

    assert [product.price_of(variant) for variant in product.variants] == [usd("9.00"), usd("3.00")]


@pytest.mark.guards("storekeeper.catalog.parts.put_part")
def test_an_older_part_never_replaces_a_newer_one(table: Table) -> None:
    made = make_product(table, description="old")
    newer = replace(made, version=2, details=replace(made.details, description="new"))
    key = text_key(table.tenant_id, made.id)
    table.write(put_part(key, text_item(newer)))

    with pytest.raises(WriteRefused):
        table.write(put_part(key, text_item(made)))

    assert read_product(table, made.id).details.description == "new"


@pytest.mark.guards("storekeeper.catalog.parts.drop_part")
def test_a_part_is_dropped_once(table: Table) -> None:
    key = text_key(table.tenant_id, make_product(table).id)
    table.write(drop_part(key))

    with pytest.raises(WriteRefused):
        table.write(drop_part(key))


def test_an_image_is_ready_once_its_upload_is_confirmed(table: Table) -> None:
    made = make_product(table)
    image = new_image(table.tenant_id, made.id, content_type="image/png", alt="A mug", now=NOW)
    pictures.announce_image(made.id, image, table=table, now=NOW)

    with pytest.raises(NotUploaded):
        pictures.confirm_image(made.id, image.id, is_stored=lambda _: False, table=table, now=NOW)
    stored = {f"T/{table.tenant_id}/{made.id}/{image.id}.png"}
    confirmed = pictures.confirm_image(made.id, image.id, is_stored=stored.__contains__, table=table, now=NOW)

    assert confirmed.images == (replace(image, ready=True),)
    assert read_product(table, made.id) == confirmed


def test_images_are_moved_described_and_deleted(table: Table) -> None:
    made = make_product(table)
    images = [new_image(table.tenant_id, made.id, content_type="image/png", alt=alt, now=NOW) for alt in "abc"]
    for image in images:
        pictures.announce_image(made.id, image, table=table, now=NOW)
    deleted: list[str] = []

    pictures.change_image(made.id, images[2].id, alt="z", position=0, table=table, now=NOW)
    pictures.delete_image(made.id, images[0].id, delete_stored=deleted.append, table=table, now=NOW)

    assert [image.alt for image in read_product(table, made.id).images] == ["z", "b"]
    assert deleted == [images[0].key]


def test_a_variant_names_only_images_of_its_product(table: Table) -> None:
    made = make_product(table)
    other = new_image(table.tenant_id, made.id, content_type="image/png", alt="", now=NOW)

    with pytest.raises(Invalid) as refused:
        add_variant(made.id, lambda _: a_variant("B", image_id=other.id), table=table, now=NOW)

    assert refused.value.faults[0].code == "image_unknown"
