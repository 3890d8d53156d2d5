"""Changes of stock as they are told to those who listen: each once, none left out, in one order."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread

import pytest

from storekeeper.inventory.live import items, watching
from storekeeper.inventory.live.model import KNOWN_AFTER, ROWS_IN_PAGE, WATCHED, WHOLE, Feed, Position, no_feed
from storekeeper.inventory.live.use_cases import Told, listen
from storekeeper.inventory.movements.items import unmark_movement, untold_pks
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.keys import GSI2, Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import PRESENT, Delete
from tests.table.inventory.conftest import Shelf

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No environment knows who listens."""
    watching._kept.cache_clear()
    yield
    watching._kept.cache_clear()


class Listener:
    """Somebody who listens, and goes on where they were."""

    def __init__(self, table: Table, now: datetime) -> None:
        self.table, self.now = table, now
        self.position: Position | None = None
        self.heard: list[tuple[str, int]] = []
        self.resets = 0

    def listen(self, *, at: datetime | None = None) -> Told:
        told = listen(self.table, self.position, now=at or self.now)
        self.position = told.position
        self.heard += [(movement.sku, movement.version) for _, movement in told.movements]
        self.resets += told.is_reset
        return told

    def listen_to_all(self) -> None:
        while self.listen().has_more:
            continue


@pytest.fixture
def listener(shelf: Shelf) -> Listener:
    """Somebody who has begun to listen, so that projectors know."""
    listen(shelf.table, None, now=shelf.now - KNOWN_AFTER)
    made = Listener(shelf.table, shelf.now)
    made.listen()
    assert (made.position, made.resets) == (Position(1, WHOLE), 1)
    return made


def test_a_change_is_told_once(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    shelf.adjust(-2)
    shelf.project()

    told = listener.listen()
    again = listener.listen()

    assert [(one.sku, one.quantity, one.level.available) for _, one in told.movements] == [
        ("LAMP", 5, 5),
        ("LAMP", -2, 3),
    ]
    assert (again.movements, again.is_reset, again.has_more) == ((), False, False)


def test_nothing_is_marked_while_nobody_listens(shelf: Shelf) -> None:
    shelf.adjust(5)
    shelf.project()

    assert all(shelf.table.query(pk, index=GSI2) == [] for pk in untold_pks(shelf.table.tenant_id))


def test_the_first_listener_waits_until_every_projector_knows(shelf: Shelf) -> None:
    first = listen(shelf.table, None, now=shelf.now)
    later = listen(shelf.table, None, now=shelf.now + KNOWN_AFTER)

    assert (first.position, first.is_reset) == (None, False)
    assert (later.position, later.is_reset) == (Position(1, WHOLE), True)


def test_who_was_cut_off_in_the_middle_goes_on_there(shelf: Shelf, listener: Listener) -> None:
    for _ in range(3):
        shelf.adjust(1)
    shelf.project()
    told = listener.listen()

    listener.position = told.movements[0][0]
    rest = listener.listen()

    assert rest.movements == told.movements[1:]


def test_what_is_written_late_is_told_late_and_not_lost(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    late = shelf.changes()
    shelf.adjust(7, sku="CANDLE", at=shelf.now + timedelta(seconds=30))
    shelf.project()
    listener.listen()

    shelf.project(late)
    listener.listen()

    assert listener.heard == [("CANDLE", 1), ("LAMP", 1)]


def test_changes_that_are_projected_twice_are_told_once(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    changes = shelf.changes()
    shelf.project(changes)
    listener.listen()
    shelf.project(changes)
    listener.listen()

    assert listener.heard == [("LAMP", 1)]


def test_many_who_listen_while_stock_changes_hear_the_same(shelf: Shelf, listener: Listener) -> None:
    others = [Listener(shelf.table, shelf.now) for _ in range(3)]
    for one in others:
        one.position = listener.position
    for number in range(8):
        for sku in ("LAMP", "CANDLE", "BOWL"):
            shelf.adjust(1, sku=sku, at=shelf.now + timedelta(seconds=number))
        shelf.project()
        threads = [Thread(target=one.listen) for one in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for one in (listener, *others):
        one.listen_to_all()
        assert sorted(one.heard) == sorted(
            (sku, version) for sku in ("LAMP", "CANDLE", "BOWL") for version in range(1, 9)
        )
        assert one.heard == listener.heard


def test_more_than_a_page_is_told_in_pages(shelf: Shelf, listener: Listener) -> None:
    many = ROWS_IN_PAGE + 5
    for number in range(many):
        shelf.adjust(1, at=shelf.now + timedelta(milliseconds=number))
    shelf.project()

    listener.listen_to_all()

    assert listener.heard == [("LAMP", version) for version in range(1, many + 1)]
    assert listener.position == Position(3, WHOLE)


def test_after_an_hour_in_which_nobody_listened_it_begins_anew(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    shelf.project()
    back = shelf.now + WATCHED + HOUR

    assert listener.listen(at=back).position is None
    told = Listener(shelf.table, back + KNOWN_AFTER)
    told.position = Position(1, WHOLE)
    assert (told.listen().is_reset, told.heard, told.position) == (True, [], Position(2, WHOLE))


def test_what_happened_before_a_feed_began_is_not_told(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    shelf.project()
    back = shelf.now + WATCHED + HOUR
    Listener(shelf.table, back).listen()
    newcomer = Listener(shelf.table, back + KNOWN_AFTER)
    newcomer.listen()

    shelf.adjust(1, at=back + KNOWN_AFTER)
    watching._kept.cache_clear()
    shelf.project()
    newcomer.listen()

    assert newcomer.heard == [("LAMP", 2)]


def test_a_position_whose_pages_are_gone_begins_anew(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    shelf.project()
    listener.listen()
    client_key = Key(items.feed_pk(shelf.table.tenant_id), items.page_sk(2))
    shelf.table.write(Delete(client_key, only_if=PRESENT))

    told = listen(shelf.table, Position(1, WHOLE), now=shelf.now)

    assert (told.is_reset, told.position) == (True, Position(2, WHOLE))


def test_listening_keeps_the_feed_alive_and_writes_seldom(shelf: Shelf, listener: Listener) -> None:
    head = shelf.table.get(items.feed_key(shelf.table.tenant_id))
    listener.listen(at=shelf.now + timedelta(minutes=1))
    assert shelf.table.get(items.feed_key(shelf.table.tenant_id)) == head

    listener.listen(at=shelf.now + timedelta(minutes=30))
    feed = items.feed_from(shelf.table.get(items.feed_key(shelf.table.tenant_id)) or {})
    assert (feed.watched_until, feed.first) == (shelf.now + timedelta(minutes=30) + WATCHED, 1)


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "-1.2", "1.2.3", "٣.1", "9" * 13 + ".1"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Position.of(text)


def test_another_tenant_hears_nothing(shelf: Shelf, other_shelf: Shelf, listener: Listener) -> None:
    listen(other_shelf.table, None, now=shelf.now - KNOWN_AFTER)
    theirs = listen(other_shelf.table, None, now=shelf.now)
    shelf.adjust(5)
    shelf.project()
    listener.listen()

    assert listener.heard == [("LAMP", 1)]
    assert listen(other_shelf.table, theirs.position, now=shelf.now).movements == ()


# guards


@pytest.mark.guards("storekeeper.inventory.movements.items.unmark_movement")
def test_a_movement_is_unmarked_once(shelf: Shelf, listener: Listener) -> None:
    shelf.adjust(5)
    shelf.project()
    (row,) = (row for pk in untold_pks(shelf.table.tenant_id) for row in shelf.table.query(pk, index=GSI2))
    shelf.table.write(unmark_movement(Key(row["pk"], row["sk"])))

    with pytest.raises(WriteRefused):
        shelf.table.write(unmark_movement(Key(row["pk"], row["sk"])))


@pytest.mark.guards("storekeeper.inventory.live.items.put_feed")
def test_a_head_that_was_read_too_early_is_refused(shelf: Shelf, listener: Listener) -> None:
    feed = items.feed_from(shelf.table.get(items.feed_key(shelf.table.tenant_id)) or {})
    shelf.table.write(items.put_feed(shelf.table.tenant_id, feed.with_page()))

    for stale in (feed.with_page(), replace(no_feed(shelf.now), version=1)):
        with pytest.raises(WriteRefused):
            shelf.table.write(items.put_feed(shelf.table.tenant_id, stale))


@pytest.mark.guards("storekeeper.inventory.live.items.put_page")
def test_a_page_is_never_written_over(shelf: Shelf) -> None:
    shelf.table.write(items.put_page(shelf.table.tenant_id, 7, ["first"], now=shelf.now))

    with pytest.raises(WriteRefused):
        shelf.table.write(items.put_page(shelf.table.tenant_id, 7, ["second"], now=shelf.now))


def test_a_feed_is_known_after_all_have_looked(shelf: Shelf) -> None:
    feed = Feed(shelf.now, shelf.now + WATCHED, 1, 1, 1)

    assert KNOWN_AFTER.total_seconds() > watching.KEPT_S
    assert [feed.is_known(shelf.now + timedelta(seconds=seconds)) for seconds in (0, 5, 6)] == [False, False, True]
