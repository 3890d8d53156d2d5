"""Values on their way into the table and back, sealed texts, cursors, changes, and what an entity declares."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.aws.codec import from_wire, item_from_wire, item_to_wire, to_wire
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.entities import Entity, faults_of
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.expiring import ExpiringCache
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.paging import from_cursor, page_of, to_cursor
from storekeeper.kernel.sealing import Sealer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
plain_values = st.none() | st.booleans() | st.integers() | st.text()
KEY = bytes(range(32))


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Such values, and lists and maps of them."""
    return st.recursive(leaves, lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts), max_leaves=10)


@given(st.dictionaries(st.text(), nested(plain_values | st.binary())))
def test_an_item_comes_back_as_it_was(item: dict[str, Any]) -> None:
    assert item_from_wire(item_to_wire(item)) == item


@pytest.mark.parametrize("value", [1.5, Decimal(1), {1}, object(), [0.1], {"a": Decimal("0.5")}])
def test_what_the_table_does_not_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="does not hold"):
        to_wire(value)


@pytest.mark.parametrize("wired", [{"N": "1.5"}, {"SS": ["a"]}])
def test_what_no_code_of_ours_writes_is_refused(wired: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_wire(wired)


@given(nested(plain_values))
def test_what_is_sealed_is_opened(plain: Any) -> None:
    sealer = Sealer(TenantId("ten_a"), KEY)

    assert sealer.open(sealer.seal(plain, purpose="test"), purpose="test") == plain


def test_a_sealed_text_says_nothing_and_differs_each_time() -> None:
    sealer = Sealer(TenantId("ten_a"), KEY)

    one, two = (sealer.seal("ada@example.com", purpose="test") for _ in range(2))

    assert one != two
    assert "ada" not in one
    assert b"ada" not in base64.b64decode(one[2:])


@pytest.mark.parametrize(
    "opener",
    [
        pytest.param(lambda sealed: Sealer(TenantId("ten_b"), KEY).open(sealed, purpose="test"), id="another_tenant"),
        pytest.param(lambda sealed: Sealer(TenantId("ten_a"), KEY).open(sealed, purpose="else"), id="another_purpose"),
        pytest.param(
            lambda sealed: Sealer(TenantId("ten_a"), bytes(32)).open(sealed, purpose="test"), id="another_key"
        ),
        pytest.param(
            lambda sealed: Sealer(TenantId("ten_a"), KEY).open(sealed[:-4] + "AAA=", purpose="test"), id="torn"
        ),
    ],
)
def test_a_sealed_text_opens_in_its_own_place_only(opener: Callable[[str], Any]) -> None:
    sealed = Sealer(TenantId("ten_a"), KEY).seal("ada@example.com", purpose="test")

    with pytest.raises(InvalidTag):
        opener(sealed)


def test_a_sealed_text_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        Sealer(TenantId("ten_a"), KEY).open("9.AAAA", purpose="test")


def test_an_address_is_found_by_a_hash_that_only_the_tenant_can_make() -> None:
    sealer = Sealer(TenantId("ten_a"), KEY)

    assert sealer.blind(" Ada@Example.com ") == sealer.blind("ada@example.com")
    assert sealer.blind("ada@example.com") != sealer.blind("eve@example.com")
    assert sealer.blind("ada@example.com") != Sealer(TenantId("ten_a"), bytes(32)).blind("ada@example.com")


@given(st.text(min_size=1, max_size=200), st.text(), st.text())
def test_a_cursor_holds_in_its_own_list_only(position: str, scope: str, other: str) -> None:
    cursor = to_cursor(position, scope=scope)

    assert from_cursor(cursor, scope=scope) == position
    if other != scope:
        with pytest.raises(Invalid):
            from_cursor(cursor, scope=other)


@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "ü", "W10", "bnVsbA", base64.urlsafe_b64encode(b"[" * 5_000).decode(), "\ud800"]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_cursor(cursor, scope="list")

    assert refused.value.faults[0].code == "cursor_unreadable"


@pytest.mark.parametrize("position", ["", "\ud800", "x" * 1025], ids=["empty", "no text", "longer than any key"])
def test_a_position_that_no_key_can_have_is_no_cursor(position: str) -> None:
    forged = to_cursor(position, scope="list")

    with pytest.raises(Invalid) as refused:
        from_cursor(forged, scope="list")

    assert refused.value.faults[0].code == "cursor_unreadable"


def test_a_page_says_where_to_go_on() -> None:
    assert page_of(["a", "b", "c"], limit=2, position=str).next_position == "b"
    assert page_of(["a", "b"], limit=2, position=str).next_position is None
    assert page_of([], limit=2, position=str).entries == ()


def test_a_stream_record_is_a_change() -> None:
    record = {
        "dynamodb": {
            "Keys": {"pk": {"S": "T#ten_a#ORDER#1"}, "sk": {"S": "ORDER"}},
            "OldImage": {"type": {"S": "order"}, "status": {"S": "pending"}},
            "NewImage": {"type": {"S": "order"}, "status": {"S": "paid"}},
            "SequenceNumber": "7",
            "ApproximateCreationDateTime": 1795176000,
        }
    }

    change = Change.from_record(record)

    assert (change.key, change.type, change.sequence) == (Key("T#ten_a#ORDER#1", "ORDER"), "order", "7")
    assert (change.tenant_id, change.at) == ("ten_a", datetime.fromtimestamp(1795176000, UTC))
    assert change.became("status", "paid")
    assert not change.became("status", "pending")


def test_a_change_of_a_look_up_has_no_tenant() -> None:
    assert Change(Key("HOST#a.example", "HOST#a.example"), None, {"type": "host"}, "1", NOON).tenant_id is None


def test_an_event_s_id_is_a_function_of_what_it_is_about() -> None:
    event = Event("order.paid", TenantId("ten_a"), "ord_1", 3, "2026-11-20T12:00:00.000Z", {"total": "1.00"})

    assert event.id == "order.paid:ord_1:3"
    assert event.envelope()["id"] == "ten_a:order.paid:ord_1:3"


LAMP = Entity(
    name="lamp",
    pk="T#<tenant>#LAMP#<lamp>",
    sk="LAMP",
    holds="A lamp.",
    found_by="Its id.",
    written_by="make_lamp",
    indexes={"gsi1": ("T#<tenant>#LAMPS", "<name>")},
)
GOOD = {"pk": "T#ten_a#LAMP#1", "sk": "LAMP", "type": "lamp", "schema": 1, "gsi1pk": "T#ten_a#LAMPS", "gsi1sk": "Moon"}


@pytest.mark.parametrize(
    ("changes", "is_declared"),
    [
        pytest.param({}, True, id="as_declared"),
        pytest.param({"gsi1pk": None, "gsi1sk": None}, True, id="not_in_its_index"),
        pytest.param({"type": "chair"}, False, id="an_unknown_kind"),
        pytest.param({"pk": "T#ten_a#LAMP#1#2"}, False, id="a_part_too_many"),
        pytest.param({"sk": "LAMPS"}, False, id="another_sort_key"),
        pytest.param({"schema": None}, False, id="no_schema"),
        pytest.param({"gsi2pk": "T#ten_a", "gsi2sk": "x"}, False, id="in_an_index_that_is_not_declared"),
        pytest.param({"gsi1sk": "a#b"}, False, id="in_an_index_under_another_key"),
    ],
)
def test_an_item_is_held_against_its_declaration(changes: dict[str, Any], is_declared: bool) -> None:
    assert (faults_of({**GOOD, **changes}, [LAMP]) == []) is is_declared


def test_a_cache_forgets_by_the_clock_and_by_its_size() -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(max_entries=2)
    for number, name in enumerate(("a", "b")):
        cache.keep(name, number, until=NOON + timedelta(seconds=1))
    assert cache.find("a", now=NOON) == 0

    cache.keep("c", 2, until=NOON + timedelta(seconds=1))

    assert [cache.find(name, now=NOON) for name in ("a", "b", "c")] == [0, None, 2]
    assert cache.find("a", now=NOON + timedelta(seconds=1)) is None


def test_an_address_is_kept_without_what_is_unknown() -> None:
    address = Address("DE", city="Hamburg")

    assert address.as_item() == {"country": "DE", "city": "Hamburg"}
    assert Address.from_item(address.as_item()) == address
