"""Rows of the ledger: what they say of a change, when it was, and which are missing."""

from datetime import UTC, datetime, timedelta

from storekeeper.inventory import Cause, Level, MovementType
from storekeeper.inventory.levels.model import adjusted, empty_level, shipped, taken
from storekeeper.inventory.movements.model import Movement, find_gaps, movement
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.trace import Actor

EAST = LocationId("loc_east")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT = TenantId("ten_1")
NOTHING = empty_level("LAMP", EAST)


def a_cause(kind: str, *, at: datetime = NOON) -> Cause:
    return Cause(MovementType(kind), "order", "ord_1", Actor("shopper"), at, "because")


def a_history() -> list[Level]:
    stocked = NOTHING.after(adjusted(10))
    held = stocked.after(taken(3))
    return [NOTHING, stocked, held, held.after(shipped(3)), held.after(shipped(3)).after(adjusted(-1))]


def a_ledger() -> list[Movement]:
    history, kinds = a_history(), ["restock", "hold", "sale", "damage"]
    return [
        movement(TENANT, before, after, a_cause(kind), earliest=NOON)
        for before, after, kind in zip(history, history[1:], kinds, strict=False)
    ]


def test_a_row_says_what_was_and_what_is() -> None:
    restock, hold, sale, _ = a_ledger()

    assert (restock.quantity, restock.on_hand_before, restock.on_hand_after) == (10, 0, 10)
    assert (hold.quantity, hold.on_hand_after, hold.reserved_before, hold.reserved_after) == (3, 10, 0, 3)
    assert (sale.quantity, sale.on_hand_after, sale.reserved_after, sale.version) == (-3, 7, 0, 3)
    assert [row.level for row in a_ledger()] == a_history()[1:]


def test_the_same_change_always_makes_the_same_row() -> None:
    assert a_ledger() == a_ledger()
    assert len({row.id for row in a_ledger()}) == 4


def test_a_row_never_precedes_the_one_before_whatever_clocks_say() -> None:
    _, stocked, held, *_ = a_history()
    late = movement(TENANT, stocked, held, a_cause("hold", at=NOON - timedelta(seconds=3)), earliest=NOON)

    assert late.occurred_at == NOON


def test_a_row_that_is_written_late_does_not_follow_the_one_after() -> None:
    _, stocked, held, *_ = a_history()
    soon = NOON + timedelta(seconds=3)
    late = movement(TENANT, stocked, held, a_cause("hold", at=soon), earliest=NOON, latest=NOON)

    assert late.occurred_at == NOON


def test_a_whole_ledger_has_no_gap() -> None:
    assert list(find_gaps(a_ledger(), start=NOTHING, now_is=a_history()[-1], changed_at=NOON)) == []


def test_missing_versions_are_found_with_what_is_known_around_them() -> None:
    restock, _, _, damage = a_ledger()
    history = a_history()

    (gap,) = find_gaps([restock, damage], start=NOTHING, now_is=history[-1], changed_at=NOON)

    assert (gap.first_version, gap.last_version) == (2, 3)
    assert (gap.before, gap.after) == (history[1], history[3])


def test_rows_that_are_missing_at_the_end_are_found_from_the_level() -> None:
    history = a_history()

    (gap,) = find_gaps(a_ledger()[:2], start=NOTHING, now_is=history[-1], changed_at=NOON)

    assert (gap.first_version, gap.last_version, gap.after) == (3, 4, history[-1])


def test_a_row_that_spans_a_gap_closes_it() -> None:
    restock, _, _, damage = a_ledger()
    history = a_history()
    span = movement(TENANT, history[1], history[3], a_cause("reconciliation"), earliest=NOON)

    assert (span.first_version, span.version, span.quantity) == (2, 3, -3)
    assert list(find_gaps([restock, span, damage], start=NOTHING, now_is=history[-1], changed_at=NOON)) == []
