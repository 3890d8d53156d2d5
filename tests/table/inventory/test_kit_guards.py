"""Kits that were decided upon before somebody else wrote: nothing is written."""

from collections.abc import Callable

import pytest

from storekeeper.catalog import Component, sku_key
from storekeeper.catalog.products import writes
from storekeeper.catalog.products.model import SkuInUse
from storekeeper.inventory import Mode
from storekeeper.inventory.adjustments.items import mark_sku_stocked
from storekeeper.inventory.kits import items
from storekeeper.inventory.kits.model import Kit, KitId
from storekeeper.inventory.kits.store import get_kit
from storekeeper.inventory.kits.use_cases import change_kit
from storekeeper.inventory.tracking.use_cases import track
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import ABSENT, Put, Write
from storekeeper.tenancy import load_settings
from tests.table.carts.shop import NOW
from tests.table.inventory.boxing import BOX, make, marks, shop

__all__ = ["shop"]


def refused(table: Table, *stale: Write) -> None:
    with pytest.raises(WriteRefused):
        table.write(*stale)


def a_kit(table: Table, sku: str = "BOX", version: int = 1) -> Kit:
    return Kit(KitId("kit_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"), sku, ProductId("prd_1"), BOX, version, NOW, NOW)


@pytest.mark.guards("storekeeper.inventory.kits.items.put_kit", clause="attribute_not_exists(pk)")
def test_a_kit_is_made_once(shop: Table) -> None:
    stale = items.put_kit(shop.tenant_id, a_kit(shop))
    shop.write(stale)

    refused(shop, stale)


@pytest.mark.guards("storekeeper.inventory.kits.items.put_kit", clause="version = :read")
@pytest.mark.guards("storekeeper.inventory.kits.items.drop_kit")
def test_a_kit_that_has_changed_is_neither_changed_nor_deleted(shop: Table) -> None:
    kit = make(shop)
    stale = items.put_kit(shop.tenant_id, replace(kit, version=2))
    drop = items.drop_kit(shop.tenant_id, kit)
    after = change_kit(kit.id, (Component("MUG", 1),), table=shop, now=NOW)

    refused(shop, stale)
    refused(shop, drop)

    assert get_kit(kit.id, table=shop) == after


def set_stocked(table: Table) -> None:
    table.write(mark_sku_stocked(table.tenant_id, "BOX"))


def set_kit(table: Table) -> None:
    table.write(items.claim_sku(table.tenant_id, replace(a_kit(table), id=KitId("kit_0"))))


def set_component(table: Table) -> None:
    table.write(items.count_in(table.tenant_id, "BOX"))


@pytest.mark.guards("storekeeper.inventory.kits.items.claim_sku", clause="attribute_not_exists(stocked)")
def test_stock_that_came_meanwhile_keeps_a_sku_from_being_a_kit(shop: Table) -> None:
    set_stocked(shop)

    refused(shop, items.claim_sku(shop.tenant_id, a_kit(shop)))


@pytest.mark.guards("storekeeper.inventory.kits.items.claim_sku", clause="attribute_not_exists(kit)")
def test_a_sku_is_one_kit(shop: Table) -> None:
    set_kit(shop)

    refused(shop, items.claim_sku(shop.tenant_id, a_kit(shop)))


@pytest.mark.guards(
    "storekeeper.inventory.kits.items.claim_sku", clause="(attribute_not_exists(in_kits) OR in_kits = :none)"
)
def test_a_component_of_meanwhile_is_no_kit(shop: Table) -> None:
    set_component(shop)

    refused(shop, items.claim_sku(shop.tenant_id, a_kit(shop)))


@pytest.mark.guards("storekeeper.inventory.kits.items.leave_sku")
def test_a_sku_is_freed_by_its_own_kit_only(shop: Table) -> None:
    set_kit(shop)

    refused(shop, items.leave_sku(shop.tenant_id, a_kit(shop)))


@pytest.mark.guards("storekeeper.inventory.kits.items.count_in", clause="attribute_not_exists(kit)")
def test_a_kit_of_meanwhile_is_no_component(shop: Table) -> None:
    set_kit(shop)

    refused(shop, items.count_in(shop.tenant_id, "BOX"))


@pytest.mark.guards("storekeeper.inventory.kits.items.count_in", clause="attribute_exists(pk)")
def test_a_sku_that_is_gone_is_no_component(shop: Table) -> None:
    refused(shop, items.count_in(shop.tenant_id, "GONE"))

    assert shop.get(sku_key(shop.tenant_id, "GONE")) is None


@pytest.mark.guards("storekeeper.inventory.kits.items.count_out")
def test_a_sku_is_never_in_fewer_kits_than_none(shop: Table) -> None:
    set_component(shop)
    shop.write(items.count_out(shop.tenant_id, "BOX"))

    refused(shop, items.count_out(shop.tenant_id, "BOX"))


@pytest.mark.guards("storekeeper.inventory.kits.items.put_row")
@pytest.mark.guards("storekeeper.inventory.kits.items.drop_row")
def test_a_component_has_one_row_for_a_kit(shop: Table) -> None:
    put = items.put_row(shop.tenant_id, a_kit(shop), "MUG")
    drop = items.drop_row(shop.tenant_id, a_kit(shop), "MUG")

    refused(shop, drop)
    shop.write(put)
    refused(shop, put)


@pytest.mark.guards("storekeeper.inventory.adjustments.items.mark_sku_stocked", clause="attribute_not_exists(kit)")
@pytest.mark.parametrize("mode", [None, Mode.SERIAL])
def test_a_kit_of_meanwhile_gets_no_level(shop: Table, mode: Mode | None) -> None:
    if mode:
        track(shop, "BOX", mode, settings=load_settings(shop))
    set_kit(shop)
    before = marks(shop, "BOX")

    refused(shop, mark_sku_stocked(shop.tenant_id, "BOX", mode=mode))

    assert marks(shop, "BOX") == before


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(
            set_kit,
            marks=pytest.mark.guards(
                "storekeeper.catalog.products.writes.release_sku", clause="attribute_not_exists(kit)"
            ),
        ),
        pytest.param(
            set_component,
            marks=pytest.mark.guards(
                "storekeeper.catalog.products.writes.release_sku",
                clause="(attribute_not_exists(in_kits) OR in_kits = :none)",
            ),
        ),
    ],
)
def test_a_kit_and_its_components_are_neither_renamed_nor_deleted(shop: Table, mark: Callable[[Table], None]) -> None:
    mark(shop)

    with pytest.raises(SkuInUse):
        shop.write(writes.release_sku(shop.tenant_id, "BOX"))

    assert shop.get(sku_key(shop.tenant_id, "BOX"))


def test_a_component_that_is_none_any_more_can_be_deleted(shop: Table) -> None:
    set_component(shop)
    shop.write(items.count_out(shop.tenant_id, "BOX"))

    shop.write(writes.release_sku(shop.tenant_id, "BOX"))


def test_a_variant_that_is_gone_becomes_no_kit(shop: Table) -> None:
    """Its SKU points at a product that has it no more: nothing is written."""
    stray = {"type": "sku", "schema": 1, "sku": "STRAY", "product_id": make(shop).product_id}
    shop.write(Put(sku_key(shop.tenant_id, "STRAY"), stray, only_if=ABSENT))

    with pytest.raises(NotFound):
        make(shop, "STRAY")
