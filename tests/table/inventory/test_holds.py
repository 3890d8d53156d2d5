"""Holds: what a cart reserves, renews, gives back; and who may have it when the time is over."""

from datetime import timedelta

import pytest

from storekeeper.inventory import (
    Cause,
    HoldTooLarge,
    OutOfStock,
    SkuPick,
    SkuRef,
    StockContended,
    drop_hold,
    hold_from,
    hold_key,
    level_key,
    release_expired_hold,
    release_expired_holds_of,
    release_hold,
    release_hold_writes,
    renew_hold,
)
from storekeeper.inventory.holds import use_cases
from storekeeper.inventory.holds.items import put_hold
from storekeeper.inventory.holds.model import Hold
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import CartId
from storekeeper.kernel.keys import DUE
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import SHOPPER
from storekeeper.kernel.writes import Check
from tests.table.inventory.conftest import FIFTEEN_MINUTES, Shelf


def held(shelf: Shelf, cart_id: str) -> Hold | None:
    item = shelf.table.get(hold_key(shelf.table.tenant_id, CartId(cart_id)))
    return hold_from(item) if item else None


def test_a_hold_reserves_units_until_its_end(shelf: Shelf) -> None:
    shelf.adjust(5)

    hold = shelf.hold("cart_ann", {"LAMP": 3})

    assert shelf.figures() == [(5, 3, 2)]
    assert hold == held(shelf, "cart_ann")
    assert hold.picks == (SkuPick("LAMP", shelf.locations[0], 0, 3),)
    assert hold.expires_at == shelf.now + FIFTEEN_MINUTES


def test_a_hold_is_listed_as_due_at_its_end(shelf: Shelf) -> None:
    shelf.adjust(5)
    hold = shelf.hold("cart_ann", {"LAMP": 3})

    item = shelf.table.get(hold_key(shelf.table.tenant_id, hold.cart_id))

    assert item is not None
    assert item[DUE.sk].startswith("2026-11-20T12:15:00.000Z#")


def test_a_movement_names_the_hold_and_never_the_cart(shelf: Shelf) -> None:
    shelf.adjust(5)
    hold = shelf.hold("cart_ann", {"LAMP": 3})

    levels = [change.new for change in shelf.changes() if change.type == "level"]

    assert levels[-1] is not None
    assert levels[-1]["cause"]["reference_id"] == hold.hold_id
    assert "cart_ann" not in str(levels)


def test_renewing_an_unchanged_hold_moves_nothing(shelf: Shelf) -> None:
    shelf.adjust(3)
    first = shelf.hold("cart_ann", {"LAMP": 3})
    version = shelf.levels()[0].version

    renewed = shelf.hold("cart_ann", {"LAMP": 3}, at=shelf.now + timedelta(minutes=10))

    assert renewed.hold_id == first.hold_id
    assert renewed.expires_at == shelf.now + timedelta(minutes=25)
    assert shelf.levels()[0].version == version


def test_renewing_for_a_changed_cart_moves_the_difference(shelf: Shelf) -> None:
    shelf.adjust(5, sku="LAMP")
    shelf.adjust(5, sku="MUG")
    shelf.hold("cart_ann", {"LAMP": 3})

    shelf.hold("cart_ann", {"LAMP": 1, "MUG": 2})

    assert shelf.figures("LAMP") == [(5, 1, 4)]
    assert shelf.figures("MUG") == [(5, 2, 3)]


def test_a_hold_may_draw_on_two_locations(shelf: Shelf) -> None:
    shelf.adjust(2, location=0)
    shelf.adjust(2, location=1)

    shelf.hold("cart_ann", {"LAMP": 3})

    assert shelf.figures() == [(2, 2, 0), (2, 1, 1)]


def test_too_little_stock_names_every_short_sku_and_reserves_nothing(shelf: Shelf) -> None:
    shelf.adjust(1, sku="LAMP")
    shelf.adjust(9, sku="MUG")

    with pytest.raises(OutOfStock) as refused:
        shelf.hold("cart_ann", {"LAMP": 2, "MUG": 1, "VASE": 1})

    assert [short.sku for short in refused.value.shortages] == ["LAMP", "VASE"]
    assert shelf.figures("LAMP") == [(1, 0, 1)]
    assert shelf.figures("MUG") == [(9, 0, 9)]
    assert held(shelf, "cart_ann") is None


def test_what_travels_along_stops_the_hold_when_it_is_refused(shelf: Shelf) -> None:
    shelf.adjust(5)
    cart = Check(hold_key(shelf.table.tenant_id, CartId("cart_other")), only_if="attribute_exists(pk)")

    with pytest.raises(WriteRefused):
        shelf.hold("cart_ann", {"LAMP": 2}, along=lambda _: [cart])

    assert shelf.figures() == [(5, 0, 5)]


def test_a_hold_that_loses_every_race_says_that_stock_is_contended(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.adjust(50)
    level = level_key(SkuRef(shelf.table.tenant_id, "LAMP"), shelf.locations[0])

    def overtaken(*_: object) -> None:
        raise WriteRefused({level: None})

    monkeypatch.setattr(shelf.table, "write", overtaken)
    with pytest.raises(StockContended) as refused:
        shelf.hold("cart_ann", {"LAMP": 2})

    assert (refused.value.code, refused.value.retry_after_s) == ("stock_contended", 1)


def test_others_who_keep_touching_the_level_are_no_reason_to_say_sold_out(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.adjust(50)

    def busy(*_: object) -> None:
        raise Contended

    monkeypatch.setattr(shelf.table, "write", busy)
    with pytest.raises(StockContended):
        shelf.hold("cart_ann", {"LAMP": 2})


def test_what_lies_in_too_many_levels_is_not_held_in_part(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "MAX_TRANSACTION", 2)
    shelf.adjust(2, location=0)
    shelf.adjust(2, location=1)

    with pytest.raises(HoldTooLarge):
        shelf.hold("cart_ann", {"LAMP": 3})

    assert shelf.figures() == [(2, 0, 2), (2, 0, 2)]


@pytest.mark.guards("storekeeper.inventory.holds.items.put_hold")
def test_a_cart_that_is_held_is_not_held_again_by_a_stale_plan(shelf: Shelf) -> None:
    shelf.adjust(5)
    hold = shelf.hold("cart_ann", {"LAMP": 3})

    with pytest.raises(WriteRefused):
        shelf.table.write(put_hold(shelf.table.tenant_id, hold))

    assert held(shelf, "cart_ann") == hold


@pytest.mark.guards("storekeeper.inventory.holds.items.renew_hold")
def test_a_renewal_planned_on_a_stale_hold_moves_nothing(shelf: Shelf) -> None:
    shelf.adjust(5)
    stale = shelf.hold("cart_ann", {"LAMP": 3})
    current = shelf.hold("cart_ann", {"LAMP": 1})

    with pytest.raises(WriteRefused):
        shelf.table.write(renew_hold(shelf.table.tenant_id, stale.renewed((), expires_at=shelf.now + FIFTEEN_MINUTES)))

    assert held(shelf, "cart_ann") == current


@pytest.mark.guards("storekeeper.inventory.holds.items.drop_hold")
def test_a_hold_that_was_renewed_is_not_taken_over_as_it_was(shelf: Shelf) -> None:
    shelf.adjust(5)
    stale = shelf.hold("cart_ann", {"LAMP": 3})
    current = shelf.hold("cart_ann", {"LAMP": 1})
    cause = Cause.of_hold(stale.hold_id, actor=SHOPPER, at=shelf.now)

    for writes in (
        [drop_hold(shelf.table.tenant_id, stale)],
        release_hold_writes(shelf.table.tenant_id, stale, cause=cause),
    ):
        with pytest.raises(WriteRefused):
            shelf.table.write(*writes)

    assert held(shelf, "cart_ann") == current
    assert shelf.figures() == [(5, 1, 4)]


def test_a_released_hold_gives_its_units_back_once(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 3})

    assert release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now) is True
    assert release_hold(shelf.table, cart_id=CartId("cart_ann"), now=shelf.now) is False
    assert shelf.figures() == [(5, 0, 5)]


def test_the_sweep_leaves_a_hold_that_was_renewed(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.hold("cart_ann", {"LAMP": 3})
    later = shelf.now + timedelta(minutes=20)
    shelf.hold("cart_ann", {"LAMP": 3}, at=shelf.now + timedelta(minutes=10))
    key = hold_key(shelf.table.tenant_id, CartId("cart_ann"))

    assert release_expired_hold(shelf.table, key, now=later) is False
    assert release_expired_hold(shelf.table, key, now=later + timedelta(minutes=5)) is True
    assert release_expired_hold(shelf.table, key, now=later + timedelta(minutes=5)) is False
    assert shelf.figures() == [(5, 0, 5)]


def test_a_hold_that_is_over_counts_until_it_is_released_and_its_cart_may_still_renew_it(shelf: Shelf) -> None:
    shelf.adjust(3)
    shelf.hold("cart_ann", {"LAMP": 3})
    later = shelf.now + timedelta(hours=1)
    assert shelf.figures() == [(3, 3, 0)]

    renewed = shelf.hold("cart_ann", {"LAMP": 3}, at=later)

    assert renewed.is_live(later)


def test_a_buyer_who_would_be_refused_gets_what_expired_holds_keep(shelf: Shelf) -> None:
    shelf.adjust(3)
    shelf.hold("cart_ann", {"LAMP": 3})
    shelf.project()
    later = shelf.now + FIFTEEN_MINUTES

    with pytest.raises(OutOfStock):
        shelf.hold("cart_ben", {"LAMP": 2}, at=later - timedelta(milliseconds=1))
    shelf.hold("cart_ben", {"LAMP": 2}, at=later)

    assert shelf.figures() == [(3, 2, 1)]
    assert held(shelf, "cart_ann") is None


def test_a_renewed_hold_is_safe_from_other_buyers(shelf: Shelf) -> None:
    shelf.adjust(3)
    shelf.hold("cart_ann", {"LAMP": 3})
    shelf.project()
    shelf.hold("cart_ann", {"LAMP": 3}, at=shelf.now + timedelta(minutes=10))  # the projector has not seen this yet

    with pytest.raises(OutOfStock):
        shelf.hold("cart_ben", {"LAMP": 1}, at=shelf.now + timedelta(minutes=16))

    assert held(shelf, "cart_ann") is not None
    assert release_expired_holds_of(shelf.table, ["LAMP"], now=shelf.now + timedelta(minutes=16)) == 0


def test_another_tenant_s_holds_are_out_of_reach(shelf: Shelf, other_shelf: Shelf) -> None:
    shelf.adjust(3)
    shelf.hold("cart_ann", {"LAMP": 3})
    shelf.project()
    later = shelf.now + timedelta(hours=1)

    assert release_hold(other_shelf.table, cart_id=CartId("cart_ann"), now=later) is False
    assert release_expired_holds_of(other_shelf.table, ["LAMP"], now=later) == 0
    assert shelf.figures() == [(3, 3, 0)]
