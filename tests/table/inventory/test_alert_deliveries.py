"""Alerts come to the same whatever is delivered, how often and in what order; told once a day; made from nothing."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from storekeeper.inventory.alerts.items import alert_key, watch_key
from storekeeper.inventory.alerts.model import AlertStatus
from storekeeper.inventory.alerts.projection import _kept
from storekeeper.inventory.alerts.rules.model import Rule, Terms
from storekeeper.inventory.alerts.rules.use_cases import delete_rule
from storekeeper.inventory.alerts.use_cases import dismiss_alert, rebuild_alerts, snooze_alert
from storekeeper.kernel.changes import Change
from storekeeper.kernel.writes import PRESENT, Delete
from tests.table.inventory.alerting import DAY, HOUR, Alerting
from tests.table.inventory.conftest import Shelf

ANYWHERE = "*"


@pytest.fixture
def alerting(shelf: Shelf) -> Alerting:
    """An empty shelf."""
    return Alerting(shelf)


def a_week(alerting: Alerting, seed: int) -> list[Change]:
    """Stock of two SKUs in two locations, up and down for a week; nothing of it projected yet."""
    dice, shelf = random.Random(seed), alerting.shelf
    shelf.sell("LAMP", "MUG")
    for step in range(14):
        sku, location = dice.choice(["LAMP", "MUG"]), dice.randrange(2)
        level = next((one for one in shelf.levels(sku) if one.location_id == shelf.locations[location]), None)
        units = dice.choice([0, 1, 3, 5, 11, 30])
        quantity = units - (level.available if level else 0)
        if quantity:
            shelf.adjust(quantity, sku=sku, location=location, at=shelf.now + step * 12 * HOUR)
    return shelf.changes()


def truth(alerting: Alerting) -> list[tuple[str, str, str]]:
    """What must be open by the defaults."""
    found = []
    for sku in ("LAMP", "MUG"):
        levels = alerting.shelf.levels(sku)
        units = sum(level.available for level in levels)
        kind = "out" if units == 0 else "critical" if units <= 3 else "low" if units <= 10 else None
        if levels and kind:
            found.append((sku, kind, ANYWHERE))
    return found


def told_at(alerting: Alerting) -> dict[str, list[datetime]]:
    """When each alert was told, in order."""
    times: dict[str, list[datetime]] = {}
    for event in {event.id: event for event in alerting.told if event.type == "stock.alert_raised"}.values():
        times.setdefault(event.entity_id, []).append(datetime.fromisoformat(event.occurred_at))
    return {alert_id: sorted(each) for alert_id, each in times.items()}


def told_apart(alerting: Alerting) -> bool:
    """Whether each alert was told once a day at most."""
    return all(later - earlier >= DAY for times in told_at(alerting).values() for earlier, later in pairwise(times))


@pytest.mark.parametrize("seed", range(8))
def test_alerts_converge_and_are_told_once_a_day_whatever_the_order(alerting: Alerting, seed: int) -> None:
    changes = a_week(alerting, seed)
    dice = random.Random(seed)
    for change in dice.sample([*changes, *changes], 2 * len(changes)):
        alerting.shelf.project([change])
        if dice.random() < 0.2:
            alerting.sweep(after=timedelta(hours=dice.randrange(200)))
    alerting.project()

    assert alerting.open() == truth(alerting)
    assert told_apart(alerting)


@pytest.mark.parametrize("seed", range(4))
def test_a_replay_of_everything_changes_and_tells_nothing(alerting: Alerting, seed: int) -> None:
    changes = a_week(alerting, seed)
    for change in changes:
        alerting.shelf.project([change])
    alerting.project()
    before = {alert.id: alerting.item(alert) for alert in alerting.all()}
    told = len(alerting.told)

    alerting.shelf.project(random.Random(seed).sample([*changes, *alerting.changes], len(changes)))
    alerting.project()

    assert {alert.id: alerting.item(alert) for alert in alerting.all()} == before
    assert len(alerting.told) == told


@pytest.mark.parametrize("seed", range(4))
def test_what_is_made_from_nothing_equals_what_was_followed(alerting: Alerting, seed: int) -> None:
    for change in a_week(alerting, seed):
        alerting.shelf.project([change])
    alerting.project()
    live, table = alerting.open(), alerting.shelf.table
    watches = [watch_key(table.tenant_id, sku) for sku in ("LAMP", "MUG")]
    for key in table.get_many([*watches, *(alert_key(table.tenant_id, alert.id) for alert in alerting.all())]):
        table.write(Delete(key, only_if=PRESENT))

    assert rebuild_alerts(table, ["LAMP", "MUG"]) == 2

    assert alerting.open() == live == truth(alerting)


@pytest.mark.parametrize("seed", range(6))
def test_stock_rules_merchants_and_sweeps_in_any_mixture_come_to_what_the_rules_say(
    alerting: Alerting, seed: int
) -> None:
    dice = random.Random(seed)
    alerting.shelf.sell("LAMP", "MUG")
    rules: dict[str, Rule] = {}
    for step in range(30):
        after, sku = step * 5 * HOUR, dice.choice(["LAMP", "MUG"])
        match dice.randrange(6):
            case 0 | 1 | 2:
                alerting.stock(dice.choice([0, 2, 6, 15, 40]), sku=sku, location=dice.randrange(2), after=after)
            case 3:
                make_or_delete_rule(alerting, rules, sku, dice, after)
            case 4:
                put_aside(alerting, sku, dice, after)
            case _:
                alerting.sweep(after=after)
    alerting.project()
    while alerting.sweep(after=60 * DAY):
        pass

    active = sorted((alert.sku, str(alert.kind)) for alert in alerting.all() if alert.is_active)
    assert active == meant(alerting, rules)
    assert told_apart(alerting)


def make_or_delete_rule(
    alerting: Alerting, rules: dict[str, Rule], sku: str, dice: random.Random, after: timedelta
) -> None:
    if sku in rules:
        delete_rule(alerting.shelf.table, rules.pop(sku).id, now=alerting.shelf.now + after)
        _kept.cache_clear()
    else:
        rules[sku] = alerting.rule("variant", sku, low=dice.choice([4, 20]), critical=1, after=after)


def put_aside(alerting: Alerting, sku: str, dice: random.Random, after: timedelta) -> None:
    table, now = alerting.shelf.table, alerting.shelf.now + after
    for alert in alerting.all(sku=sku, status=AlertStatus.OPEN):
        if dice.random() < 0.5:
            dismiss_alert(table, alert.id)
        else:
            snooze_alert(table, alert.id, until=now + dice.randrange(1, 60) * HOUR, now=now)


def meant(alerting: Alerting, rules: dict[str, Rule]) -> list[tuple[str, str]]:
    """What must be so by these rules, and by the defaults where there is none."""
    found = []
    for sku in ("LAMP", "MUG"):
        levels, terms = alerting.shelf.levels(sku), rules[sku].terms if sku in rules else Terms()
        kind = terms.kind_of(sum(level.available for level in levels))
        if levels and kind:
            found.append((sku, str(kind)))
    return found
