"""Reviews: what a rule covers is looked at when it comes, changes or goes; to the end, and once more."""

from datetime import timedelta

import pytest

from storekeeper.inventory.alerts import reviews
from storekeeper.inventory.alerts.projection import _kept
from storekeeper.inventory.alerts.reviews import (
    SETTLED,
    Review,
    continue_review,
    review_from,
    review_key,
    review_of,
    review_part,
)
from storekeeper.inventory.alerts.rules.model import RuleScope, Target
from storekeeper.kernel.table import WriteRefused
from storekeeper.runs import DUE_KIND as RUN_DUE_KIND
from storekeeper.runs import get_run, run_from_key
from storekeeper.tenancy import Store
from tests.table.catalog.shop import a_variant, list_in, make_product
from tests.table.inventory.alerting import Alerting
from tests.table.inventory.conftest import Shelf

ANYWHERE = "*"
SECOND = timedelta(seconds=1)
EVER = timedelta(days=36_500)  # a run is due when the stream told of its rule, by the stream's own clock


@pytest.fixture
def alerting(shelf: Shelf) -> Alerting:
    """An empty shelf, with nothing known of rules before."""
    _kept.cache_clear()
    return Alerting(shelf)


@pytest.mark.parametrize("scope", ["global", "product", "variant"])
def test_what_was_passed_over_by_the_rules_of_before_is_seen_by_the_second_look(alerting: Alerting, scope: str) -> None:
    product = alerting.sell("LAMP")
    alerting.stock(60)
    alerting.rule(scope, {"product": product.id, "variant": "LAMP"}.get(scope, ""), low=40, known=False)
    alerting.project()
    alerting.stock(30, after=SECOND)
    assert alerting.open() == []

    assert alerting.sweep(after=SETTLED - SECOND) == 0
    assert alerting.sweep(after=SETTLED) == 1

    assert alerting.open() == [("LAMP", "low", ANYWHERE)]
    assert alerting.sweep(after=2 * SETTLED) == 0


def test_a_look_at_many_is_a_run_that_goes_on_where_it_ended(
    alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "LEVELS", 2)
    skus = [f"SKU-{number}" for number in range(7)]
    for sku in skus:
        alerting.stock(30, sku=sku)
    alerting.rule(low=40)

    alerting.project()
    assert [sku for sku, _, _ in alerting.open()] == skus[:2]
    (key,) = alerting.due(RUN_DUE_KIND, EVER)
    seen, run = [], get_run(alerting.shelf.table, run_from_key(key))
    while run.is_open:
        run = run.advanced(review_part(run, alerting.shelf.table, alerting.shelf.now), now=alerting.shelf.now)
        seen.append(len(alerting.open()))

    assert seen == [2, 4, 6, 7]


def test_a_store_s_rule_has_all_that_it_lists_looked_at(
    alerting: Alerting, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "LISTINGS", 2)
    for sku in "ABCDE":
        list_in(store, make_product(alerting.shelf.table, a_variant(sku), title=sku), table=alerting.shelf.table)
        alerting.stock(30, sku=sku)
    alerting.rule("store", store.id, low=40)

    alerting.project()
    alerting.sweep(after=EVER)

    assert [sku for sku, _, _ in alerting.open()] == list("ABCDE")


# guards


def a_review(alerting: Alerting) -> Review:
    """A review of everything that has begun."""
    review = review_of(Target(RuleScope.GLOBAL), because="rule", changed_at=alerting.shelf.now)
    reviews.begin_review(alerting.shelf.table, review)
    return review


def kept(alerting: Alerting, review: Review) -> Review | None:
    item = alerting.shelf.table.get(review_key(alerting.shelf.table.tenant_id, review.id))
    return review_from(item) if item else None


@pytest.mark.guards("storekeeper.inventory.alerts.reviews.put_review")
def test_a_change_that_is_known_twice_makes_one_review(alerting: Alerting) -> None:
    review = a_review(alerting)
    table, now = alerting.shelf.table, alerting.shelf.now
    assert continue_review(table, review_key(table.tenant_id, review.id), now=now)

    a_review(alerting)

    assert kept(alerting, review) == review.next


@pytest.mark.guards("storekeeper.inventory.alerts.reviews.replace_review")
def test_a_look_that_somebody_else_has_begun_and_ended_is_not_brought_back(alerting: Alerting) -> None:
    review = a_review(alerting)
    table, following = alerting.shelf.table, review.next
    assert following is not None
    table.write(reviews.replace_review(table.tenant_id, following))
    table.write(reviews.drop_review(table.tenant_id, following))

    with pytest.raises(WriteRefused):
        table.write(reviews.replace_review(table.tenant_id, following))

    assert kept(alerting, review) is None


@pytest.mark.guards("storekeeper.inventory.alerts.reviews.drop_review")
def test_a_review_that_has_gone_on_is_not_removed(alerting: Alerting) -> None:
    review = a_review(alerting)
    table, following = alerting.shelf.table, review.next
    assert following is not None
    table.write(reviews.replace_review(table.tenant_id, following))

    with pytest.raises(WriteRefused):
        table.write(reviews.drop_review(table.tenant_id, review))

    assert kept(alerting, review) == following
