"""The products of a collection: picked, put in order, and taken out."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from storekeeper.catalog.collections import items, order, picking
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.order import Spot
from storekeeper.catalog.collections.store import collections_with, list_members, read_collection, read_ordered
from storekeeper.kernel.errors import Invalid, NotFound, StaleVersion
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put, Write
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.conftest import LATER, Shelf, Titles, add, ids
from tests.table.catalog.shop import NOW, a_variant, list_in, make_product


def test_products_stand_as_they_were_put(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    a, b, c, d, e = shelf
    add(gifts, [b, a], store, table)
    add(gifts, [c], store, table, spot=Spot(before=b.id))
    changed = add(gifts, [d, a, e], store, table, spot=Spot(after=c.id))

    assert titles() == "CDEBA"
    assert (changed.product_count, changed.version, changed.updated_at) == (5, 4, LATER)
    assert read_collection(table, store.id, gifts.id) == changed


def test_what_is_in_it_already_changes_nothing(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    once = add(gifts, shelf[:2], store, table)

    again = add(gifts, shelf[:2], store, table, spot=Spot(before=shelf[0].id))

    assert (again, titles()) == (once, "AB")


def test_what_changes_nothing_is_remembered_all_the_same(
    table: Table, store: Store, shelf: Shelf, gifts: Collection
) -> None:
    once, remembered = add(gifts, shelf[:1], store, table), list[Collection]()

    def remember(collection: Collection) -> tuple[Write, ...]:
        remembered.append(collection)
        mark = Key(items.collections_pk(table.tenant_id, store.id), "MARK")
        return (Put(mark, {"type": "sample"}, only_if="attribute_not_exists(pk)"),)

    picking.add_products(gifts.id, ids(shelf[:1]), shop=store, table=table, now=LATER, remember=remember)

    assert remembered == [once]
    assert table.get(Key(items.collections_pk(table.tenant_id, store.id), "MARK")) is not None


def test_products_are_moved_arranged_and_removed(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    a, b, _, d, e = shelf
    add(gifts, shelf, store, table)
    seen = []

    picking.move_product(gifts.id, e.id, spot=Spot(before=a.id), shop=store, table=table, now=LATER)
    seen.append(titles())
    picking.arrange_products(gifts.id, ids([d, a]), shop=store, table=table, now=LATER)
    seen.append(titles())
    left = picking.remove_product(gifts.id, b.id, shop=store, table=table, now=LATER)
    seen.append(titles())

    assert seen == ["EABCD", "DAEBC", "DAEC"]
    assert (left.product_count, left.version) == (4, 5)


def test_what_the_store_does_not_list_is_refused_by_name(
    table: Table, store: Store, make_store: MakeStore, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    elsewhere = make_product(table, a_variant("X"), title="X")
    list_in(make_store(name="Quay"), elsewhere, table=table)
    wanted = [shelf[0].id, elsewhere.id, ProductId("prd_none")]

    with pytest.raises(Invalid) as refused:
        picking.add_products(gifts.id, wanted, shop=store, table=table, now=NOW)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("product_ids.1", "product_not_listed"),
        ("product_ids.2", "product_not_listed"),
    ]
    assert elsewhere.id in refused.value.faults[0].detail
    assert titles() == ""


def test_a_full_collection_takes_no_more(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MAX_PRODUCTS", 2)
    add(gifts, shelf[:1], store, table)

    with pytest.raises(Invalid) as refused:
        add(gifts, shelf[1:3], store, table)

    assert refused.value.faults[0].code == "collection_full"
    assert titles() == "A"


def test_a_collection_takes_as_many_at_once_as_it_says(table: Table, store: Store, gifts: Collection) -> None:
    many = [make_product(table, a_variant(f"S{number}")) for number in range(picking.MAX_ADDED)]
    for product in many:
        list_in(store, product, table=table)

    assert add(gifts, many, store, table).product_count == picking.MAX_ADDED


def test_changes_made_at_once_all_count(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:1], store, table)
    a, *others = shelf

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda one: add(gifts, [one], store, table, spot=Spot(after=a.id)), others))

    assert (titles()[0], sorted(titles())) == ("A", list("ABCDE"))
    assert read_collection(table, store.id, gifts.id).product_count == 5


@pytest.mark.guards("storekeeper.catalog.collections.items.put_order", clause="version = :version")
def test_an_order_that_was_decided_before_another_is_refused(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    stale = items.put_order(table.tenant_id, gifts, (), version=2)
    add(gifts, shelf[:1], store, table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert titles() == "A"


@pytest.mark.guards("storekeeper.catalog.collections.items.put_order", clause="attribute_not_exists(pk)")
def test_a_collection_that_was_made_twice_does_not_lose_its_products(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:1], store, table)

    with pytest.raises(WriteRefused):
        table.write(items.put_order(table.tenant_id, gifts, (), version=1))

    assert titles() == "A"


def test_who_names_an_older_version_moves_nothing(
    table: Table, store: Store, shelf: Shelf, gifts: Collection, titles: Titles
) -> None:
    add(gifts, shelf[:2], store, table)

    def expects(version: int) -> None:
        raise StaleVersion(f"{version}")

    with pytest.raises(StaleVersion):
        picking.remove_product(gifts.id, shelf[0].id, shop=store, table=table, now=NOW, expects=expects)
    with pytest.raises(StaleVersion):
        picking.arrange_products(gifts.id, ids(shelf[1:2]), shop=store, table=table, now=NOW, expects=expects)

    assert titles() == "AB"


def test_members_are_listed_page_by_page(table: Table, store: Store, shelf: Shelf, gifts: Collection) -> None:
    add(gifts, shelf, store, table)
    pages, after = [], None
    while True:
        page = list_members(table, read_ordered(table, store.id, gifts.id), after=after, limit=2)
        pages.append("".join(member.product["title"] for member in page.entries))
        if (after := page.next_position) is None:
            break

    assert pages == ["AB", "CD", "E"]


def test_products_of_a_collection_of_another_tenant_or_store_are_left_alone(
    table: Table,
    other_table: Table,
    store: Store,
    make_store: MakeStore,
    shelf: Shelf,
    gifts: Collection,
    titles: Titles,
) -> None:
    add(gifts, shelf[:1], store, table)
    product_id = shelf[0].id

    for gateway, shop in ((table, make_store(name="Quay")), (other_table, store)):
        for attempt in (
            partial(picking.add_products, gifts.id, ids(shelf[1:2])),
            partial(picking.remove_product, gifts.id, product_id),
            partial(picking.arrange_products, gifts.id, [product_id]),
        ):
            with pytest.raises(NotFound):
                attempt(shop=shop, table=gateway, now=NOW)
        assert collections_with(gateway, shop.id, product_id) == set()

    assert titles() == "A"
