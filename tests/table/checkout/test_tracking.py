"""A shopper follows an order by its number and e-mail address; nobody finds out either by trying."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

import pytest

from storekeeper.checkout import Tracked, track_order
from storekeeper.checkout.tracking import TrackingNotFound
from storekeeper.kernel.keys import Key
from storekeeper.kernel.limits import Limit, RateLimited, lease, return_calls
from storekeeper.kernel.table import WriteRefused
from storekeeper.orders import Order
from tests.emulated import MakeStore
from tests.table.checkout.fakes import SteppedWire, Steps
from tests.table.checkout.shop import EMAIL, NOW, Shop

Track: TypeAlias = Callable[..., Tracked]


@pytest.fixture
def order(shop: Shop) -> Order:
    return shop.ship(shop.buy_and_pay({"MUG": 2}), {"MUG": 1})


@pytest.fixture
def track(shop: Shop) -> Track:
    """`track(number, email)`; from one address at one time, unless told otherwise."""

    def track(
        number: str, email: str = EMAIL, *, caller: str = "203.0.113.7", seconds: int = 0, wire: object = None
    ) -> Tracked:
        return track_order(
            number,
            email=email,
            store_id=shop.store.id,
            caller=caller,
            table=shop.table_on(wire) if wire else shop.root,
            sealer=shop.sealer,
            now=NOW + timedelta(seconds=seconds),
        )

    return track


def fail(track: Track, times: int, **how: object) -> None:
    for number in range(times):
        with pytest.raises(TrackingNotFound):
            track(f"HB-9{number:03d}", **how)


@pytest.mark.parametrize("email", [EMAIL, " Anna@Example.com "])
def test_an_order_is_found_by_number_and_address(track: Track, order: Order, email: str) -> None:
    tracked = track(order.number, email)

    assert (tracked.order.id, len(tracked.shipments)) == (order.id, 1)


def test_wrong_number_and_wrong_address_are_refused_in_the_same_words_and_steps(
    shop: Shop, track: Track, order: Order
) -> None:
    said, calls = [], []
    for number, email in ((order.number, "ben@example.com"), ("HB-9999", EMAIL)):
        wire = SteppedWire(shop.wire, Steps())
        with pytest.raises(TrackingNotFound) as refused:
            track(number, email, wire=wire)
        said.append((refused.value.detail, refused.value.code))
        calls.append(wire.calls)

    assert said[0] == said[1]
    assert calls[0] == calls[1] == ["update_item", "query", "get_item"]


def test_after_ten_failures_right_ones_are_refused_too(track: Track, order: Order) -> None:
    fail(track, 10)

    for email in (EMAIL, "ben@example.com"):
        with pytest.raises(RateLimited) as refused:
            track(order.number, email)
        assert refused.value.retry_after_s == 60


def test_right_look_ups_are_not_counted(track: Track, order: Order) -> None:
    for _ in range(12):
        track(order.number)
    fail(track, 9)

    assert track(order.number).order.id == order.id


def test_other_callers_and_the_next_minute_are_free(track: Track, order: Order) -> None:
    fail(track, 10)

    assert track(order.number, caller="203.0.113.8").order.id == order.id
    assert track(order.number, seconds=60).order.id == order.id


def test_an_ipv6_site_is_one_caller(track: Track, order: Order) -> None:
    fail(track, 10, caller="2001:db8::1")

    with pytest.raises(RateLimited):
        track(order.number, caller="2001:db8::2")
    assert track(order.number, caller="2001:db8:0:1::1").order.id == order.id


def test_the_address_of_a_caller_is_not_kept(shop: Shop, track: Track) -> None:
    fail(track, 1)

    assert "203.0.113.7" not in str(shop.items("limit"))


def test_an_order_of_another_store_is_not_found(shop: Shop, track: Track, order: Order, make_store: MakeStore) -> None:
    shop.store = make_store(name="Second")

    with pytest.raises(TrackingNotFound):
        track(order.number)


@pytest.mark.guards("storekeeper.kernel.limits.return_calls", clause="used >= :calls")
def test_a_count_that_is_given_back_twice_never_falls_below_nothing(shop: Shop) -> None:
    limit = Limit("tracking", calls=10, window_s=60)
    lease(limit, "somebody", 1, 1, table=shop.root)
    (item,) = shop.items("limit")
    key = Key(item["pk"], item["sk"])
    shop.root.write(return_calls(key, 1))

    with pytest.raises(WriteRefused):
        shop.root.write(return_calls(key, 1))

    assert shop.items("limit")[0]["used"] == 0
