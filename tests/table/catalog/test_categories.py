"""A store's categories in the table: made, moved and deleted, and what refuses that."""

import pytest

from storekeeper.catalog import TreeCache, read_tree, tree_key
from storekeeper.catalog.categories import items, use_cases
from storekeeper.catalog.categories.model import CategoryDetails, CategoryHasChildren
from storekeeper.catalog.errors import SlugTaken
from storekeeper.catalog.images import NotUploaded, new_image
from storekeeper.catalog.pictures import OF_CATEGORIES
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.shop import NOW, make_category


def test_a_tree_is_read_as_it_was_made(table: Table, store: Store) -> None:
    kitchen = make_category(store, "Kitchen", table=table, position=2)
    mugs = make_category(store, "Mugs", table=table, parent_id=kitchen.id)
    garden = make_category(store, "Garden", table=table, position=1)

    tree = read_tree(table, store.id)

    assert tree.version == 3
    assert tree.children(None) == (garden, kitchen)
    assert tree.path(mugs.id) == (kitchen, mugs)


def test_a_slug_is_one_categorys_of_the_store(table: Table, store: Store, make_store: MakeStore) -> None:
    make_category(store, "Kitchen", table=table)

    with pytest.raises(SlugTaken):
        make_category(store, "Other", table=table, slug="kitchen")

    assert make_category(store, "Kitchen", table=table).details.slug == "kitchen-2"
    assert make_category(make_store(name="Quay"), "Kitchen", table=table).details.slug == "kitchen"


def test_a_category_is_never_below_itself(table: Table, store: Store) -> None:
    top = make_category(store, "Top", table=table)
    below = make_category(store, "Below", table=table, parent_id=top.id)

    with pytest.raises(Invalid) as refused:
        use_cases.change_category(
            top.id, lambda known: replace(known, parent_id=below.id), shop=store, table=table, now=NOW
        )

    assert refused.value.faults[0].code == "category_cycle"
    assert read_tree(table, store.id).version == 2


@pytest.mark.guards("storekeeper.catalog.categories.items.put_tree", clause="version = :version")
def test_two_moves_that_were_decided_on_one_tree_make_no_cycle(table: Table, store: Store) -> None:
    one, two = (make_category(store, name, table=table) for name in ("One", "Two"))
    stale = items.put_tree(table.tenant_id, store.id, version=3)
    use_cases.change_category(one.id, lambda known: replace(known, parent_id=two.id), shop=store, table=table, now=NOW)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_tree(table, store.id).version == 3


@pytest.mark.guards("storekeeper.catalog.categories.items.put_tree", clause="attribute_not_exists(pk)")
def test_the_first_category_is_not_made_beside_another_first(table: Table, store: Store) -> None:
    stale = items.put_tree(table.tenant_id, store.id, version=1)
    for name in ("One", "Two"):
        make_category(store, name, table=table)

    with pytest.raises(WriteRefused):
        table.write(stale)

    assert read_tree(table, store.id).version == 2


def test_a_change_that_loses_a_race_is_made_again(table: Table, store: Store) -> None:
    made = make_category(store, "Kitchen", table=table)
    raced: list[str] = []

    def revise(known: CategoryDetails) -> CategoryDetails:
        if not raced:
            raced.append(make_category(store, "Garden", table=table).id)
        return replace(known, name="Kitchenware")

    changed = use_cases.change_category(made.id, revise, shop=store, table=table, now=NOW)

    assert changed.details.name == "Kitchenware"
    assert len(read_tree(table, store.id).categories) == 2


def test_only_a_category_without_children_is_deleted(table: Table, store: Store) -> None:
    top = make_category(store, "Top", table=table)
    below = make_category(store, "Below", table=table, parent_id=top.id)

    with pytest.raises(CategoryHasChildren):
        use_cases.delete_category(top.id, shop=store, table=table)
    use_cases.delete_category(below.id, shop=store, table=table)
    use_cases.delete_category(top.id, shop=store, table=table)

    assert dict(read_tree(table, store.id).categories) == {}


def test_a_category_of_another_store_or_tenant_is_not_found(
    table: Table, other_table: Table, store: Store, make_store: MakeStore
) -> None:
    made = make_category(store, "Kitchen", table=table)

    for gateway, shop in ((table, make_store(name="Quay")), (other_table, store)):
        with pytest.raises(NotFound):
            use_cases.delete_category(made.id, shop=shop, table=gateway)
        assert dict(read_tree(gateway, shop.id).categories) == {}
    assert list(read_tree(table, store.id).categories) == [made.id]


def test_a_kept_tree_is_read_again_when_its_version_is_another(table: Table, store: Store) -> None:
    cache = TreeCache()
    make_category(store, "Kitchen", table=table)
    kept = cache.at(table, store.id, version=1)
    make_category(store, "Garden", table=table)

    item = table.get(tree_key(table.tenant_id, store.id))

    assert item is not None
    assert cache.at(table, store.id, version=1) is kept
    assert len(cache.at(table, store.id, version=item["version"]).categories) == 2


def test_a_categorys_image_is_shown_once_it_is_confirmed(table: Table, store: Store) -> None:
    made = make_category(store, "Kitchen", table=table)
    image = new_image(table.tenant_id, made.id, content_type="image/webp", alt="Pots", now=NOW)
    OF_CATEGORIES.announce(made.id, image, shop=store, table=table, now=NOW)
    deleted: list[str] = []

    with pytest.raises(NotUploaded):
        OF_CATEGORIES.confirm(made.id, is_stored=lambda _: False, shop=store, table=table, now=NOW)
    confirmed = OF_CATEGORIES.confirm(made.id, is_stored=lambda _: True, shop=store, table=table, now=NOW)
    OF_CATEGORIES.delete(made.id, delete_stored=deleted.append, shop=store, table=table, now=NOW)

    assert confirmed.image == replace(image, ready=True)
    assert read_tree(table, store.id).categories[made.id].image is None
    assert deleted == [image.key]
    with pytest.raises(NotFound):
        OF_CATEGORIES.confirm(made.id, is_stored=lambda _: True, shop=store, table=table, now=NOW)
