"""Lists of movements: filters, periods, pages without skips or repeats; and levels at an instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storekeeper.inventory import MovementType
from storekeeper.inventory.lists import LevelFilter, levels_of_sku
from storekeeper.inventory.movements import store
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.paging import Page
from tests.table.inventory.conftest import Shelf

OLDEST = datetime(2024, 12, 1, tzinfo=UTC)


def listed(shelf: Shelf, *, after: str | None = None, limit: int = 50, **filters: Any) -> Page[Movement]:
    return find_movements(
        shelf.table,
        Wanted(**filters),
        locations=shelf.locations,
        after=after,
        limit=limit,
        now=shelf.now + timedelta(days=1),
        oldest=OLDEST,
    )


def quantities(page: Page[Movement]) -> list[int]:
    return [movement.quantity for movement in page.entries]


@pytest.fixture
def history(shelf: Shelf) -> Shelf:
    """Eight movements over two years, in two SKUs and two locations; quantities number them."""
    days = [700, 400, 200, 31, 30, 2, 1, 0]
    for number, days_ago in enumerate(days, start=1):
        at = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=days_ago)
        kind = "restock" if number % 2 else "adjustment"
        shelf.adjust(number, sku="LAMP" if number < 6 else "MUG", location=number % 2, kind=kind, at=at)
    shelf.project()
    return shelf


def test_all_movements_newest_first(history: Shelf) -> None:
    page = listed(history)

    assert quantities(page) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert page.next_position is None


@pytest.mark.parametrize(
    "filters",
    [{}, {"sku": "LAMP"}, {"type": MovementType.RESTOCK}, {"since": datetime(2025, 12, 1, tzinfo=UTC)}],
    ids=["all", "sku", "type", "period"],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_neither_skip_nor_repeat(history: Shelf, filters: dict[str, Any], limit: int) -> None:
    whole = listed(history, **filters).entries
    seen: list[Movement] = []
    after = None
    while True:
        page = listed(history, after=after, limit=limit, **filters)
        assert len(page.entries) <= limit
        seen += page.entries
        after = page.next_position
        if after is None:
            break

    assert seen == list(whole)
    assert len(seen) > 1


def test_a_sku_s_movements_of_all_locations_or_one(history: Shelf) -> None:
    assert quantities(listed(history, sku="LAMP")) == [5, 4, 3, 2, 1]
    assert quantities(listed(history, sku="LAMP", location_id=history.locations[0])) == [4, 2]
    assert quantities(listed(history, sku="VASE")) == []


def test_a_hot_sku_s_movements_are_read_from_the_months(history: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = listed(history, sku="LAMP")
    monkeypatch.setattr(store, "MAX_LEDGERS", 1)  # it lies in two levels

    assert listed(history, sku="LAMP") == whole
    assert quantities(listed(history, sku="LAMP", limit=2)) == [5, 4]


def test_filters_are_combined(history: Shelf) -> None:
    assert quantities(listed(history, location_id=history.locations[1], type=MovementType.RESTOCK)) == [7, 5, 3, 1]
    assert quantities(listed(history, location_id=history.locations[1], type=MovementType.ADJUSTMENT)) == []


def test_a_period_includes_its_start_and_not_its_end(history: Shelf) -> None:
    start, end = history.now - timedelta(days=2), history.now - timedelta(days=1)

    assert quantities(listed(history, since=start, until=end)) == [6]
    assert quantities(listed(history, sku="MUG", since=start, until=end)) == [6]
    assert quantities(listed(history, sku="LAMP", until=end - timedelta(days=300))) == [2, 1]
    assert quantities(listed(history, sku="LAMP", until=history.now - timedelta(days=701))) == []


def test_what_one_adjustment_caused_is_found_by_its_id(history: Shelf) -> None:
    fifth = listed(history).entries[3]

    assert listed(history, reference_id=fifth.reference_id).entries == (fifth,)
    assert listed(history, reference_id=fifth.reference_id, sku="MUG").entries == ()
    assert listed(history, reference_id="ord_unknown").entries == ()


def test_a_long_silence_is_crossed_in_several_pages(history: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_MONTHS", 3)
    seen: list[int] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = listed(history, after=after)
        seen += quantities(page)
        after, pages = page.next_position, pages + 1

    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]
    assert pages > 5


def test_a_page_looks_at_a_bounded_number_of_rows(history: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_EXAMINED", 2)
    monkeypatch.setattr(store, "CHUNK", 2)

    page = listed(history, type=MovementType.ADJUSTMENT)

    assert quantities(page) == [8]
    assert quantities(listed(history, type=MovementType.ADJUSTMENT, after=page.next_position)) == [6, 4]


def test_a_position_of_no_list_is_refused(history: Shelf) -> None:
    with pytest.raises(Invalid):
        listed(history, after="!")


def on_hand_at(shelf: Shelf, at: datetime) -> list[int]:
    page = levels_of_sku(
        shelf.table, "LAMP", wanted=LevelFilter(at=at), locations=shelf.locations, after=None, limit=50
    )
    by_location = {level.location_id: level.on_hand for level in page.entries}
    return [by_location.get(location, -1) for location in shelf.locations]


def test_stock_at_an_instant_is_what_the_last_movement_left(history: Shelf) -> None:
    day = timedelta(days=1)

    assert on_hand_at(history, history.now - 701 * day) == [-1, -1]
    assert on_hand_at(history, history.now - 700 * day) == [-1, 1]
    assert on_hand_at(history, history.now - 200 * day - timedelta(milliseconds=1)) == [2, 1]
    assert on_hand_at(history, history.now - 200 * day) == [2, 4]
    assert on_hand_at(history, history.now + 100 * day) == [6, 9]


def test_a_change_that_the_ledger_does_not_have_yet_counts_too(history: Shelf) -> None:
    history.adjust(100, at=history.now + timedelta(hours=1))

    assert on_hand_at(history, history.now) == [6, 9]
    assert on_hand_at(history, history.now + timedelta(hours=1)) == [106, 9]


def test_a_clock_that_was_wrong_does_not_rewrite_the_past(history: Shelf) -> None:
    history.adjust(100, at=history.now - timedelta(days=100))  # location 0 was last changed 31 days ago
    history.project()

    assert on_hand_at(history, history.now - timedelta(days=32)) == [2, 4]
    assert on_hand_at(history, history.now - timedelta(days=31)) == [106, 4]
