"""Kits: made, changed, gone; and kept apart from stock, whoever is first."""

import pytest

from storekeeper.catalog import Component, find_product
from storekeeper.inventory import MovementType, SkuIsKit, SkuUnknown
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.kits.model import Kit, KitExists, KitNotFound, SkuInKits, SkuStocked
from storekeeper.inventory.kits.store import get_kit, kit_of_sku, list_kits, products_of_kits, stock_of_kit
from storekeeper.inventory.kits.use_cases import change_kit, delete_kit
from storekeeper.inventory.status.deriving import refresh_listed_stock
from storekeeper.inventory.status.model import Tally
from storekeeper.inventory.status.store import count_stock
from storekeeper.inventory.transfers.store import skus_known
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store, load_settings
from storekeeper.tenancy.locations.use_cases import create_location
from tests.table.carts.shop import NOW
from tests.table.inventory.boxing import BOX, make, marks, shop

__all__ = ["shop"]


def components_of(table: Table, kit: Kit) -> tuple[Component, ...]:
    """As the catalog tells of them."""
    product = find_product(table, kit.product_id)
    assert product
    return product.variants[0].components


def test_a_kit_stands_on_its_variant_and_beside_its_components(shop: Table) -> None:
    kit = make(shop)

    assert get_kit(kit.id, table=shop) == kit == kit_of_sku("BOX", table=shop)
    assert components_of(shop, kit) == BOX
    assert (marks(shop, "BOX"), marks(shop, "MUG")) == ((None, kit.id, None), (True, None, 1))
    assert products_of_kits("MUG", table=shop) == (kit.product_id,)


def test_a_changed_kit_is_found_by_its_new_components_only(shop: Table) -> None:
    kit = make(shop)

    after = change_kit(kit.id, (Component("MUG", 3),), table=shop, now=NOW)

    assert after == replace(kit, components=(Component("MUG", 3),), version=2)
    assert components_of(shop, kit) == after.components
    assert (marks(shop, "MUG"), marks(shop, "TEA")) == ((True, None, 1), (True, None, 0))
    assert (products_of_kits("MUG", table=shop), products_of_kits("TEA", table=shop)) == ((kit.product_id,), ())


def test_the_same_components_again_change_nothing(shop: Table) -> None:
    kit = make(shop)

    assert change_kit(kit.id, BOX, table=shop, now=NOW) == kit


def test_a_deleted_kit_leaves_a_variant_that_can_get_stock(shop: Table) -> None:
    kit = make(shop)

    delete_kit(kit.id, table=shop, now=NOW)

    with pytest.raises(KitNotFound):
        get_kit(kit.id, table=shop)
    assert components_of(shop, kit) == ()
    assert (marks(shop, "BOX"), marks(shop, "TEA"), products_of_kits("TEA", table=shop)) == (
        (None, None, None),
        (True, None, 0),
        (),
    )
    level = adjust_stock(shop, Adjustment("BOX", MovementType.RESTOCK, 1), settings=load_settings(shop), now=NOW)
    assert level.available == 1


def test_kits_are_listed_by_sku(shop: Table) -> None:
    first, second = make(shop), make(shop, "SET", (Component("TEA", 1),))

    def listed(**wanted: str | None) -> list[str]:
        page = list_kits(**{"sku": None, "component": None, **wanted}, after=None, limit=10, table=shop)
        return [kit.sku for kit in page.entries]

    assert (listed(), listed(component="TEA"), listed(component="MUG")) == (["BOX", "SET"], ["BOX", "SET"], ["BOX"])
    assert (listed(sku="SET"), listed(sku="MUG"), listed(sku="SET", component="MUG")) == (["SET"], [], [])
    page = list_kits(sku=None, component="TEA", after=None, limit=1, table=shop)
    assert (page.entries, page.next_position) == ((first,), "BOX")
    page = list_kits(sku=None, component=None, after="BOX", limit=1, table=shop)
    assert page.entries == (second,)


def test_another_tenant_has_none_of_it(shop: Table, other_table: Table) -> None:
    kit = make(shop)

    with pytest.raises(KitNotFound):
        get_kit(kit.id, table=other_table)
    assert list_kits(sku=None, component=None, after=None, limit=10, table=other_table).entries == ()
    assert products_of_kits("MUG", table=other_table) == ()
    with pytest.raises(SkuUnknown):
        make(other_table)


def test_locations_together_have_more_kits_than_each_alone(shop: Table) -> None:
    kit = make(shop)
    west = create_location(name="West", address=None, table=shop, now=NOW).id
    settings = load_settings(shop)
    adjust_stock(shop, Adjustment("MUG", MovementType.RESTOCK, 3, location_id=west), settings=settings, now=NOW)
    places = (settings.default_location().id, west)

    stock = stock_of_kit(kit, locations=places, table=shop)

    assert (stock.available, stock.at_locations) == (6, ((places[0], 5), (west, 0)))
    assert [(part.sku, part.available, part.kits) for part in stock.parts] == [("MUG", 13, 6), ("TEA", 10, 10)]


def test_a_kit_is_not_missing_from_a_store_s_stock(shop: Table, store: Store) -> None:
    kit = make(shop)
    places = [load_settings(shop).default_location().id]

    refresh_listed_stock(shop, store.id, kit.product_id, locations=places, now=NOW)

    assert count_stock(shop, store.id) == Tally()


# kept apart


@pytest.mark.parametrize(
    ("sku", "components", "refusal"),
    [
        ("MUG", (Component("TEA", 1),), SkuStocked),
        ("GONE", BOX, SkuUnknown),
        ("BOX", (Component("GONE", 1),), Invalid),
        ("BOX", (Component("BOX", 1),), Invalid),
    ],
)
def test_what_cannot_be_a_kit_is_left_as_it_was(
    shop: Table, sku: str, components: tuple[Component, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make(shop, sku, components)

    assert list_kits(sku=None, component=None, after=None, limit=10, table=shop).entries == ()
    assert (marks(shop, "MUG"), marks(shop, "TEA"), marks(shop, "BOX")) == (
        (True, None, None),
        (True, None, None),
        (None, None, None),
    )


def test_kits_are_not_made_of_kits(shop: Table) -> None:
    kit = make(shop)

    with pytest.raises(Invalid):
        make(shop, "SET", (Component("BOX", 1),))
    with pytest.raises(KitExists):
        make(shop)
    delete_kit(kit.id, table=shop, now=NOW)
    make(shop, "SET", (Component("BOX", 1),))
    with pytest.raises(SkuInKits):
        make(shop)


def test_a_kit_gets_no_stock_of_its_own(shop: Table) -> None:
    make(shop)

    with pytest.raises(SkuIsKit):
        adjust_stock(shop, Adjustment("BOX", MovementType.RESTOCK, 1), settings=load_settings(shop), now=NOW)
    with pytest.raises(SkuIsKit):
        skus_known(shop, ["MUG", "BOX"])

    assert marks(shop, "BOX")[0] is None
