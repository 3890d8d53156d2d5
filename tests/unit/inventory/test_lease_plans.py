"""Which buckets lend how much to whom, and how many leases a level has."""

from datetime import UTC, datetime, timedelta

import pytest

from storekeeper.inventory import Level
from storekeeper.inventory.leases.model import (
    FEWEST_UNITS,
    FIRST_UNITS,
    LEASES_A_BUCKET,
    MAX_LEASES,
    MOST_UNITS,
    SHARE,
    SOON,
    Lease,
    lendable_units,
    lenders,
    wanted_leases,
)
from storekeeper.inventory.levels.model import FIRST_LEASE, empty_level
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EAST, WEST = LocationId("loc_east"), LocationId("loc_west")


def a_level(available: int, *, bucket: int = 0, place: LocationId = EAST, open_leases: int = 0) -> Level:
    return replace(empty_level("LAMP", place, bucket), on_hand=available, available=available, open_leases=open_leases)


@pytest.mark.parametrize(
    ("available", "lent"), [(0, 0), (SHARE, 0), (FEWEST_UNITS * SHARE - 1, 0), (FEWEST_UNITS * SHARE, 2), (1000, 31)]
)
def test_a_bucket_lends_a_small_share_or_nothing(available: int, lent: int) -> None:
    assert lendable_units(a_level(available)) == lent


@pytest.mark.parametrize(
    ("available", "buckets", "leases"),
    [
        (1_000_000, 1, 0),
        (1_000_000, 2, 2 * LEASES_A_BUCKET),
        (1_000_000, 64, MAX_LEASES),
        (FEWEST_UNITS * SHARE * 4, 4, 4 * LEASES_A_BUCKET),
        (FEWEST_UNITS * SHARE * 4 - 1, 4, 0),
    ],
)
def test_only_a_level_that_is_spread_and_has_plenty_has_leases(available: int, buckets: int, leases: int) -> None:
    assert wanted_leases([a_level(available)], buckets=buckets) == leases


def test_lenders_are_the_rich_buckets_of_the_location_that_buyers_choose() -> None:
    east = (a_level(5, open_leases=8), a_level(640, bucket=1), a_level(9_999, bucket=FIRST_LEASE))
    west = (a_level(9_999, place=WEST, open_leases=8),)

    assert [level.bucket for level in lenders((*east, *west), units=1)] == [1]
    assert lenders((*east, *west), units=21) == ()
    assert lenders(west, units=21) == west


def test_nobody_lends_where_leases_are_closed() -> None:
    assert lenders((a_level(640), a_level(640, bucket=1)), units=1) == ()


def test_who_sells_fast_is_lent_more_and_who_sells_slowly_less() -> None:
    lease = Lease(EAST, FIRST_LEASE, FIRST_UNITS, NOW)

    assert lease.next_units(NOW + SOON - timedelta(milliseconds=1)) == 2 * FIRST_UNITS
    assert lease.next_units(NOW + SOON) == FIRST_UNITS // 2
    assert replace(lease, units=MOST_UNITS).next_units(NOW) == MOST_UNITS
    assert replace(lease, units=2).next_units(NOW + SOON) == FEWEST_UNITS
