"""Buckets under way: buyers and rearranging at once, conflicts that are reported, and the sweep's looks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.inventory import (
    OutOfStock,
    SkuRef,
    StockContended,
    find_levels,
    level_key,
    levels_together,
    look_after_spread,
    report_conflicts,
    spread_level,
)
from storekeeper.inventory.buckets.items import spread_from, spread_key
from storekeeper.inventory.buckets.model import GROWTH, LOOK_EVERY, QUIET, Spread
from storekeeper.inventory.buckets.use_cases import MANY_CONFLICTS, arrange_level
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.keys import DUE
from storekeeper.kernel.table import Table
from tests.table.inventory.conftest import Shelf


def spread(shelf: Shelf, buckets: int) -> None:
    place = shelf.locations[0]
    spread_level(shelf.table, "LAMP", place, buckets=buckets, locations=shelf.locations, now=shelf.now)


def known(shelf: Shelf) -> Spread | None:
    item = shelf.table.get(spread_key(shelf.table.tenant_id, "LAMP", shelf.locations[0]))
    return spread_from(item) if item else None


def look(shelf: Shelf, later: timedelta) -> bool:
    key = spread_key(shelf.table.tenant_id, "LAMP", shelf.locations[0])
    return look_after_spread(shelf.table, key, now=shelf.now + later)


def meet_conflicts(shelf: Shelf, times: int, *, later: timedelta = timedelta()) -> None:
    """A hold that met other transactions so often."""
    hold = shelf.hold("cart_ann", {"LAMP": 1}, at=shelf.now + later)
    for pick in hold.picks:
        key = level_key(SkuRef(shelf.table.tenant_id, "LAMP"), pick.location_id, pick.bucket)
        shelf.table.conflicts[key] = times
    report_conflicts(shelf.table, hold.picks, now=shelf.now + later)


class Between:
    """The client; between two of a reader's calls something else happens."""

    def __init__(self, wire: Any, operation: str, meanwhile: Callable[[], None]) -> None:
        self._wire, self._operation, self._meanwhile = wire, operation, meanwhile
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            answer = getattr(self._wire, name)(**request)
            self.calls.append(name)
            if name == self._operation and self.calls.count(name) == 1:
                self._meanwhile()
            return answer

        return call


@pytest.fixture
def table_between(cloud: DataCloud, shelf: Shelf, wire: Any) -> Callable[..., tuple[Table, Between]]:
    def make(operation: str, meanwhile: Callable[[], None] = lambda: None) -> tuple[Table, Between]:
        between = Between(wire, operation, meanwhile)
        return Table(between, cloud.table, tenant_id=shelf.table.tenant_id, trace=shelf.table.trace), between

    return make


def test_units_that_move_while_buckets_are_read_are_not_sold_out(
    shelf: Shelf, table_between: Callable[..., tuple[Table, Between]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bucket 0 is read before a unit comes to it, the others after it has gone: each is empty, and one is left."""
    monkeypatch.setattr(shelf.table, "throw", lambda _: 0)
    shelf.adjust(2)
    spread(shelf, 3)
    assert shelf.hold("cart_ann", {"LAMP": 1}).picks[0].bucket == 0

    def fold() -> None:
        arrange_level(shelf.table, "LAMP", shelf.locations[0], wanted=1, now=shelf.now)

    table, between = table_between("batch_get_item", fold)
    buyer = Shelf(table, shelf.now, shelf.stream, shelf.locations)

    assert buyer.hold("cart_bob", {"LAMP": 1}).picks[0].units == 1
    assert between.calls.count("batch_get_item") == 4


def test_a_sku_in_one_bucket_is_never_read_again(
    shelf: Shelf, table_between: Callable[..., tuple[Table, Between]]
) -> None:
    shelf.adjust(2)
    table, between = table_between("none")
    levels = find_levels(table, ["LAMP"], locations=shelf.locations)

    assert levels_together(table, levels, short={"LAMP": 3}, locations=shelf.locations) == levels
    assert between.calls == ["batch_get_item"]


def test_buckets_that_are_written_all_the_time_are_no_reason_to_say_sold_out(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.adjust(1)
    spread(shelf, 2)

    monkeypatch.setattr("storekeeper.inventory.buckets.store._versions", lambda _: object())
    with pytest.raises(StockContended):
        shelf.hold("cart_ann", {"LAMP": 2})


def test_buyers_and_rearranging_at_once_sell_every_unit_once(
    shelf: Shelf, table_between: Callable[..., tuple[Table, Between]]
) -> None:
    shelf.adjust(40)
    spread(shelf, 4)

    def buy(number: int) -> int:
        table, _ = table_between("none")
        buyer = Shelf(table, shelf.now, shelf.stream, shelf.locations)
        for _ in range(20):
            try:
                return sum(pick.units for pick in buyer.hold(f"cart_{number}", {"LAMP": 1}).picks)
            except OutOfStock:
                return 0
            except Contended:
                continue
        raise AssertionError("never served")

    def rearrange(buckets: int) -> int:
        table, _ = table_between("none")
        try:
            arrange_level(table, "LAMP", shelf.locations[0], wanted=buckets, now=shelf.now)
        except Contended:
            return 0
        return 0

    with ThreadPoolExecutor(6) as pool:
        changes = [pool.submit(rearrange, buckets) for buckets in (8, 1, 3, 16, 2, 1, 6)]
        sold = sum(pool.map(buy, range(50)))
    assert [change.result() for change in changes] == [0] * 7

    levels = shelf.levels()
    assert (sold, sum(level.reserved for level in levels)) == (40, 40)
    assert sum(level.on_hand for level in levels) == 40
    assert [level.available for level in levels] == [0] * len(levels)


def test_few_conflicts_write_nothing(shelf: Shelf) -> None:
    shelf.adjust(8)

    meet_conflicts(shelf, MANY_CONFLICTS - 1)

    assert known(shelf) is None


def test_many_conflicts_are_reported_and_the_sweep_spreads_the_level(shelf: Shelf) -> None:
    shelf.adjust(8)
    meet_conflicts(shelf, MANY_CONFLICTS)
    item = shelf.table.get(spread_key(shelf.table.tenant_id, "LAMP", shelf.locations[0]))
    assert item is not None
    assert item[DUE.sk].startswith("2026-11-20T12:00:00.000Z#")

    assert look(shelf, timedelta(seconds=30))

    assert len(shelf.levels()) == GROWTH
    assert sum(level.available for level in shelf.levels()) == 7
    assert not look(shelf, timedelta(seconds=40))


def test_the_sweep_grows_it_while_conflicts_last_and_folds_it_when_they_are_over(shelf: Shelf) -> None:
    shelf.adjust(80)
    sizes: list[int] = []
    for conflicts in (True, True, False):
        now = LOOK_EVERY * len(sizes)
        if conflicts:
            meet_conflicts(shelf, MANY_CONFLICTS, later=now)
        look(shelf, now + LOOK_EVERY / 2)
        sizes.append(len(shelf.levels()))
        shelf.now += LOOK_EVERY

    look(shelf, 2 * QUIET)

    assert sizes == [GROWTH, GROWTH**2, GROWTH**2]
    held = [level for level in shelf.levels() if level.reserved]
    assert len(shelf.levels()) == max(level.bucket for level in held) + 1
    assert sum(level.available for level in shelf.levels()) == shelf.levels()[0].available == 79


def test_a_spread_that_has_come_to_its_end_is_removed(shelf: Shelf) -> None:
    shelf.adjust(8)
    spread(shelf, 4)
    assert known(shelf) is not None

    spread(shelf, 1)

    assert known(shelf) is None
    assert not look(shelf, QUIET)


def test_the_sweep_fills_a_bucket_that_has_run_dry(shelf: Shelf) -> None:
    shelf.adjust(40)
    spread(shelf, 4)
    shelf.hold("cart_ann", {"LAMP": 10})
    assert min(level.available for level in shelf.levels()) == 0

    look(shelf, LOOK_EVERY)

    assert sorted(level.available for level in shelf.levels()) == [7, 7, 8, 8]
