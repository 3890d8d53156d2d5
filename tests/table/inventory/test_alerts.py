"""Alerts as stock raises and resolves them: told once in a day, whatever is delivered how often and in what order."""

import pytest

from storekeeper.catalog import sku_key
from storekeeper.inventory.alerts import store
from storekeeper.inventory.alerts.items import put_alert, put_watch, watch_from, watch_key
from storekeeper.inventory.alerts.model import AlertStatus
from storekeeper.inventory.alerts.rules.model import AlertKind
from storekeeper.inventory.alerts.use_cases import dismiss_alert, look_after_alert, rebuild_alerts, snooze_alert
from storekeeper.inventory.arrivals import expecting_writes
from storekeeper.inventory.levels.model import Cause, MovementType, SkuRef
from storekeeper.kernel.table import WriteRefused
from storekeeper.kernel.trace import OPERATOR
from storekeeper.tenancy import load_settings
from tests.table.inventory.alerting import DAY, HOUR, MINUTE, Alerting
from tests.table.inventory.conftest import Shelf

ANYWHERE = "*"


@pytest.fixture
def alerting(shelf: Shelf) -> Alerting:
    """An empty shelf."""
    return Alerting(shelf)


def test_without_a_rule_ten_units_are_low_three_critical_and_none_out(alerting: Alerting) -> None:
    seen = []
    for hour, units in enumerate([11, 10, 4, 3, 1, 0]):
        alerting.stock(units, after=hour * HOUR)
        seen.append(alerting.open())

    low, critical, out = ([("LAMP", kind, ANYWHERE)] for kind in ("low", "critical", "out"))
    assert seen == [[], low, low, critical, critical, out]
    assert alerting.names() == [
        ("raised", "low"),
        ("resolved", "low"),
        ("raised", "critical"),
        ("resolved", "critical"),
        ("raised", "out"),
    ]


def test_getting_better_is_not_told_but_for_being_back(alerting: Alerting) -> None:
    alerting.stock(0, after=HOUR)
    alerting.stock(20)
    alerting.stock(0, after=2 * HOUR)
    alerting.told.clear()

    alerting.stock(2, after=3 * HOUR)
    assert alerting.open() == [("LAMP", "critical", ANYWHERE)]
    alerting.stock(20, after=4 * HOUR)

    assert alerting.open() == []
    assert sorted(alerting.names()) == [("raised", "back_in_stock"), ("resolved", "out")]
    (news,) = alerting.all(kind=AlertKind.BACK_IN_STOCK)
    assert (news.status, news.available) == (AlertStatus.RESOLVED, 2)


def test_what_is_low_again_within_a_day_is_shown_and_told_when_the_day_is_over(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5, after=HOUR)
    alerting.stock(20, after=2 * HOUR)
    alerting.stock(5, after=3 * HOUR)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    assert alerting.names() == [("raised", "low"), ("resolved", "low")]
    assert alerting.sweep(after=DAY) == 0
    assert alerting.sweep(after=DAY + HOUR) == 1
    assert alerting.sweep(after=DAY + 2 * HOUR) == 0
    assert [event.occurred_at for event in alerting.told if event.type == "stock.alert_raised"] == [
        "2026-11-20T13:00:00.000Z",
        "2026-11-21T13:00:00.000Z",
    ]


def test_what_recovers_before_its_day_is_over_is_told_neither_way(alerting: Alerting) -> None:
    for hour, units in enumerate([20, 5, 20, 5, 20]):
        alerting.stock(units, after=hour * HOUR)

    assert alerting.sweep(after=2 * DAY) == 0
    assert alerting.names() == [("raised", "low"), ("resolved", "low")]


def test_a_day_later_it_is_told_at_once(alerting: Alerting) -> None:
    for hours, units in [(0, 20), (1, 5), (2, 20), (25, 5)]:
        alerting.stock(units, after=hours * HOUR)

    assert alerting.names() == [("raised", "low"), ("resolved", "low"), ("raised", "low")]
    (alert,) = alerting.all(status=AlertStatus.OPEN)
    assert (alert.episodes, alert.told_at) == (2, alerting.shelf.now + 25 * HOUR)


def test_a_snoozed_alert_wakes_and_is_told_again_once_its_day_is_over(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5, after=HOUR)
    (alert,) = alerting.all()
    now = alerting.shelf.now + HOUR
    snooze_alert(alerting.shelf.table, alert.id, until=now + 2 * DAY, now=now)
    alerting.stock(4, after=2 * HOUR)

    assert (alerting.open(), alerting.sweep(after=2 * DAY)) == ([], 0)
    assert alerting.sweep(after=2 * DAY + HOUR) == 1

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    assert alerting.names() == [("raised", "low"), ("raised", "low")]


def test_a_short_snooze_tells_nothing_within_the_day(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5)
    (alert,) = alerting.all()
    snooze_alert(alerting.shelf.table, alert.id, until=alerting.shelf.now + HOUR, now=alerting.shelf.now)

    alerting.sweep(after=2 * HOUR)
    assert (alerting.open(), len(alerting.names())) == ([("LAMP", "low", ANYWHERE)], 1)
    alerting.sweep(after=DAY)

    assert alerting.names() == [("raised", "low")] * 2


@pytest.mark.parametrize("put_aside", ["dismiss", "snooze"])
def test_what_was_put_aside_is_resolved_by_stock_and_comes_anew(alerting: Alerting, put_aside: str) -> None:
    alerting.stock(20)
    alerting.stock(5)
    (alert,) = alerting.all()
    now = alerting.shelf.now
    if put_aside == "dismiss":
        dismiss_alert(alerting.shelf.table, alert.id)
    else:
        snooze_alert(alerting.shelf.table, alert.id, until=now + 9 * DAY, now=now)

    alerting.stock(20, after=HOUR)
    assert alerting.fresh(alert).status is AlertStatus.RESOLVED
    alerting.stock(5, after=2 * DAY)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    assert alerting.names() == [("raised", "low"), ("resolved", "low"), ("raised", "low")]


def test_worse_is_told_though_the_lesser_was_dismissed(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5)
    dismiss_alert(alerting.shelf.table, alerting.all()[0].id)

    alerting.stock(0, after=MINUTE)

    assert alerting.open() == [("LAMP", "out", ANYWHERE)]
    assert ("raised", "out") in alerting.names()


def test_all_locations_count_together(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(6, location=1)
    alerting.stock(0)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    alerting.stock(0, location=1)
    assert alerting.open() == [("LAMP", "out", ANYWHERE)]


def test_a_sku_with_plenty_elsewhere_is_not_out(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(20, location=1)
    alerting.stock(0)

    assert (alerting.open(), alerting.names()) == ([], [])


def test_a_new_sku_whose_first_units_are_on_their_way_is_not_missing(alerting: Alerting) -> None:
    expect(alerting, 30)
    rebuild_alerts(alerting.shelf.table, ["LAMP"])
    alerting.project()
    assert alerting.all() == ()

    alerting.stock(20)

    assert (alerting.all(), alerting.names()) == ((), [])


def test_what_is_out_is_out_though_more_is_on_its_way(alerting: Alerting) -> None:
    alerting.stock(20)
    expect(alerting, 30)

    alerting.stock(0)

    assert alerting.open() == [("LAMP", "out", ANYWHERE)]


def test_what_is_announced_again_and_again_is_missing_after_all(alerting: Alerting) -> None:
    expect(alerting, 30)
    expect(alerting, 5)

    live = alerting.open()
    rebuild_alerts(alerting.shelf.table, ["LAMP"])

    assert live == alerting.open() == [("LAMP", "out", ANYWHERE)]


def expect(alerting: Alerting, units: int) -> None:
    """Say that units are on their way to the default location, as a purchase order does."""
    shelf = alerting.shelf
    if shelf.table.get(sku_key(shelf.table.tenant_id, "LAMP")) is None:
        shelf.sell("LAMP")
    location = load_settings(shelf.table).default_location()
    level = next((one for one in shelf.levels() if one.location_id == location.id), None)
    cause = Cause(MovementType.RESTOCK, "purchase_order", "pur_1", OPERATOR, shelf.now)
    shelf.table.write(*expecting_writes(SkuRef(shelf.table.tenant_id, "LAMP"), location, level, units, cause=cause))
    alerting.project()


def test_a_change_that_crosses_nothing_writes_nothing(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(9)
    watch = alerting.shelf.table.get(watch_key(alerting.shelf.table.tenant_id, "LAMP"))
    item = alerting.item(alerting.all()[0])

    for units in (8, 5, 4):
        alerting.stock(units, after=HOUR)

    assert alerting.shelf.table.get(watch_key(alerting.shelf.table.tenant_id, "LAMP")) == watch
    assert alerting.item(alerting.all()[0]) == item


@pytest.mark.guards("storekeeper.inventory.alerts.items.put_watch")
def test_what_was_decided_before_another_look_is_not_written(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5)
    table = alerting.shelf.table
    stale = watch_from(table.get(watch_key(table.tenant_id, "LAMP")) or {}).after({})
    alerting.stock(0)
    watch = table.get(watch_key(table.tenant_id, "LAMP"))

    with pytest.raises(WriteRefused):
        table.write(put_watch(table.tenant_id, stale))

    assert table.get(watch_key(table.tenant_id, "LAMP")) == watch


@pytest.mark.guards("storekeeper.inventory.alerts.items.put_alert")
def test_an_alert_that_a_merchant_has_dismissed_meanwhile_is_not_overwritten(alerting: Alerting) -> None:
    alerting.stock(20)
    alerting.stock(5)
    (alert,) = alerting.all()
    dismissed = dismiss_alert(alerting.shelf.table, alert.id)

    with pytest.raises(WriteRefused):
        alerting.shelf.table.write(put_alert(alerting.shelf.table.tenant_id, alert.resolved(alerting.shelf.now)))

    assert alerting.fresh(alert) == dismissed


def test_the_sweep_comes_too_late_for_what_has_recovered(alerting: Alerting) -> None:
    for hour, units in enumerate([20, 5, 20, 5]):
        alerting.stock(units, after=hour * HOUR)
    key = alerting.due("alert", 2 * DAY)[0]
    alerting.stock(20, after=4 * HOUR)

    assert look_after_alert(alerting.shelf.table, key, now=alerting.shelf.now + 2 * DAY) is False


def test_totals_count_up_to_a_bound_and_say_so(alerting: Alerting, monkeypatch: pytest.MonkeyPatch) -> None:
    for sku in ("LAMP", "MUG"):
        alerting.stock(5, sku=sku)
    alerting.stock(1, sku="CUP")
    table, kinds = alerting.shelf.table, (AlertKind.LOW, AlertKind.CRITICAL, AlertKind.OUT)

    whole = store.count_alerts(table, AlertStatus.OPEN)
    monkeypatch.setattr(store, "MAX_COUNTED", 1)
    capped = store.count_alerts(table, AlertStatus.OPEN)

    assert ([whole.kinds[kind] for kind in kinds], whole.capped) == ([2, 1, 0], False)
    assert ([capped.kinds[kind] for kind in kinds], capped.capped) == ([1, 1, 0], True)


def test_another_tenant_sees_no_alert(alerting: Alerting, other_shelf: Shelf) -> None:
    alerting.stock(5)
    other = Alerting(other_shelf)
    other.project()

    assert (len(alerting.all()), other.all(), other.all(sku="LAMP")) == (1, (), ())
