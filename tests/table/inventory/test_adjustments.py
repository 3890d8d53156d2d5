"""Adjustments: the merchant's word, taken once, and never against what buyers have."""

from datetime import timedelta

import pytest

from storekeeper.catalog import sku_key
from storekeeper.inventory import LocationUnknown, MovementType, SkuUnknown, StockMissing, StockReserved
from storekeeper.inventory.adjustments.items import mark_sku_stocked, put_adjustment
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_many, adjust_stock
from storekeeper.kernel.idempotency import Keyed
from storekeeper.kernel.table import WriteRefused
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf


def an_adjustment(quantity: int, *, sku: str = "LAMP", kind: str = "adjustment") -> Adjustment:
    return Adjustment(sku, MovementType(kind), quantity, "counted")


def a_keyed(shelf: Shelf) -> Keyed:
    return Keyed(shelf.table.tenant_id, "key_1", "/v1/inventory/adjustments", "a-key-of-16-chars", "hash")


def test_a_first_adjustment_makes_the_level_and_marks_sku_and_location(shelf: Shelf) -> None:
    shelf.sell("LAMP")

    level = shelf.adjust(20, kind="restock")

    assert (level.on_hand, level.available, level.version) == (20, 20, 1)
    assert shelf.levels() == (level,)
    sku = shelf.table.get(sku_key(shelf.table.tenant_id, "LAMP"))
    assert sku is not None
    assert sku["stocked"] is True
    assert load_settings(shelf.table).location(shelf.locations[0]).stocked is True


def test_stock_goes_to_the_default_location_when_nobody_says_where(shelf: Shelf) -> None:
    shelf.sell("LAMP")

    level = adjust_stock(shelf.table, an_adjustment(3), settings=load_settings(shelf.table), now=shelf.now)

    assert level.location_id == shelf.locations[0]


def test_a_later_adjustment_adds_and_says_why(shelf: Shelf) -> None:
    shelf.adjust(20)
    shelf.adjust(-5, kind="damage")

    change = [change.new for change in shelf.changes() if change.type == "level"][-1]

    assert shelf.figures() == [(15, 0, 15)]
    assert change is not None
    assert (change["cause"]["type"], change["cause"]["reference_type"]) == ("damage", "adjustment")


def test_what_buyers_hold_cannot_be_adjusted_away(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 4})

    with pytest.raises(StockReserved):
        shelf.adjust(-2, kind="damage")

    assert shelf.figures() == [(5, 4, 1)]


def test_what_is_not_there_cannot_be_adjusted_away(shelf: Shelf) -> None:
    with pytest.raises(StockMissing):
        shelf.adjust(-1)

    assert shelf.levels() == ()


def test_an_unknown_sku_gets_no_level(shelf: Shelf) -> None:
    with pytest.raises(SkuUnknown):
        adjust_stock(shelf.table, an_adjustment(3), settings=load_settings(shelf.table), now=shelf.now)

    assert shelf.levels() == ()


def test_an_unknown_location_gets_no_level(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.sell("LAMP")
    foreign = Adjustment("LAMP", MovementType.RESTOCK, 1, "", other_shelf.locations[0])

    with pytest.raises(LocationUnknown):
        adjust_stock(shelf.table, foreign, settings=load_settings(shelf.table), now=shelf.now)


@pytest.mark.guards("storekeeper.inventory.adjustments.items.mark_sku_stocked", clause="attribute_exists(pk)")
def test_a_sku_that_was_renamed_meanwhile_is_not_made_anew(shelf: Shelf) -> None:
    with pytest.raises(WriteRefused):
        shelf.table.write(mark_sku_stocked(shelf.table.tenant_id, "LAMP"))

    assert shelf.table.get(sku_key(shelf.table.tenant_id, "LAMP")) is None


@pytest.mark.guards("storekeeper.inventory.adjustments.items.put_adjustment")
def test_an_adjustment_is_written_once(shelf: Shelf) -> None:
    level = shelf.adjust(5)
    plan = put_adjustment(shelf.table.tenant_id, "adj_1", an_adjustment(5), level=level, now=shelf.now)
    shelf.table.write(plan)

    with pytest.raises(WriteRefused):
        shelf.table.write(plan)


def test_a_repeated_id_changes_nothing_and_answers_as_before(shelf: Shelf) -> None:
    first = shelf.adjust(5, adjustment_id="adj_1")
    shelf.adjust(2)

    assert shelf.adjust(5, adjustment_id="adj_1") == first
    assert shelf.figures() == [(7, 0, 7)]


def test_each_of_many_stands_for_itself(shelf: Shelf) -> None:
    shelf.sell("LAMP", "MUG")
    rows = [
        an_adjustment(5),
        an_adjustment(1, sku="VASE"),
        an_adjustment(-9),
        an_adjustment(2, sku="MUG"),
        an_adjustment(1),
    ]

    outcomes = adjust_many(shelf.table, rows, settings=load_settings(shelf.table), now=shelf.now)

    assert [outcome.refusal.code if outcome.refusal else None for outcome in outcomes] == [
        None,
        "sku_unknown",
        "insufficient_stock",
        None,
        None,
    ]
    assert [outcome.level.on_hand if outcome.level else None for outcome in outcomes] == [5, None, None, 2, 6]


def test_many_first_levels_mark_their_location_once(shelf: Shelf) -> None:
    shelf.sell("LAMP", "MUG", "VASE")
    before = load_settings(shelf.table)
    rows = [an_adjustment(1), an_adjustment(1, sku="MUG"), an_adjustment(1, sku="VASE")]

    adjust_many(shelf.table, rows, settings=before, now=shelf.now)

    after = load_settings(shelf.table)
    assert after.location(shelf.locations[0]).stocked
    assert after.version == before.version + 1


def test_a_keyed_bulk_that_was_cut_off_does_only_the_rest(shelf: Shelf) -> None:
    shelf.sell("LAMP", "MUG")
    settings, rows = load_settings(shelf.table), [an_adjustment(5), an_adjustment(2, sku="MUG")]
    first = adjust_many(shelf.table, rows[:1], settings=settings, now=shelf.now, keyed=a_keyed(shelf))
    later = shelf.now + timedelta(seconds=5)

    both = adjust_many(shelf.table, rows, settings=settings, now=later, keyed=a_keyed(shelf))

    assert both[0] == first[0]
    assert shelf.figures("LAMP") == [(5, 0, 5)]
    assert shelf.figures("MUG") == [(2, 0, 2)]
