"""Small decisions that everything leans on, for all inputs: ids, cursors, ETags, marks, caches, limits, patches."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storekeeper.edge.once import check_version, etag
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.errors import Invalid, StaleVersion
from storekeeper.kernel.expiring import ExpiringCache
from storekeeper.kernel.idempotency import Keyed, hash_body
from storekeeper.kernel.ids import TenantId, derived_id, is_id, new_id
from storekeeper.kernel.keys import Key, belongs_to, joined, tenant_pk
from storekeeper.kernel.limits import BLOCKS, SLICES, Limit, Limiter, RateLimited
from storekeeper.kernel.merging import merged
from storekeeper.kernel.paging import from_cursor, to_cursor
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from tests.fuzz.examples import tried
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT = TenantId("ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")
ID = re.compile(r"ord_[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)
texts = st.text(max_size=40)
near_ids = st.from_regex(r"\A(ord|ORD|ord_ord|ten)[_-][0-9A-Za-zÀ-ɏ#%/.]{24,28}\Z")


@given(
    near_ids
    | texts
    | st.builds(lambda minutes: new_id("ord", at=NOW + timedelta(minutes=minutes)), st.integers(0, 10**6))
)
@tried(300)
def test_an_id_is_a_prefix_and_a_ulid_and_nothing_like_it(text: str) -> None:
    assert is_id(text, "ord") is bool(ID.fullmatch(text))


@given(st.lists(texts, min_size=1, max_size=3), st.lists(texts, min_size=1, max_size=3))
@tried(200)
def test_other_parts_give_another_id(one: list[str], other: list[str]) -> None:
    assume(not any("\x1f" in part for part in (*one, *other)))

    assert (derived_id("ord", *one, at=NOW) == derived_id("ord", *other, at=NOW)) is (one == other)


@given(st.lists(st.text(alphabet="#%25T3ten_a/.\\\x00é", max_size=12), min_size=1, max_size=4))
@tried(300)
def test_no_part_of_a_key_leads_out_of_its_tenant_or_into_another_part(parts: list[str]) -> None:
    pk = tenant_pk(TENANT, *parts)

    assert belongs_to(pk, TENANT)
    assert pk.count("#") == 1 + len(parts)
    assert not belongs_to(pk, TenantId(TENANT + parts[0])) or not parts[0]
    assert joined(*parts).split("#") == [part.replace("%", "%25").replace("#", "%23") for part in parts]


@given(texts, texts, st.sampled_from(("hold", "payment")))
@tried(100)
def test_what_is_due_keeps_its_own_key_whole(pk: str, sk: str, kind: str) -> None:
    due = due_attributes(kind, Key(tenant_pk(TENANT, pk), joined(sk)), at=NOW)

    _, kept_pk, kept_sk = due["due_sk"].split("#")
    assert [part.replace("%23", "#").replace("%25", "%") for part in (kept_pk, kept_sk)] == [
        tenant_pk(TENANT, pk),
        joined(sk),
    ]


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
@tried(300)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        from_cursor(cursor, scope="/v1/orders")


@given(st.data(), st.text(min_size=1, max_size=60))
@tried(200)
def test_a_cursor_that_was_tampered_with_names_at_most_another_place_in_its_own_list(
    data: st.DataObject, position: str
) -> None:
    assume(_is_text(position))
    cursor = to_cursor(position, scope="/v1/orders")
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = cursor[:place] + data.draw(st.sampled_from("AZaz09-_=%#é")) + cursor[place + 1 :]

    try:
        found = from_cursor(other, scope="/v1/orders")
    except Invalid:
        return
    assert isinstance(found, str)
    assert 0 < len(found.encode()) <= 1024
    with pytest.raises(Invalid):
        from_cursor(other, scope="/v1/products")


def _is_text(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=4), st.text(max_size=30))
@tried(200)
def test_if_match_lets_through_exactly_the_version_it_names(version: int, named: list[int], other: str) -> None:
    assume(etag(version) not in other and other.strip() != "*")
    header = ", ".join([*map(etag, named), other])

    if version in named:
        check_version(header, version)
    else:
        with pytest.raises(StaleVersion):
            check_version(header, version)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)


@given(st.dictionaries(texts, values, max_size=5), st.randoms(use_true_random=False))
@tried(100)
def test_a_body_is_the_same_however_it_is_written_and_only_then(body: dict[str, object], chance: object) -> None:
    shuffled = list(body.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = json.dumps(body).encode()

    assert hash_body(json.dumps(dict(shuffled), indent=2).encode()) == hash_body(plain)
    assert hash_body(json.dumps({**body, "one more": 1}).encode()) != hash_body(plain)


@given(st.binary(max_size=200))
@tried(200)
def test_any_body_has_a_hash(body: bytes) -> None:
    assert len(hash_body(body)) == 64


@given(st.tuples(texts, texts, texts), st.tuples(texts, texts, texts))
@tried(200)
def test_marks_of_other_scopes_routes_or_keys_are_other_marks(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assume(not any("\x1f" in part for part in (*one, *other)))
    marks = [Keyed(TENANT, scope, route, key, "").mark_key for scope, route, key in (one, other)]

    assert (marks[0] == marks[1]) is (one == other)


members = st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=3), max_size=6)
patches = st.none() | st.dictionaries(st.sampled_from("abcdef"), st.none() | st.text(max_size=3), max_size=6)


@given(members, patches, st.integers(0, 6))
@tried(200)
def test_a_patch_sets_takes_away_and_leaves(
    present: dict[str, str], patch: dict[str, str | None] | None, most: int
) -> None:
    expected = dict(present) if patch is not None else {}
    for name, text in (patch or {}).items():
        expected.pop(name, None)
        if text is not None:
            expected[name] = text
    if len(expected) > most:
        with pytest.raises(Invalid):
            merged(present, patch, field="colors", most=most)
    else:
        assert merged(present, patch, field="colors", most=most) == expected


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 9), st.booleans()), max_size=40), st.integers(1, 4))
@tried(200)
def test_a_cache_never_answers_what_is_over_and_never_grows(steps: list[tuple[str, int, bool]], most: int) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(max_entries=most)
    latest: dict[str, tuple[datetime, int]] = {}
    for number, (name, minutes, keeps) in enumerate(steps):
        now = NOW + timedelta(minutes=number)
        if keeps:
            latest[name] = (now + timedelta(minutes=minutes), number)
            cache.keep(name, number, until=latest[name][0])
        elif (found := cache.find(name, now=now)) is not None:
            until, value = latest[name]
            assert (found, now < until) == (value, True)
        assert len(cache._kept) <= most


@given(st.integers(1, 120), st.integers(1, 5), st.lists(st.integers(0, 4), max_size=400))
@tried(60)
def test_environments_together_let_through_no_more_than_the_limit_and_their_slices(
    calls: int, environments: int, order: list[int]
) -> None:
    memory = Memory()
    limit = Limit("key", calls=calls)
    table = Table(DirectWire(memory, NOW.timestamp), "table", tenant_id=TENANT, trace=Trace(system_actor("t"), "req_1"))
    limiters = [Limiter() for _ in range(environments)]
    passed = 0
    for place in order:
        try:
            limiters[place % environments].take(limit, "key_1", table=table, now=NOW)
        except RateLimited:
            continue
        passed += 1

    assert passed <= calls + environments * (calls // SLICES)
    assert passed >= min(len(order), calls - environments * (max(1, calls // BLOCKS) + calls // SLICES))
