"""Ids are opaque: what is known of one tells nothing of another."""

from datetime import UTC, datetime
from itertools import pairwise

from ulid import ULID

from storekeeper.kernel.ids import derived_id, is_id, new_id

NOW = datetime(2026, 11, 20, 12, 0, 0, 123_000, tzinfo=UTC)


def test_an_id_does_not_tell_the_next_one_of_the_same_instant() -> None:
    """A cart's items are made with it, and their ids are seen by many who must not know the cart's."""
    numbers = [int(ULID.from_str(new_id("cart", at=NOW).removeprefix("cart_"))) for _ in range(50)]

    assert min(abs(one - other) for one, other in pairwise(numbers)) > 2**40


def test_an_id_says_when_it_was_made() -> None:
    assert ULID.from_str(new_id("ord", at=NOW).removeprefix("ord_")).datetime == NOW


def test_a_derived_id_is_the_same_whoever_derives_it() -> None:
    assert derived_id("ord", "cart_1", "1", at=NOW) == derived_id("ord", "cart_1", "1", at=NOW)
    assert derived_id("ord", "cart_1", "1", at=NOW) != derived_id("ord", "cart_1", "2", at=NOW)
    assert is_id(derived_id("ord", "cart_1", "1", at=NOW), "ord")
