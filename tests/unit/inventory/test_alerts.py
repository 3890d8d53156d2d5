"""What a rule makes of a number of units, which rule counts where, and the life of an alert: decisions alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.alerts.items import alert_from, put_alert
from storekeeper.inventory.alerts.model import BY_MERCHANT, Alert, AlertStatus, Seen, judge, unborn
from storekeeper.inventory.alerts.rules.model import (
    ANYWHERE,
    BY_DEFAULT,
    NO_RULES,
    AlertKind,
    Governing,
    Rule,
    RuleScope,
    Target,
    Terms,
    location_at,
    places_of,
    possible_targets,
    store_at,
)
from storekeeper.inventory.events import events_of
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from tests.docs.event_page import documented

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TENANT, PRODUCT = TenantId("ten_1"), ProductId("prd_1")
STORE, OTHER = (StoreId(f"sto_01KAGC3M5Q8V6ZB1X7Y2N4T9R{letter}") for letter in "AB")
EAST = LocationId("loc_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
ALERTS = {kind: unborn(f"alr_{kind}", "LAMP", PRODUCT, ANYWHERE, kind, NOON) for kind in AlertKind}


def governing(**terms: Any) -> Governing:
    return Governing("rul_1", "", Terms(**terms), ())


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (tuple(AlertKind), [None, "low", "low", "critical", "critical", "out", "out"]),
        ((AlertKind.LOW,), [None, "low", "low", "low", "low", "low", "low"]),
        (
            (AlertKind.CRITICAL, AlertKind.BACK_IN_STOCK),
            [None, None, None, "critical", "critical", "critical", "critical"],
        ),
        ((AlertKind.OUT,), [None, None, None, None, None, "out", "out"]),
        ((), [None] * 7),
    ],
)
def test_the_most_severe_of_a_rule_s_kinds_that_so_few_units_are(
    kinds: tuple[AlertKind, ...], expected: list[str | None]
) -> None:
    assert [Terms(kinds=kinds).kind_of(units) for units in (11, 10, 4, 3, 1, 0, -2)] == expected


@pytest.mark.parametrize(
    ("available", "incoming", "units"),
    [(21, 0, 0), (20, 0, 8), (14, 0, 8), (12, 0, 16), (0, 0, 24), (-3, 0, 24), (5, 16, 0), (5, 15, 8)],
)
def test_as_many_lots_are_ordered_as_lift_the_stock_above_the_point(available: int, incoming: int, units: int) -> None:
    terms = Terms(low=20, reorder_point=20, reorder_quantity=8)

    assert terms.suggest(available=available, incoming=incoming) == units
    assert Terms().suggest(available=available, incoming=incoming) is None


def rules(*targets: Target, **off: Target) -> dict[Target, Rule]:
    made = {target: Rule(f"{target}", target, Terms(), (), None, 1, NOON, NOON) for target in targets}
    return made | {
        target: replace(made[target], terms=Terms(enabled=False)) for target in off.values() if target in made
    }


GLOBAL, AT_EAST = Target(RuleScope.GLOBAL), Target(RuleScope.GLOBAL, "", EAST)
OF_STORE, OF_OTHER = Target(RuleScope.STORE, STORE), Target(RuleScope.STORE, OTHER)
OF_PRODUCT, OF_SKU = Target(RuleScope.PRODUCT, PRODUCT), Target(RuleScope.VARIANT, "LAMP")
SKU_AT_EAST = Target(RuleScope.VARIANT, "LAMP", EAST)


@pytest.mark.parametrize(
    ("given_rules", "expected"),
    [
        (rules(), {ANYWHERE: None}),
        (rules(GLOBAL), {ANYWHERE: GLOBAL}),
        (rules(GLOBAL, off=GLOBAL), {ANYWHERE: None}),
        (rules(GLOBAL, OF_STORE), {STORE: OF_STORE, ANYWHERE: GLOBAL}),
        (rules(GLOBAL, OF_STORE, OF_OTHER), {STORE: OF_STORE, OTHER: OF_OTHER}),
        (rules(GLOBAL, OF_STORE, OF_PRODUCT), {ANYWHERE: OF_PRODUCT}),
        (rules(OF_PRODUCT, OF_SKU), {ANYWHERE: OF_SKU}),
        (rules(OF_PRODUCT, OF_SKU, off=OF_SKU), {ANYWHERE: OF_PRODUCT}),
        (rules(OF_SKU, AT_EAST), {ANYWHERE: OF_SKU, EAST: AT_EAST}),
        (rules(AT_EAST, SKU_AT_EAST), {ANYWHERE: None, EAST: SKU_AT_EAST}),
    ],
)
def test_the_most_specific_rule_counts_at_each_place(
    given_rules: dict[Target, Rule], expected: dict[str, Target | None]
) -> None:
    places = places_of(given_rules, sku="LAMP", product_id=PRODUCT, stores=[STORE, OTHER], locations=[EAST])

    assert {place: one.rule_id for place, one in places.items()} == {
        place: str(target) if target else None for place, target in expected.items()
    }


def test_rules_that_there_are_none_of_are_not_looked_for() -> None:
    counted = NO_RULES.counted(OF_SKU, by=1, low=40).counted(AT_EAST, by=1, low=5)

    assert list(possible_targets(NO_RULES, sku="LAMP", product_id=PRODUCT, stores=[STORE])) == []
    assert list(possible_targets(counted, sku="LAMP", product_id=PRODUCT, stores=[STORE])) == [OF_SKU, AT_EAST]
    assert (counted.highest, counted.locations) == (40, (EAST,))
    assert counted.counted(OF_SKU, by=-1, low=0).counted(AT_EAST, by=-1, low=0).highest == 0


def test_a_place_says_what_it_is() -> None:
    assert [(store_at(place), location_at(place)) for place in (ANYWHERE, STORE, EAST)] == [
        (None, None),
        (STORE, None),
        (None, EAST),
    ]


# an alert's life


def followed(steps: list[tuple[int, int]]) -> tuple[Mapping[AlertKind, Alert], list[Alert]]:
    """The alerts after stock went through these units (hours after noon, units), with every version there was."""
    alerts, seen, versions = dict(ALERTS), None, []
    for hours, units in steps:
        at = NOON + hours * HOUR
        for kind, alert in alerts.items():
            if alert.at_due(at) != alert:
                alerts[kind] = alert.at_due(at)
                versions.append(alerts[kind])
        now_is = Seen.of(units, BY_DEFAULT)
        changed = judge(alerts, before=seen, now_is=now_is, available=units, governing=BY_DEFAULT, at=at)
        alerts |= {alert.kind: alert for alert in changed}
        versions += changed
        seen = now_is
    return alerts, versions


histories = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 14)), max_size=30).map(sorted)


@given(histories)
def test_only_what_is_so_is_open_and_the_same_is_told_once_a_day(steps: list[tuple[int, int]]) -> None:
    alerts, versions = followed(steps)

    units = steps[-1][1] if steps else 99
    expected = BY_DEFAULT.terms.kind_of(units)
    assert {alert.kind for alert in alerts.values() if alert.is_active} == ({expected} if expected else set())
    for kind in AlertKind:
        times = sorted({alert.told_at for alert in versions if alert.kind is kind and alert.told_at})
        assert all(later - earlier >= DAY for earlier, later in pairwise(times))


@given(histories)
def test_versions_count_by_one_and_items_hold_the_whole_alert(steps: list[tuple[int, int]]) -> None:
    _, versions = followed(steps)

    for kind in AlertKind:
        assert [alert.version for alert in versions if alert.kind is kind] == list(
            range(1, 1 + sum(alert.kind is kind for alert in versions))
        )
    for alert in versions:
        item = put_alert(TENANT, alert).item
        assert alert_from({name: value for name, value in item.items() if value is not None}) == alert


@given(histories)
def test_each_telling_and_each_end_of_what_was_told_is_one_event(steps: list[tuple[int, int]]) -> None:
    _, versions = followed(steps)
    told: list[Event] = []
    for kind in AlertKind:
        images = [None, *(put_alert(TENANT, alert).item for alert in versions if alert.kind is kind)]
        told += [event for old, new in pairwise(images) for event in events_of(a_change(old, new))]

    assert len({event.id for event in told}) == len(told)
    raised = {(one.entity_id, one.occurred_at) for one in told if one.type == "stock.alert_raised"}
    assert len(raised) == sum(event.type == "stock.alert_raised" for event in told)
    assert [event for event in told if not documented()[event.type].allows(set(event.data))] == []


def a_change(old: dict[str, Any] | None, new: dict[str, Any] | None) -> Change:
    return Change(Key("T#ten_1#ALERT#alr_1", "ALERT"), old, new, "1", NOON)


def test_nothing_is_told_of_an_alert_that_goes_by_another_rule_or_is_put_aside() -> None:
    (alert,) = judge(ALERTS, before=None, now_is=Seen.of(5, BY_DEFAULT), available=5, governing=BY_DEFAULT, at=NOON)
    images = [put_alert(TENANT, one).item for one in (alert, alert.governed(governing(low=20)))]
    images.append(put_alert(TENANT, alert_from(images[1]).dismissed()).item)
    images.append(put_alert(TENANT, alert_from(images[2]).reopened()).item)

    assert [event for old, new in pairwise(images) for event in events_of(a_change(old, new))] == []


def an_open_alert() -> Alert:
    (alert,) = judge(ALERTS, before=None, now_is=Seen.of(5, BY_DEFAULT), available=5, governing=BY_DEFAULT, at=NOON)
    return alert


def test_what_is_resolved_is_raised_by_stock_alone() -> None:
    resolved = an_open_alert().resolved(NOON + HOUR)

    for act in (resolved.dismissed, resolved.reopened, lambda: resolved.snoozed(NOON + 2 * DAY, now=NOON)):
        with pytest.raises(WrongState):
            act()
    assert BY_MERCHANT[AlertStatus.RESOLVED] == set()


@pytest.mark.parametrize("until", [NOON, NOON - HOUR, NOON + timedelta(days=365, seconds=1)])
def test_a_snooze_ends_within_a_year(until: datetime) -> None:
    with pytest.raises(Invalid):
        an_open_alert().snoozed(until, now=NOON)


def test_a_snoozed_alert_wakes_at_its_instant_however_late_the_sweep_is() -> None:
    snoozed = an_open_alert().snoozed(NOON + 3 * DAY, now=NOON)

    assert snoozed.at_due(NOON + 3 * DAY - HOUR) == snoozed
    woken = snoozed.at_due(NOON + 9 * DAY)
    assert (woken.status, woken.told_at, woken.snoozed_until) == (AlertStatus.OPEN, NOON + 3 * DAY, None)


def test_dismissing_forgets_what_was_still_to_be_told() -> None:
    waiting = an_open_alert().resolved(NOON + HOUR).opened(5, BY_DEFAULT, worse=True, at=NOON + 2 * HOUR)
    assert waiting.due_at == NOON + DAY

    assert waiting.dismissed().at_due(NOON + 2 * DAY).told_at == NOON
