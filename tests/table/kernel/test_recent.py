"""What all requests of an environment in a rush read is read once a second."""

from dataclasses import dataclass, field

from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.recent import FRESH_S, MAX_KEPT, RecentReads
from storekeeper.kernel.table import Pacing, Table
from storekeeper.kernel.writes import ABSENT, PRESENT, Put
from tests.emulated import SAMPLE_TYPE


@dataclass
class Clock:
    """A clock that is set by hand."""

    now_s: float = 100.0
    slept: list[float] = field(default_factory=list)

    def table(self, table: Table) -> Table:
        """The same tenant's table, by this clock."""
        pacing = Pacing(self.slept.append, lambda: self.now_s)
        return Table(table._wire, table._name, tenant_id=table.tenant_id, trace=table.trace, pacing=pacing)


def put(table: Table, key: Key, size: int, *, only_if: str = ABSENT) -> None:
    table.write(Put(key, {"type": SAMPLE_TYPE, "schema": 1, "size": size}, only_if=only_if))


def test_what_was_read_is_kept_for_a_second(table: Table) -> None:
    clock, recent = Clock(), RecentReads()
    timed, key = clock.table(table), Key(tenant_pk(table.tenant_id, "A"), "A")
    absent = Key(tenant_pk(table.tenant_id, "B"), "B")
    put(timed, key, 1)
    seen = [recent.get_many(timed, [key, absent])]
    put(timed, key, 2, only_if=PRESENT)
    put(timed, absent, 3)
    for _ in range(2):
        clock.now_s += FRESH_S / 2
        seen.append(recent.get_many(timed, [key, absent]))

    assert [{one.pk[-1]: item["size"] for one, item in read.items()} for read in seen] == [
        {"A": 1},
        {"A": 1},
        {"A": 2, "B": 3},
    ]


def test_only_what_was_asked_for_last_is_kept(table: Table) -> None:
    recent = RecentReads()
    for number in range(2 * MAX_KEPT):
        recent.get_many(table, [Key(tenant_pk(table.tenant_id, str(number)), "A")])

    assert len(recent._kept) == MAX_KEPT
