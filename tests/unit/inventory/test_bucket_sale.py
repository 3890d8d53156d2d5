"""A flash sale of one SKU under DynamoDB's limits, in simulated time: sold to the last unit, and none twice."""

import pytest

from bench.hot_sku.limits import UNITS_A_SECOND, Limits
from bench.hot_sku.model import Sale, run

MANY = 60


@pytest.mark.parametrize("mutual", [True, False])
@pytest.mark.parametrize("buckets", [1, 4])
def test_every_unit_is_sold_once_while_buckets_are_evened(buckets: int, mutual: bool) -> None:
    look_every_s = 0.5 if buckets > 1 else 0.0
    sale = Sale(buckets, 3 * buckets, 60.0, units=MANY, mutual=mutual, look_every_s=look_every_s)

    outcome = run(sale)

    assert (outcome.orders, outcome.units_left, outcome.lost_or_oversold) == (MANY, 0, 0)
    assert (outcome.refused, outcome.false_sold_out) == (sale.clients, 0)


@pytest.mark.parametrize("mutual", [True, False])
def test_leases_of_environments_that_die_are_sold_too(mutual: bool) -> None:
    sale = Sale(2, 6, 60.0, units=140, mutual=mutual, look_every_s=0.5, deaths=0.1)

    outcome = run(sale)

    assert (outcome.orders, outcome.units_left, outcome.lost_or_oversold) == (140, 0, 0)
    assert (outcome.refused, outcome.false_sold_out) == (sale.clients, 0)
    assert outcome.environments_lost > 0


def test_more_buckets_take_more_orders() -> None:
    alone, four = (run(Sale(buckets, 4 * buckets, 0.2, warm_up_s=0.3)) for buckets in (1, 4))

    assert four.rate > 0.8 * 4 * alone.rate
    assert (alone.lost_or_oversold, four.lost_or_oversold) == (0, 0)


def test_a_partition_takes_no_more_than_its_limit() -> None:
    limits, place = Limits(), ("table", "T#ten_1#A")
    taken = 0.0
    for millisecond in range(2_000):
        if not limits.exhausted({place: 2.0}, now=millisecond / 1000):
            limits.take({place: 2.0}, now=millisecond / 1000)
            taken += 2.0

    assert taken <= 2.2 * UNITS_A_SECOND
    assert not limits.exhausted({("table", "T#ten_1#B"): 2.0}, now=2.0)
