"""What refuses a card that was derived from older facts."""

import pytest

from storekeeper.catalog.listings import use_cases as listings
from storekeeper.catalog.products import use_cases as products
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.search.cards import items
from storekeeper.tenancy import Store
from tests.table.catalog.shop import NOW, list_in, make_category, make_product
from tests.table.search.conftest import Follow, Shown, card_of


@pytest.mark.guards("storekeeper.search.cards.items.put_head", clause="version = :version")
def test_a_card_derived_from_older_facts_is_refused(table: Table, store: Store, follow: Follow) -> None:
    product = make_product(table, title="Old")
    list_in(store, product, table=table)
    follow()
    pk = items.cards_pk(table.tenant_id, store.id, product.id)
    stored = {item["sk"]: item for item in table.query(pk, consistent=True)}
    old_card = card_of(table, store)
    products.change_product(product.id, lambda known: replace(known, title="New"), table=table, now=NOW)
    follow()

    lists = items.lists_of(table.tenant_id, store.id, product.id, frozenset())
    with pytest.raises(WriteRefused):
        table.write(*items.card_writes(pk, lists, old_card, stored=stored, now=NOW))

    assert card_of(table, store).title == "New"


@pytest.mark.guards("storekeeper.search.cards.items.put_head", clause="attribute_not_exists(pk)")
def test_a_card_derived_before_the_product_was_unlisted_does_not_come_back(
    table: Table, store: Store, follow: Follow, shown: Shown
) -> None:
    product = make_product(table)
    listing = list_in(store, product, table=table)
    follow()
    old_card, pk = card_of(table, store), items.cards_pk(table.tenant_id, store.id, product.id)
    listings.delete_listing(listing.id, shop=store, table=table)
    follow()

    lists = items.lists_of(table.tenant_id, store.id, product.id, frozenset())
    with pytest.raises(WriteRefused):
        table.write(*items.card_writes(pk, lists, old_card, stored={}, now=NOW))

    assert shown() == []


@pytest.mark.guards("storekeeper.search.cards.items.put_copy")
def test_an_older_copy_never_replaces_a_newer_one(table: Table, store: Store, follow: Follow, shown: Shown) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    product = make_product(table, title="Old")
    list_in(store, product, table=table, category_ids=(kitchen.id,))
    follow()
    pk = items.cards_pk(table.tenant_id, store.id, product.id)
    (old,) = table.query(pk, prefix=items.PLACE_PREFIX, consistent=True)
    products.change_product(product.id, lambda known: replace(known, title="New"), table=table, now=NOW)
    follow()

    with pytest.raises(WriteRefused):
        table.write(items.put_copy(Key(old["pk"], old["sk"]), old))

    assert shown(kitchen.id) == ["New"]


@pytest.mark.guards("storekeeper.search.cards.items.drop_copy")
def test_a_copy_is_dropped_once(table: Table, store: Store, follow: Follow, shown: Shown) -> None:
    kitchen = make_category(store, "Kitchen", table=table)
    product = make_product(table)
    list_in(store, product, table=table, category_ids=(kitchen.id,))
    follow()
    key = Key(items.cards_pk(table.tenant_id, store.id, product.id), f"{items.PLACE_PREFIX}{kitchen.id}")
    table.write(items.drop_copy(key))

    with pytest.raises(WriteRefused):
        table.write(items.drop_copy(key))

    assert shown(kitchen.id) == []
