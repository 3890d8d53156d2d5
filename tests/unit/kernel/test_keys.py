"""Keys, ids, instants: what is written into the table must be told apart and sort right."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.kernel import clock
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.ids import TenantId, derived_id, is_id, new_id
from storekeeper.kernel.keys import Key, belongs_to, joined, lookup_key, padded, tenant_pk

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEN = TenantId("ten_a")


def test_a_key_needs_its_tenant() -> None:
    with pytest.raises(ValueError, match="needs its tenant"):
        tenant_pk(TenantId(""), "SKU")


def test_a_key_names_its_parts() -> None:
    assert tenant_pk(TEN, "SKU", "MUG#1 100%") == "T#ten_a#SKU#MUG%231 100%25"
    assert lookup_key("HOST", "shop.example.com") == Key("HOST#shop.example.com", "HOST#shop.example.com")


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_different_parts_never_make_one_key(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_key_belongs_to_its_own_tenant_only(one: str, other: str) -> None:
    pk = tenant_pk(TenantId(one), "SKU")

    assert belongs_to(pk, TenantId(other)) == (one == other)


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1))
def test_padded_counts_sort_as_numbers_do(one: int, other: int) -> None:
    assert (padded(one) < padded(other)) == (one < other)


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        (Key("p" * 2048, "s" * 1024), True),
        (Key("p" * 2049, "s"), False),
        (Key("p", "ü" * 513), False),
    ],
)
def test_a_key_that_is_too_long_does_not_fit(key: Key, fits: bool) -> None:
    assert key.fits is fits


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id("ord", at=NOON + timedelta(milliseconds=number)) for number in range(5)]

    assert ids == sorted(ids)
    assert all(is_id(one, "ord") for one in ids)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id("ord", at=NOON) for _ in range(1_000)}) == 1_000


def test_a_derived_id_is_the_same_for_the_same_command() -> None:
    one = derived_id("ord", "cart_1", "1", at=NOON)

    assert one == derived_id("ord", "cart_1", "1", at=NOON)
    assert is_id(one, "ord")
    assert one != derived_id("ord", "cart_1", "2", at=NOON)
    assert one != derived_id("ord", "cart_1\x1f1", "", at=NOON)


@pytest.mark.parametrize(
    "text",
    ["", "ord", "ord_", "ord_1", "prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "ord_01kagc3m5q8v6zb1x7y2n4t9rd", "ord_" + "I" * 26],
)
def test_what_is_no_id_is_told_apart(text: str) -> None:
    assert not is_id(text, "ord")


@given(instants)
def test_an_instant_is_the_same_as_text_to_the_millisecond(at: datetime) -> None:
    assert clock.from_text(clock.to_text(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(instants, instants)
def test_instants_sort_as_text(one: datetime, other: datetime) -> None:
    if one <= other:
        assert clock.to_text(one) <= clock.to_text(other)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    at = datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=2)))

    assert clock.to_text(at) == "2026-11-20T12:00:00.000Z"


@pytest.mark.parametrize("text", ["2026-11-20T12:00:00", "yesterday", ""])
def test_an_instant_without_a_zone_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|Invalid isoformat"):
        clock.from_text(text)


def test_the_clock_is_aware_and_in_utc() -> None:
    assert clock.utc_now().tzinfo is UTC


def test_a_thing_is_due_in_the_shard_of_its_key() -> None:
    key = Key("T#ten_a#CART#1", "HOLD")

    due = due_attributes("hold", key, at=NOON)

    assert due["due_pk"].startswith("DUE#hold#")
    assert due["due_sk"] == "2026-11-20T12:00:00.000Z#T%23ten_a%23CART%231#HOLD"
    assert due == due_attributes("hold", key, at=NOON)
