"""Rate limits and idempotency marks against the table."""

from datetime import datetime, timedelta

import pytest

from local.testing import DataCloud
from storekeeper.kernel.idempotency import Answer, Keyed, KeyInUse, find_answer, hash_body, mark_write
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.limits import Limit, Limiter, RateLimited, take_calls
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import SealerCache

LIMIT = Limit("key", calls=200)


def calls_until_refused(limiter: Limiter, table: Table, now: datetime) -> int:
    for number in range(1_000):
        try:
            limiter.take(LIMIT, "key_1", table=table, now=now)
        except RateLimited:
            return number
    raise AssertionError("never refused")


def test_one_environment_gets_nearly_the_whole_limit(table: Table, now: datetime) -> None:
    assert calls_until_refused(Limiter(), table, now) == 188


def test_environments_share_a_limit(table: Table, now: datetime) -> None:
    """Each may use a slice of its own (8 calls) without asking; beyond that they lease blocks of 20 of the same 200."""
    together = sum(calls_until_refused(Limiter(), table, now) for _ in range(4))

    assert together == 188 + 3 * 8


def test_the_next_window_begins_anew(table: Table, now: datetime) -> None:
    limiter = Limiter()
    calls_until_refused(limiter, table, now)

    limiter.take(LIMIT, "key_1", table=table, now=now + timedelta(seconds=1))


def test_a_quiet_caller_costs_no_write(table: Table, now: datetime) -> None:
    limiter = Limiter()

    for _ in range(8):
        limiter.take(LIMIT, "key_quiet", table=table, now=now)

    assert table.query(tenant_pk(table.tenant_id, "LIMIT", "key", "key_quiet")) == []


def test_a_refusal_says_when_the_next_window_begins(table: Table, now: datetime) -> None:
    slow = Limit("lookups", calls=10, window_s=60)
    limiter = Limiter()

    for _ in range(10):
        limiter.take(slow, "203.0.113.7", table=table, now=now + timedelta(seconds=15))

    with pytest.raises(RateLimited) as refused:
        limiter.take(slow, "203.0.113.7", table=table, now=now + timedelta(seconds=15))

    assert refused.value.retry_after_s == 45


@pytest.mark.guards("storekeeper.kernel.limits.take_calls")
def test_no_more_is_leased_than_is_left(table: Table, now: datetime) -> None:
    key = Key(tenant_pk(table.tenant_id, "LIMIT", "key", "key_2"), "1")
    table.write(take_calls(key, 190, limit=LIMIT, ttl=0))

    with pytest.raises(WriteRefused):
        table.write(take_calls(key, 20, limit=LIMIT, ttl=0))

    item = table.get(key)
    assert item is not None
    assert item["used"] == 190


@pytest.mark.guards("storekeeper.kernel.idempotency.mark_write")
def test_a_mark_is_never_put_over_a_living_one(table: Table, cloud: DataCloud, now: datetime) -> None:
    sealer = SealerCache(cloud.data_key_arn).of(table)
    keyed = Keyed(table.tenant_id, "key_1", "/v1/stores", "k" * 16, hash_body(b"{}"))
    first = Answer(201, '{"id": 1}', 1)
    table.write(mark_write(keyed, first, sealer=sealer, now=now))

    with pytest.raises(KeyInUse):
        table.write(mark_write(keyed, Answer(201, '{"id": 2}', 1), sealer=sealer, now=now + timedelta(hours=23)))

    assert find_answer(keyed, table=table, sealer=lambda: sealer, now=now) == first


def test_a_mark_ends_by_the_clock(table: Table, cloud: DataCloud, now: datetime) -> None:
    """Whether or not the table has deleted it."""
    sealer = SealerCache(cloud.data_key_arn).of(table)
    keyed = Keyed(table.tenant_id, "key_1", "/v1/stores", "k" * 16, hash_body(b"{}"))
    table.write(mark_write(keyed, Answer(201, "1", None), sealer=sealer, now=now))

    day_after = now + timedelta(hours=24)
    again = Answer(201, "2", None)

    assert find_answer(keyed, table=table, sealer=lambda: sealer, now=day_after) is None
    table.write(mark_write(keyed, again, sealer=sealer, now=day_after))
    assert find_answer(keyed, table=table, sealer=lambda: sealer, now=day_after) == again


def test_another_tenant_s_mark_is_not_seen(table: Table, other_table: Table, cloud: DataCloud, now: datetime) -> None:
    sealer = SealerCache(cloud.data_key_arn).of(table)
    body_hash = hash_body(b"{}")
    keyed = Keyed(table.tenant_id, "key_1", "/v1/stores", "k" * 16, body_hash)
    table.write(mark_write(keyed, Answer(201, "1", None), sealer=sealer, now=now))

    foreign = Keyed(other_table.tenant_id, "key_1", "/v1/stores", "k" * 16, body_hash)

    assert find_answer(foreign, table=other_table, sealer=lambda: sealer, now=now) is None
