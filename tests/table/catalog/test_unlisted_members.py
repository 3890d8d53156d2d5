"""What a store lists no longer leaves its collections; what goes meanwhile does not get in, what comes again stays."""

import pytest

from storekeeper.catalog import Product
from storekeeper.catalog.collections import items, picking, use_cases
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.store import collections_with, list_members, read_collection, read_ordered
from storekeeper.catalog.listings.model import listing_id
from storekeeper.catalog.listings.use_cases import delete_listing
from storekeeper.catalog.products.use_cases import delete_product
from storekeeper.catalog.projections import project
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.conftest import LATER, Shelf, Titles, add, ids
from tests.table.catalog.shop import NOW, list_in, make_collection, never_stored


def unlisted(product: Product, store: Store, table: Table) -> Change:
    """The product's listing goes; what the stream says of that."""
    listing = listing_id(store.id, product.id)
    delete_listing(listing, shop=store, table=table)
    return gone(product, store)


def gone(product: Product, store: Store) -> Change:
    """What the stream says of a listing that is gone."""
    old = {"type": "listing", "store_id": store.id, "product_id": product.id, "version": 1}
    return Change(Key("T#ten_1#P#prd_1", "LISTING#sto_1"), old, None, "1", LATER)


@pytest.mark.guards("storekeeper.catalog.collections.items.is_listed", clause="attribute_exists(pk)")
def test_a_listing_that_goes_meanwhile_gets_into_nothing(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    refusal = Invalid.field("product_ids.0", "product_not_listed", "Gone.")
    check = items.is_listed(table.tenant_id, store.id, shelf[0].id, otherwise=refusal)
    ordered = read_ordered(table, store.id, gifts.id)
    unlisted(shelf[0], store, table)

    with pytest.raises(Invalid) as refused:
        picking._write(table, ordered, (shelf[0].id,), now=NOW, checks=[check])

    assert refused.value is refusal
    assert titles() == ""
    assert read_collection(table, store.id, gifts.id).product_count == 0


def test_what_is_listed_no_longer_leaves_every_collection_of_the_store(
    table: Table, store: Store, make_store: MakeStore, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    a, b, *_ = shelf
    other = make_store(name="Quay")
    list_in(other, a, table=table)
    sale, elsewhere = make_collection(store, "Sale", table=table), make_collection(other, "Gifts", table=table)
    for collection, shop in ((gifts, store), (sale, store), (elsewhere, other)):
        add(collection, [a] if shop is other else [a, b], shop, table)

    change = unlisted(a, store, table)
    unseen = list_members(table, read_ordered(table, store.id, gifts.id), after=None, limit=200)
    for _ in range(2):
        project(change, table=table)

    assert [member.product["title"] for member in unseen.entries] == ["B"]
    assert titles() == "B"
    assert collections_with(table, store.id, a.id) == set()
    assert collections_with(table, store.id, b.id) == {gifts.id, sale.id}
    assert collections_with(table, other.id, a.id) == {elsewhere.id}
    kept = read_collection(table, store.id, gifts.id)
    assert (kept.product_count, kept.version, kept.updated_at) == (1, 3, LATER)


def test_a_deleted_product_leaves_its_collections(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:3], store, table)

    delete_product(shelf[1].id, table=table)
    project(gone(shelf[1], store), table=table)

    assert titles() == "AC"


def test_what_is_listed_again_stays(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:2], store, table)
    change = unlisted(shelf[0], store, table)
    list_in(store, shelf[0], table=table)

    project(change, table=table)

    assert titles() == "AB"


@pytest.mark.guards("storekeeper.catalog.collections.items.is_unlisted", clause="attribute_not_exists(pk)")
def test_what_is_listed_again_meanwhile_stays(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:2], store, table)
    unlisted(shelf[0], store, table)
    ordered = read_ordered(table, store.id, gifts.id)
    list_in(store, shelf[0], table=table)

    check = items.is_unlisted(table.tenant_id, store.id, shelf[0].id)
    with pytest.raises(WriteRefused):
        picking._write(table, ordered, tuple(ids(shelf[1:2])), now=NOW, checks=[check])

    assert titles() == "AB"


def test_only_a_listing_that_is_gone_is_followed(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:1], store, table)
    old = {"type": "listing", "store_id": store.id, "product_id": shelf[0].id, "version": 1}

    project(Change(Key("T#t#P#p", "LISTING#s"), old, {**old, "version": 2}, "1", LATER), table=table)
    project(Change(Key("T#t#P#p", "X"), {**old, "type": "card"}, None, "1", LATER), table=table)

    assert titles() == "A"


def test_a_collection_that_is_deleted_while_it_is_cleaned_stays_deleted(
    table: Table, store: Store, shelf: Shelf, gifts: Collection
) -> None:
    add(gifts, shelf[:1], store, table)
    unlisted(shelf[0], store, table)
    use_cases.delete_collection(gifts.id, delete_stored=never_stored, shop=store, table=table)

    picking._drop(table, store.id, gifts.id, shelf[0].id, now=LATER)

    with pytest.raises(NotFound):
        read_collection(table, store.id, gifts.id)
