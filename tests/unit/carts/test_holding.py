"""What a change of a cart does to its hold."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from storekeeper.carts.holding import renewed_hold
from storekeeper.inventory import Hold, SkuPick
from storekeeper.kernel.ids import HoldId, LocationId
from tests.unit.carts.builders import CART_ID, NOW

EAST, WEST = LocationId("loc_east"), LocationId("loc_west")
LATER = NOW + timedelta(minutes=15)


def a_hold(*picks: SkuPick) -> Hold:
    return Hold(CART_ID, HoldId("hold_1"), picks, NOW, version=4)


def test_an_unchanged_cart_keeps_all_and_lasts_longer() -> None:
    hold = a_hold(SkuPick("MUG", EAST, 0, 2))

    renewed, given_back = renewed_hold(hold, {"MUG": 2}, expires_at=LATER)

    assert (renewed.picks, renewed.expires_at, renewed.version) == (hold.picks, LATER, 5)
    assert given_back == ()


def test_more_in_the_cart_takes_nothing_more() -> None:
    hold = a_hold(SkuPick("MUG", EAST, 0, 2))

    renewed, given_back = renewed_hold(hold, {"MUG": 5, "PEN": 1}, expires_at=LATER)

    assert (renewed.picks, given_back) == (hold.picks, ())


def test_what_is_no_longer_wanted_goes_back_from_the_last_location_first() -> None:
    hold = a_hold(SkuPick("MUG", EAST, 0, 2), SkuPick("MUG", WEST, 1, 3), SkuPick("PEN", EAST, 0, 1))

    renewed, given_back = renewed_hold(hold, {"MUG": 3}, expires_at=LATER)

    assert renewed.picks == (SkuPick("MUG", EAST, 0, 2), SkuPick("MUG", WEST, 1, 1))
    assert given_back == (SkuPick("MUG", WEST, 1, 2), SkuPick("PEN", EAST, 0, 1))


PICKS = st.lists(
    st.builds(SkuPick, st.sampled_from("AB"), st.sampled_from([EAST, WEST]), st.just(0), st.integers(1, 9))
)


@given(PICKS, st.dictionaries(st.sampled_from("ABC"), st.integers(1, 20)))
def test_every_unit_is_kept_or_given_back_and_none_is_kept_in_vain(
    picks: list[SkuPick], wanted: dict[str, int]
) -> None:
    renewed, given_back = renewed_hold(a_hold(*picks), wanted, expires_at=LATER)

    for sku in "AB":
        held, kept, back = (sum(p.units for p in some if p.sku == sku) for some in (picks, renewed.picks, given_back))
        assert kept == min(held, wanted.get(sku, 0))
        assert kept + back == held
