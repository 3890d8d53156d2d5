"""Alert rules: which counts where, and what is looked at anew when one comes, changes or goes."""

from datetime import timedelta

import pytest

from storekeeper.catalog.listings.use_cases import delete_listing
from storekeeper.inventory.alerts.projection import _kept
from storekeeper.inventory.alerts.rules import items
from storekeeper.inventory.alerts.rules.model import NO_RULES, RuleExists, RuleScope, Target
from storekeeper.inventory.alerts.rules.store import RuleFilter, list_rules, read_rule, read_rule_set
from storekeeper.inventory.alerts.rules.use_cases import change_rule, delete_rule
from storekeeper.kernel.table import WriteRefused
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.table.catalog.shop import list_in
from tests.table.inventory.alerting import HOUR, Alerting
from tests.table.inventory.conftest import Shelf

ANYWHERE = "*"
SECOND = timedelta(seconds=1)


@pytest.fixture
def alerting(shelf: Shelf) -> Alerting:
    """An empty shelf, with nothing known of rules before."""
    _kept.cache_clear()
    return Alerting(shelf)


def change(alerting: Alerting, rule_id: str, *, after: timedelta = HOUR, **changes: object) -> None:
    change_rule(
        alerting.shelf.table,
        rule_id,
        changes,
        recipients=None,
        sealer=alerting.sealer,
        now=alerting.shelf.now + after,
    )
    _kept.cache_clear()


@pytest.mark.parametrize("units", [45, 35, 25, 15])
def test_the_most_specific_rule_counts(alerting: Alerting, units: int) -> None:
    product = alerting.sell("LAMP", "MUG")
    alerting.rule(low=40)
    alerting.rule("product", product.id, low=30)
    alerting.rule("variant", "LAMP", low=20)
    alerting.stock(units)
    alerting.stock(units, sku="MUG")

    assert [sku for sku, _, _ in alerting.open()] == {45: [], 35: [], 25: ["MUG"], 15: ["LAMP", "MUG"]}[units]


def test_a_rule_that_is_off_is_as_if_it_were_not_there(alerting: Alerting) -> None:
    alerting.shelf.sell("LAMP")
    alerting.rule(low=40)
    alerting.rule("variant", "LAMP", low=20, enabled=False)
    alerting.stock(30)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]


def test_a_rule_without_kinds_keeps_what_it_covers_silent(alerting: Alerting) -> None:
    alerting.shelf.sell("LAMP")
    alerting.rule("variant", "LAMP", kinds=())
    alerting.stock(0)
    alerting.stock(5)
    alerting.stock(0)

    assert alerting.all() == ()


def test_a_rule_for_a_location_counts_the_stock_there_besides(alerting: Alerting) -> None:
    alerting.rule(location=1, low=5)
    alerting.stock(30)
    alerting.stock(4, location=1)

    assert alerting.open() == [("LAMP", "low", "1")]
    assert alerting.all(location_id=alerting.shelf.locations[1]) == alerting.all()
    assert alerting.all(location_id=alerting.shelf.locations[0]) == ()


def test_where_a_sku_is_not_kept_it_is_not_missing(alerting: Alerting) -> None:
    alerting.stock(30)
    alerting.rule(location=1)
    alerting.project()
    alerting.stock(5)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    alerting.stock(4, location=1)
    alerting.stock(0, location=1)
    assert alerting.open() == [("LAMP", "low", ANYWHERE), ("LAMP", "out", "1")]


def test_a_new_rule_raises_what_it_finds_and_a_deleted_one_takes_it_back(alerting: Alerting) -> None:
    alerting.stock(30)
    rule = alerting.rule(low=40, after=HOUR)
    alerting.project()
    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    assert alerting.all()[0].raised_at == alerting.shelf.now + HOUR  # not when stock last changed

    delete_rule(alerting.shelf.table, rule.id, now=alerting.shelf.now + 2 * HOUR)
    _kept.cache_clear()
    alerting.project()

    assert alerting.open() == []
    assert alerting.names() == [("raised", "low"), ("resolved", "low")]
    assert read_rule_set(alerting.shelf.table).counts == {}


def test_a_changed_rule_is_noted_on_what_is_open_and_not_told_again(alerting: Alerting) -> None:
    rule = alerting.rule(low=40)
    alerting.stock(30)
    change(alerting, rule.id, low=50, reorder_point=45, reorder_quantity=10)
    alerting.project()

    (alert,) = alerting.all()
    assert (alert.governing.terms.low, alert.governing.terms.reorder_point) == (50, 45)
    assert alerting.names() == [("raised", "low")]


def test_another_tenant_sees_no_rule_and_is_not_ruled(alerting: Alerting, other_shelf: Shelf) -> None:
    alerting.rule(low=40)
    other = Alerting(other_shelf)
    other.stock(30)

    assert other.all() == ()
    assert list_rules(other_shelf.table, RuleFilter(), after=None, limit=10).entries == ()


# listings


def test_a_store_s_rule_counts_for_what_it_lists_as_long_as_it_does(alerting: Alerting, store: Store) -> None:
    table, product = alerting.shelf.table, alerting.sell("LAMP")
    alerting.rule("store", store.id, low=40)
    alerting.stock(30)
    assert alerting.open() == []

    listing = list_in(store, product, table=table)
    alerting.project()
    assert alerting.open() == [("LAMP", "low", "store")]
    delete_listing(listing.id, shop=store, table=table)
    alerting.project()

    assert alerting.open() == []


def test_stores_without_a_rule_go_by_the_global_one(alerting: Alerting, store: Store, make_store: MakeStore) -> None:
    product, other = alerting.sell("LAMP"), make_store(name="Other")
    for shop in (store, other):
        list_in(shop, product, table=alerting.shelf.table)
    alerting.rule(low=40)
    alerting.rule("store", store.id, low=20)
    alerting.stock(30)

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    alerting.stock(15)
    assert alerting.open() == [("LAMP", "low", ANYWHERE), ("LAMP", "low", "store")]
    assert len(alerting.all(store_id=store.id)) == 2
    assert [alerting.place(alert) for alert in alerting.all(store_id=other.id)] == [ANYWHERE]


# guards


@pytest.mark.guards("storekeeper.inventory.alerts.rules.items.put_rule")
def test_a_target_has_one_rule(alerting: Alerting) -> None:
    rule = alerting.rule(low=40)

    with pytest.raises(RuleExists):
        alerting.shelf.table.write(items.put_rule(alerting.shelf.table.tenant_id, rule))
    with pytest.raises(RuleExists):
        alerting.rule(low=50)

    assert read_rule(alerting.shelf.table, rule.id) == rule
    assert read_rule_set(alerting.shelf.table).counts == {"global": 1}


@pytest.mark.guards("storekeeper.inventory.alerts.rules.items.replace_rule")
def test_a_change_decided_before_another_is_not_written(alerting: Alerting) -> None:
    rule = alerting.rule(low=40)
    change(alerting, rule.id, low=50)
    current = read_rule(alerting.shelf.table, rule.id)

    with pytest.raises(WriteRefused):
        alerting.shelf.table.write(items.replace_rule(alerting.shelf.table.tenant_id, current))

    assert read_rule(alerting.shelf.table, rule.id).terms.low == 50


@pytest.mark.guards("storekeeper.inventory.alerts.rules.items.drop_rule")
def test_a_rule_that_has_changed_is_not_removed_unseen(alerting: Alerting) -> None:
    rule = alerting.rule(low=40)
    change(alerting, rule.id, low=50)

    with pytest.raises(WriteRefused):
        alerting.shelf.table.write(items.drop_rule(alerting.shelf.table.tenant_id, rule))

    assert read_rule(alerting.shelf.table, rule.id).version == 2


@pytest.mark.guards("storekeeper.inventory.alerts.rules.items.put_rule_set")
def test_two_rules_that_come_at_once_are_both_counted(alerting: Alerting) -> None:
    stale = NO_RULES.counted(Target(RuleScope.GLOBAL), by=1, low=40)
    alerting.shelf.sell("LAMP")
    alerting.rule("variant", "LAMP", low=40)

    with pytest.raises(WriteRefused):
        alerting.shelf.table.write(items.put_rule_set(alerting.shelf.table.tenant_id, stale))

    assert read_rule_set(alerting.shelf.table).counts == {"variant": 1}
