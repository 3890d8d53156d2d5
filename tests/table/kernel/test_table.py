"""The gateway against emulated DynamoDB: conditions, transactions, reads, pages, and the tenant's walls."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import GSI1, Key, lookup_key, padded, tenant_pk
from storekeeper.kernel.paging import read_sharded
from storekeeper.kernel.table import ForeignKey, Table, WriteRefused, together
from storekeeper.kernel.writes import ABSENT, PRESENT, Check, Delete, Put, Update
from tests.emulated import SAMPLE_TYPE, TRACE

KeyOf: TypeAlias = Callable[[str], Key]


@pytest.fixture
def key_of(table: Table) -> KeyOf:
    """The key of a sample."""
    return lambda name: Key(tenant_pk(table.tenant_id, "SAMPLE"), name)


def sample(key: Key, **attributes: Any) -> Put:
    """A put of a new item of no entity."""
    return Put(key, {"type": SAMPLE_TYPE, "schema": 1, **attributes}, only_if=ABSENT)


def test_what_is_written_is_read(table: Table, key_of: KeyOf) -> None:
    held = {"text": "ü", "count": 10**30, "yes": True, "none_inside": [None], "map": {"a": [1, "b"]}, "raw": b"\x00"}

    table.write(sample(key_of("a"), **held, nothing=None))

    item = table.get(key_of("a"))
    assert item is not None
    assert {name: item[name] for name in held} == held
    assert "nothing" not in item


def test_every_write_says_who_and_under_which_request(table: Table, key_of: KeyOf) -> None:
    table.write(sample(key_of("a"), count=1))
    table.write(Update(key_of("a"), "SET #count = :two", only_if="#count = :one", values={":one": 1, ":two": 2}))

    item = table.get(key_of("a"))
    assert item is not None
    assert (item["changed_by"], item["request_id"]) == (TRACE.actor, TRACE.request_id)
    assert item["write_id"]


def test_a_failed_condition_gives_the_old_item(table: Table, key_of: KeyOf) -> None:
    table.write(sample(key_of("a"), count=1))

    with pytest.raises(WriteRefused) as refused:
        table.write(sample(key_of("a"), count=2))

    old = refused.value.old[key_of("a")]
    assert old is not None
    assert old["count"] == 1


def test_a_transaction_is_all_or_nothing(table: Table, key_of: KeyOf) -> None:
    table.write(sample(key_of("there"), count=1))

    with pytest.raises(WriteRefused) as refused:
        table.write(sample(key_of("new")), sample(key_of("there")), Check(key_of("absent"), only_if=PRESENT))

    assert set(refused.value.old) == {key_of("there"), key_of("absent")}
    assert refused.value.old[key_of("absent")] is None
    assert table.get(key_of("new")) is None


def test_a_write_can_say_what_its_failure_means(table: Table, key_of: KeyOf) -> None:
    gone = Delete(key_of("a"), only_if=PRESENT, otherwise=NotFound("It is gone."))

    with pytest.raises(NotFound, match="It is gone"):
        table.write(gone)


def test_a_delete_deletes(table: Table, key_of: KeyOf) -> None:
    table.write(sample(key_of("a")))

    table.write(Delete(key_of("a"), only_if=PRESENT))

    assert table.get(key_of("a")) is None


@pytest.mark.parametrize("count", [0, 101])
def test_a_transaction_has_a_size(table: Table, key_of: KeyOf, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        table.write(*(sample(key_of(str(number))) for number in range(count)))


def test_a_transaction_takes_no_item_twice(table: Table, key_of: KeyOf) -> None:
    with pytest.raises(ValueError, match="different items"):
        table.write(sample(key_of("a")), Check(key_of("a"), only_if=PRESENT))


def test_a_full_transaction_is_written(table: Table, key_of: KeyOf) -> None:
    table.write(*(sample(key_of(padded(number))) for number in range(100)))

    assert len(table.query(key_of("").pk)) == 100


def test_many_items_are_read_in_batches(table: Table, key_of: KeyOf) -> None:
    keys = [key_of(padded(number)) for number in range(130)]
    for start in (0, 65):
        table.write(*(sample(key) for key in keys[start : start + 65]))

    found = table.get_many([*keys, *keys, key_of("absent")])

    assert set(found) == set(keys)


def test_a_partition_is_read_by_prefix_range_and_position(table: Table, key_of: KeyOf) -> None:
    table.write(*(sample(key_of(name)) for name in ("A#1", "A#2", "A#3", "B#1", "C#1")))
    pk = key_of("").pk

    def names(**options: Any) -> list[str]:
        return [item["sk"] for item in table.query(pk, **options)]

    assert names(prefix="A#") == ["A#1", "A#2", "A#3"]
    assert names(low="A#3", high="B#1") == ["A#3", "B#1"]
    assert names(after="A#2") == ["A#3", "B#1", "C#1"]
    assert names(after="A#2", limit=1) == ["A#3"]
    assert names(newest_first=True, after="B#1", limit=2) == ["A#3", "A#2"]
    assert names(prefix="A#", newest_first=True, after="A#3") == ["A#2", "A#1"]
    assert names(prefix="A#", after="C#1") == []
    assert names(limit=5) == names(consistent=True) == ["A#1", "A#2", "A#3", "B#1", "C#1"]


def test_a_partition_of_more_than_a_megabyte_is_read_whole(table: Table, key_of: KeyOf) -> None:
    for number in range(5):
        table.write(sample(key_of(padded(number)), ballast="x" * 300_000))

    assert len(table.query(key_of("").pk)) == 5


def test_a_sharded_list_is_merged_and_never_skips_or_repeats(table: Table, key_of: KeyOf) -> None:
    pks = [tenant_pk(table.tenant_id, "SAMPLES", str(shard)) for shard in range(3)]
    for number in range(10):
        index = {"gsi1pk": pks[number % 3], "gsi1sk": padded(number)}
        table.write(sample(key_of(padded(number)), **index, card="{}"))

    seen: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = read_sharded(table, pks, index=GSI1, after=after, limit=4, newest_first=True)
        seen += [item["gsi1sk"] for item in page.entries]
        after, pages = page.next_position, pages + 1

    assert seen == [padded(number) for number in reversed(range(10))]
    assert pages == 3


def test_a_key_too_long_for_the_table_names_nothing(table: Table) -> None:
    pk = tenant_pk(table.tenant_id, "S" * 3_000)

    assert table.get(Key(pk, "A")) is None
    assert table.get_many([Key(pk, "A"), Key(tenant_pk(table.tenant_id), "S" * 2_000)]) == {}
    assert table.query(pk) == []


def test_another_tenant_s_keys_are_out_of_reach(table: Table, other_table: Table) -> None:
    foreign = Key(tenant_pk(other_table.tenant_id), "TENANT")
    attempts: list[Callable[[], object]] = [
        lambda: table.get(foreign),
        lambda: table.get_many([foreign]),
        lambda: table.query(foreign.pk),
        lambda: table.write(Delete(foreign, only_if=PRESENT)),
    ]

    for attempt in attempts:
        with pytest.raises(ForeignKey):
            attempt()


def test_a_tenant_whose_id_begins_like_another_s_is_another(cloud: DataCloud, wire: Any) -> None:
    short = Table(wire, cloud.table, tenant_id=TenantId("ten_1"), trace=TRACE)

    with pytest.raises(ForeignKey):
        short.get(Key(tenant_pk(TenantId("ten_12")), "TENANT"))


def test_look_ups_are_out_of_reach_without_the_right_to_them(cloud: DataCloud, wire: Any) -> None:
    plain = Table(wire, cloud.table, tenant_id=TenantId("ten_1"), trace=TRACE)

    with pytest.raises(ForeignKey):
        plain.write(Delete(lookup_key("HOST", "shop.example.com"), only_if=PRESENT))


def test_reads_side_by_side_keep_their_order_and_raise_the_first_failure() -> None:
    def fail() -> int:
        raise ZeroDivisionError

    assert together(lambda: 1, lambda: 2, lambda: 3) == [1, 2, 3]
    assert together(*[]) == []
    with pytest.raises(ZeroDivisionError):
        together(lambda: 1, fail)
