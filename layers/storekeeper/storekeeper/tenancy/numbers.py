"""Order numbers: each environment leases a block of a store's count, so that no sale waits for another's number.

A block is BLOCK numbers. Who comes back soon is given more than before, up to MOST, and no two alike, so that many who
began together do not come back together. Numbers that an environment does not use are left out.
"""

from threading import Lock

from msgspec import Struct

from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import StoreId, TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put, Update

FIRST_NUMBER = 1001
BLOCK, MOST = 20, 320
GROWTH = 4
SOON_S = 10.0
MAX_LEASE_ATTEMPTS = 60  # every environment of a busy store leases from the same item

ENTITIES = (
    Entity(
        name="numbers",
        pk="T#<tenant>#S#<store>#NUMBERS",
        sk="NUMBERS",
        holds="The first order number of a store that no environment has leased.",
        found_by="Read by key when an environment has used up its block.",
        written_by="NumberLease",
    ),
)


def numbers_key(tenant_id: TenantId, store_id: StoreId) -> Key:
    """Where a store's count is kept."""
    return Key(tenant_pk(tenant_id, "S", store_id, "NUMBERS"), "NUMBERS")


def first_lease(key: Key, *, many: int) -> Put:
    """The first block of a store."""
    return Put(key, {"type": "numbers", "schema": 1, "free_from": FIRST_NUMBER + many}, only_if=ABSENT)


def further_lease(key: Key, *, free_from: int, many: int) -> Update:
    """A block from `free_from` on, if nobody has leased it since that was read."""
    return Update(
        key,
        "SET free_from = :after",
        only_if="free_from = :free_from",
        values={":free_from": free_from, ":after": free_from + many},
    )


class _Block(Struct):
    number: int
    end: int
    many: int
    leased_at_s: float

    def next_many(self, table: Table) -> int:
        if table.monotonic() - self.leased_at_s >= SOON_S:
            return BLOCK
        most = min(GROWTH * self.many, MOST)
        return most - table.throw(most // 2)


class NumberLease:
    """One environment's leased numbers: unique in their store, with gaps. Nothing is leased at import."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[TenantId, StoreId], _Block] = {}
        self._lock = Lock()

    def next_number(self, table: Table, store_id: StoreId, prefix: str) -> str:
        """The next number, such as `HB-1001`; one in `BLOCK` calls leases, or fewer, with a read and a write.

        Raises:
            Contended: other environments leased every time.
        """
        with self._lock:
            owner = (table.tenant_id, store_id)
            block = self._blocks.get(owner)
            if block is None or block.number == block.end:
                many = block.next_many(table) if block else BLOCK
                block = self._blocks[owner] = _lease(table, store_id, many)
            number = block.number
            block.number += 1
            return f"{prefix}{number}"


def _lease(table: Table, store_id: StoreId, many: int) -> _Block:
    key = numbers_key(table.tenant_id, store_id)

    def attempt() -> _Block:
        item = table.get(key)
        if item is None:
            table.write(first_lease(key, many=many))
            return _Block(FIRST_NUMBER, FIRST_NUMBER + many, many, table.monotonic())
        free_from: int = item["free_from"]
        table.write(further_lease(key, free_from=free_from, many=many))
        return _Block(free_from, free_from + many, many, table.monotonic())

    return until_written(attempt, attempts=MAX_LEASE_ATTEMPTS)
