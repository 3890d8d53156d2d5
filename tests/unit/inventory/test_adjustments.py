"""Which adjustments can be meant, and what they leave of a level."""

import pytest

from storekeeper.inventory import Level, MovementType, StockMissing, StockReserved
from storekeeper.inventory.adjustments.model import MAX_QUANTITY, Adjustment, adjust, check_adjustments
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId


def a_level(on_hand: int, *, reserved: int = 0, safety: int = 0) -> Level:
    available = on_hand - reserved - safety
    return Level("LAMP", LocationId("loc_east"), 0, on_hand, reserved, available, 0, safety, 4)


def an_adjustment(kind: str, quantity: int) -> Adjustment:
    return Adjustment("LAMP", MovementType(kind), quantity)


@pytest.mark.parametrize(
    ("kind", "quantity", "code"),
    [
        ("adjustment", 0, "quantity_out_of_range"),
        ("adjustment", MAX_QUANTITY + 1, "quantity_out_of_range"),
        ("restock", -1, "quantity_not_positive"),
        ("return", -1, "quantity_not_positive"),
        ("damage", 1, "quantity_not_negative"),
        ("expired", 1, "quantity_not_negative"),
    ],
)
def test_a_quantity_that_does_not_fit_its_type_is_refused(kind: str, quantity: int, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_adjustments([an_adjustment(kind, quantity)])

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("quantity", code)]


def test_every_wrong_row_is_named() -> None:
    rows = [an_adjustment("restock", 1), an_adjustment("restock", -1), an_adjustment("damage", 2)]

    with pytest.raises(Invalid) as refused:
        check_adjustments(rows, prefix="adjustments.")

    assert [fault.field for fault in refused.value.faults] == ["adjustments.1.quantity", "adjustments.2.quantity"]


@pytest.mark.parametrize(("kind", "quantity"), [("adjustment", -5), ("adjustment", 5), ("damage", -MAX_QUANTITY)])
def test_a_quantity_that_fits_is_let_through(kind: str, quantity: int) -> None:
    check_adjustments([an_adjustment(kind, quantity)])


def test_all_that_is_available_can_be_taken_away() -> None:
    assert adjust(a_level(5, reserved=2), -3) == Level("LAMP", LocationId("loc_east"), 0, 2, 2, 0, 0, 0, 5)


def test_what_is_reserved_cannot_be_adjusted_away() -> None:
    with pytest.raises(StockReserved):
        adjust(a_level(5, reserved=2), -4)


def test_what_is_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(StockMissing):
        adjust(a_level(5), -6)


def test_stock_can_always_be_added_even_where_safety_stock_is_owed() -> None:
    assert adjust(a_level(5, safety=8), 1).available == -2
