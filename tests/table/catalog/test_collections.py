"""A store's collections in the table: made, changed and deleted, and what refuses that."""

import pytest

from storekeeper.catalog.collections import items, picking, use_cases
from storekeeper.catalog.collections.finding import CollectionFilter, CollectionSort, list_collections
from storekeeper.catalog.collections.model import Collection, CollectionDetails
from storekeeper.catalog.collections.store import CollectionsCache, read_collection, read_collections, read_ordered
from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.images import NotUploaded, new_image
from storekeeper.catalog.pictures import OF_COLLECTIONS
from storekeeper.kernel.errors import NotFound, StaleVersion
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.shop import NOW, a_variant, list_in, make_collection, make_product, never_stored

LATER = NOW.replace(hour=13)


def rename(collection: Collection, title: str, *, store: Store, table: Table) -> Collection:
    """Give the collection another title."""
    return use_cases.change_collection(
        collection.id, lambda known: replace(known, title=title), shop=store, table=table, now=LATER
    )


def test_collections_are_read_as_they_were_made(table: Table, store: Store) -> None:
    gifts = make_collection(store, "Gifts", table=table, position=2, description="Small and welcome.")
    sale = make_collection(store, "Sale", table=table, position=1)

    known = read_collections(table, store.id)

    assert known.version == 2
    assert known.shown == (sale, gifts)
    assert read_collection(table, store.id, gifts.id) == gifts
    assert read_ordered(table, store.id, gifts.id).order == ()


def test_a_slug_is_one_collections_of_the_store(table: Table, store: Store, make_store: MakeStore) -> None:
    make_collection(store, "Gifts", table=table)

    with pytest.raises(SlugTaken):
        make_collection(store, "Other", table=table, slug="gifts")

    assert make_collection(store, "Gifts", table=table).details.slug == "gifts-2"
    assert make_collection(make_store(name="Quay"), "Gifts", table=table).details.slug == "gifts"


@pytest.mark.guards("storekeeper.catalog.collections.items.put_set", clause="version = :version")
def test_two_collections_that_were_decided_on_one_set_do_not_share_a_slug(table: Table, store: Store) -> None:
    make_collection(store, "One", table=table)
    stale = items.put_set(table.tenant_id, store.id, version=2)
    make_collection(store, "Two", table=table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_collections(table, store.id).version == 2


@pytest.mark.guards("storekeeper.catalog.collections.items.put_set", clause="attribute_not_exists(pk)")
def test_the_first_collection_is_not_made_beside_another_first(table: Table, store: Store) -> None:
    stale = items.put_set(table.tenant_id, store.id, version=1)
    for title in ("One", "Two"):
        make_collection(store, title, table=table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_collections(table, store.id).version == 2


@pytest.mark.guards("storekeeper.catalog.collections.items.put_collection", clause="attribute_not_exists(pk)")
def test_a_collection_is_made_once(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    changed = rename(made, "Presents", store=store, table=table)

    with pytest.raises(WriteRefused):
        table.write(items.put_collection(table.tenant_id, made))

    assert read_collection(table, store.id, made.id) == changed


@pytest.mark.guards("storekeeper.catalog.collections.items.put_collection", clause="version = :version")
def test_a_change_that_was_decided_before_another_is_refused(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    stale = items.put_collection(table.tenant_id, replace(made, product_count=5, version=2))
    changed = rename(made, "Presents", store=store, table=table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_collection(table, store.id, made.id) == changed


def test_a_change_that_loses_a_race_is_made_again(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    raced: list[str] = []

    def revise(known: CollectionDetails) -> CollectionDetails:
        if not raced:
            raced.append(make_collection(store, "Sale", table=table).id)
        return replace(known, title="Presents")

    changed = use_cases.change_collection(made.id, revise, shop=store, table=table, now=LATER)

    assert (changed.details.title, changed.version, changed.updated_at) == ("Presents", 2, LATER)
    assert len(read_collections(table, store.id).by_id) == 2


def test_a_change_of_what_is_said_counts_the_products_that_came_meanwhile(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    mug = make_product(table, a_variant("MUG"))
    list_in(store, mug, table=table)
    raced: list[int] = []

    def revise(known: CollectionDetails) -> CollectionDetails:
        if not raced:
            raced.append(1)
            picking.add_products(made.id, [mug.id], shop=store, table=table, now=NOW)
        return replace(known, title="Presents")

    changed = use_cases.change_collection(made.id, revise, shop=store, table=table, now=LATER)

    assert (changed.product_count, changed.version) == (1, 3)
    assert read_collection(table, store.id, made.id) == changed


def test_a_deleted_collection_leaves_nothing_and_its_products_alone(table: Table, store: Store) -> None:
    gifts, sale = (make_collection(store, title, table=table) for title in ("Gifts", "Sale"))
    mug = make_product(table, a_variant("MUG"))
    list_in(store, mug, table=table)
    picking.add_products(gifts.id, [mug.id], shop=store, table=table, now=NOW)

    use_cases.delete_collection(gifts.id, delete_stored=never_stored, shop=store, table=table)

    left = table.query(items.collections_pk(table.tenant_id, store.id), consistent=True)
    assert {item["sk"] for item in left} == {"SET", f"SET#{sale.id}", f"ORDER#{sale.id}"}
    assert make_collection(store, "Gifts", table=table).details.slug == "gifts"
    with pytest.raises(NotFound):
        read_ordered(table, store.id, gifts.id)


@pytest.mark.guards("storekeeper.catalog.collections.items.delete_collection_item", clause="version = :version")
def test_a_collection_that_changed_is_not_deleted_unseen(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    stale = items.delete_collection_item(table.tenant_id, made)
    changed = rename(made, "Presents", store=store, table=table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_collection(table, store.id, made.id) == changed


def test_who_names_an_older_version_changes_and_deletes_nothing(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)

    def expects(version: int) -> None:
        raise StaleVersion(f"{version}")

    with pytest.raises(StaleVersion):
        use_cases.delete_collection(made.id, delete_stored=never_stored, shop=store, table=table, expects=expects)
    with pytest.raises(StaleVersion):
        use_cases.change_collection(made.id, lambda known: known, shop=store, table=table, now=LATER, expects=expects)

    assert read_collection(table, store.id, made.id) == made


def test_a_collection_of_another_store_or_tenant_is_not_found(
    table: Table, other_table: Table, store: Store, make_store: MakeStore
) -> None:
    made = make_collection(store, "Gifts", table=table)

    for gateway, shop in ((table, make_store(name="Quay")), (other_table, store)):
        with pytest.raises(NotFound):
            use_cases.delete_collection(made.id, delete_stored=never_stored, shop=shop, table=gateway)
        with pytest.raises(NotFound):
            read_collection(gateway, shop.id, made.id)
        with pytest.raises(NotFound):
            read_ordered(gateway, shop.id, made.id)
        assert dict(read_collections(gateway, shop.id).by_id) == {}
    assert list(read_collections(table, store.id).by_id) == [made.id]


def test_kept_collections_are_read_again_when_their_version_is_another(table: Table, store: Store) -> None:
    cache = CollectionsCache()
    make_collection(store, "Gifts", table=table)
    first = cache.last(table, store.id)
    kept = cache.at(table, store.id, version=1)
    make_collection(store, "Sale", table=table)

    assert first is None
    assert cache.at(table, store.id, version=1) is cache.last(table, store.id) is kept
    assert len(cache.at(table, store.id, version=2).by_id) == 2


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        (CollectionSort.POSITION, ["Zebras", "Gifts", "Änderungen", "gifts"]),
        (CollectionSort.TITLE, ["Änderungen", "Gifts", "gifts", "Zebras"]),
        (CollectionSort.NEWEST, ["gifts", "Zebras", "Änderungen", "Gifts"]),
    ],
)
def test_collections_are_listed_in_every_order_page_by_page(
    table: Table, store: Store, sort: CollectionSort, titles: list[str]
) -> None:
    for hour, (title, position) in enumerate((("Gifts", 1), ("Änderungen", 1), ("Zebras", 0), ("gifts", 2))):
        make_collection(store, title, table=table, position=position, now=NOW.replace(hour=hour))

    found, after = [], None
    while True:
        page = list_collections(table, store.id, CollectionFilter(), sort=sort, after=after, limit=1)
        found += [collection.details.title for collection in page.entries]
        if (after := page.next_position) is None:
            break

    assert found == titles


def test_a_collections_image_is_shown_once_it_is_confirmed(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    image = new_image(table.tenant_id, made.id, content_type="image/webp", alt="Ribbons", now=NOW)
    OF_COLLECTIONS.announce(made.id, image, shop=store, table=table, now=NOW)
    deleted: list[str] = []

    with pytest.raises(NotUploaded):
        OF_COLLECTIONS.confirm(made.id, is_stored=lambda _: False, shop=store, table=table, now=NOW)
    confirmed = OF_COLLECTIONS.confirm(made.id, is_stored=lambda _: True, shop=store, table=table, now=NOW)
    OF_COLLECTIONS.delete(made.id, delete_stored=deleted.append, shop=store, table=table, now=NOW)

    assert confirmed.image == replace(image, ready=True)
    assert read_collection(table, store.id, made.id).image is None
    assert deleted == [image.key]
    with pytest.raises(NotFound):
        OF_COLLECTIONS.confirm(made.id, is_stored=lambda _: True, shop=store, table=table, now=NOW)


def test_an_image_goes_with_its_collection(table: Table, store: Store) -> None:
    made = make_collection(store, "Gifts", table=table)
    image = new_image(table.tenant_id, made.id, content_type="image/webp", alt="", now=NOW)
    OF_COLLECTIONS.announce(made.id, image, shop=store, table=table, now=NOW)
    deleted: list[str] = []

    use_cases.delete_collection(made.id, delete_stored=deleted.append, shop=store, table=table)

    assert deleted == [image.key]
