"""Downloads in the table: who was faster decides, and nothing is left behind of a product that goes."""

from datetime import timedelta

import pytest

from storekeeper.catalog import Product, downloads_bought
from storekeeper.catalog.downloads import items
from storekeeper.catalog.downloads.model import (
    MAX_DOWNLOADS,
    Downloads,
    FileNotUploaded,
    announced,
    new_file,
    renamed,
)
from storekeeper.catalog.downloads.store import read_downloads
from storekeeper.catalog.downloads.use_cases import (
    announce_download,
    confirm_file,
    replace_file,
    withdraw_download,
)
from storekeeper.catalog.products.items import product_key, sku_key
from storekeeper.catalog.products.model import ProductInUse
from storekeeper.catalog.products.use_cases import delete_product
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from tests.table.catalog.shop import NOW, a_variant, make_product, mark_as_stocked

PDF = "application/pdf"


@pytest.fixture
def product(table: Table) -> Product:
    return make_product(
        table, a_variant("EPUB", options={"Form": "EPUB"}), a_variant("PDF", options={"Form": "PDF"}), digital=True
    )


def announce(table: Table, product: Product, name: str = "a.pdf", variant_id: str | None = None) -> Downloads:
    coming = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)
    return announce_download(product.id, coming, name=name, variant_id=variant_id, table=table, now=NOW)


def confirm(table: Table, downloads: Downloads, dropped: list[str]) -> Downloads:
    last = downloads.entries[-1].id
    return confirm_file(downloads.product_id, last, keep_file=lambda _: 6, delete_file=dropped.append, table=table)


def attach(table: Table, product: Product, name: str = "a.pdf", variant_id: str | None = None) -> Downloads:
    return confirm(table, announce(table, product, name, variant_id), [])


def names_had(table: Table, product: Product, sku: str, *, days: int = 0) -> list[str]:
    had = downloads_bought(table, [(product.id, sku)], at=NOW + timedelta(days=days))
    return [download.name for download in had[product.id, sku]]


def test_buyers_have_what_comes_with_all_variants_or_with_theirs(table: Table, product: Product) -> None:
    attach(table, product, "both.txt")
    attach(table, product, "only.epub", product.variants[0].id)
    announce(table, product, "pending.pdf")

    assert names_had(table, product, "EPUB") == ["both.txt", "only.epub"]
    assert names_had(table, product, "PDF") == ["both.txt"]


def test_another_tenant_has_none_of_it(table: Table, product: Product, other_table: Table) -> None:
    attach(table, product)

    assert names_had(other_table, product, "PDF") == []
    with pytest.raises(NotFound):
        read_downloads(other_table, product.id)
    with pytest.raises(NotFound):
        announce(other_table, product)


def test_who_bought_before_keeps_what_is_withdrawn(table: Table, product: Product) -> None:
    mark_as_stocked(table, sku_key(table.tenant_id, "PDF"))
    made, dropped = attach(table, product), list[str]()

    withdraw_download(
        product.id,
        made.entries[0].id,
        delete_file=dropped.append,
        table=table,
        now=NOW + timedelta(days=1),
    )

    assert names_had(table, product, "PDF") == ["a.pdf"]
    assert names_had(table, product, "PDF", days=1) == []
    assert dropped == []


def test_the_old_file_goes_once_the_other_has_arrived(table: Table, product: Product) -> None:
    made, dropped = attach(table, product), list[str]()
    old = made.entries[0].file
    coming = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)

    waiting = replace_file(product.id, made.entries[0].id, coming, table=table)
    confirmed = confirm(table, waiting, dropped)
    again = confirm(table, confirmed, dropped)

    assert old is not None
    assert waiting.entries[0].file == old
    assert confirmed.entries[0].file == replace(coming, size_bytes=6)
    assert dropped == [old.key]
    assert again.version == confirmed.version


def test_a_file_that_was_overtaken_by_another_announcement_is_not_confirmed(table: Table, product: Product) -> None:
    made = announce(table, product)
    other = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)

    def overtaken(_: str) -> int:
        replace_file(product.id, made.entries[0].id, other, table=table)
        return 6

    with pytest.raises(FileNotUploaded):
        confirm_file(product.id, made.entries[0].id, keep_file=overtaken, delete_file=print, table=table)

    assert read_downloads(table, product.id).entries[0].file is None


def test_a_product_has_so_many_downloads_and_no_more(product: Product, table: Table) -> None:
    downloads = Downloads(product.id)
    coming = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)
    for _ in range(MAX_DOWNLOADS):
        downloads = announced(downloads, product, name="a.pdf", variant_id=None, coming=coming, now=NOW)

    with pytest.raises(Invalid) as refused:
        announced(downloads, product, name="a.pdf", variant_id=None, coming=coming, now=NOW)

    assert refused.value.faults[0].code == "too_many_downloads"


@pytest.mark.guards("storekeeper.catalog.downloads.items.create_downloads", clause="attribute_not_exists(pk)")
def test_of_two_first_downloads_neither_replaces_the_other(table: Table, product: Product) -> None:
    coming = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)
    stale = announced(Downloads(product.id), product, name="b.pdf", variant_id=None, coming=coming, now=NOW)
    made = announce(table, product)

    with pytest.raises(WriteRefused):
        table.write(items.create_downloads(table.tenant_id, stale))

    assert read_downloads(table, product.id) == made


@pytest.mark.guards("storekeeper.catalog.downloads.items.change_downloads", clause="version = :version")
def test_a_change_made_from_what_has_changed_since_is_refused(table: Table, product: Product) -> None:
    read = announce(table, product)
    stale = renamed(read, read.entries[0].id, name="stale.pdf", position=None)
    made = announce(table, product, "b.pdf")

    with pytest.raises(WriteRefused):
        table.write(items.change_downloads(table.tenant_id, stale))

    assert read_downloads(table, product.id) == made


@pytest.mark.guards("storekeeper.catalog.downloads.items.product_stands", clause="attribute_exists(pk)")
def test_no_download_is_made_of_a_product_that_was_deleted_meanwhile(table: Table, product: Product) -> None:
    coming = new_file(table.tenant_id, product.id, content_type=PDF, now=NOW)
    stale = announced(Downloads(product.id), product, name="b.pdf", variant_id=None, coming=coming, now=NOW)
    delete_product(product.id, table=table)

    with pytest.raises(NotFound):
        table.write(items.create_downloads(table.tenant_id, stale), items.product_stands(table.tenant_id, product.id))

    assert table.get(items.downloads_key(table.tenant_id, product.id)) is None


@pytest.mark.guards("storekeeper.catalog.downloads.items.drop_no_downloads")
def test_a_product_is_not_deleted_while_it_has_downloads(table: Table, product: Product) -> None:
    made = attach(table, product)

    with pytest.raises(ProductInUse):
        delete_product(product.id, table=table)

    assert table.get(product_key(table.tenant_id, product.id)) is not None
    withdraw_download(product.id, made.entries[0].id, delete_file=print, table=table, now=NOW)
    delete_product(product.id, table=table)
    assert table.get(product_key(table.tenant_id, product.id)) is None
