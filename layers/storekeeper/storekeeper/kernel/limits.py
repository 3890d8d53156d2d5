"""Rate limits that cost little: each environment counts by itself and leases blocks from the shared count.

In every window an environment first spends a slice of its own (a 25th of the limit) without a word; only a caller that
is busier than that makes it lease blocks from the shared counter, by conditional writes. So a quiet caller costs
nothing, a busy one about one write per ten calls, and the limit is off by at most one slice or block for each
environment.
"""

from collections import OrderedDict
from datetime import datetime

from msgspec import Struct

from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.keys import Key, padded, tenant_pk
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Update

SLICES = 25
BLOCKS = 10
MAX_SUBJECTS = 10_000
TTL_S = 3600

ENTITIES = (
    Entity(
        name="limit",
        pk="T#<tenant>#LIMIT#<kind>#<subject>",
        sk="<window>",
        holds="How many calls of a window environments have leased, for one key, cart or store that is busy.",
        found_by="Never read: leases add to it on condition that enough are left.",
        written_by="lease",
    ),
)


class RateLimited(StorekeeperError):
    """Too many calls in the window; `retry_after_s` says when the next window begins."""

    code, kind = "rate_limited", "limited"

    def __init__(self, limit: "Limit", *, retry_after_s: int) -> None:
        super().__init__(f"At most {limit.calls} calls in {limit.window_s} s; wait and send it again.")
        self.retry_after_s = retry_after_s


class Limit(Struct, frozen=True):
    """`calls` in each window of `window_s` seconds, for one subject (a key, a cart, a store) of one kind."""

    kind: str
    calls: int
    window_s: int = 1


class _Window(Struct):
    number: int
    used: int
    allowed: int
    unreported: int
    spent: bool = False


class Limiter:
    """One environment's counts."""

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[str, str, str], _Window] = OrderedDict()

    def take(self, limit: Limit, subject: str, *, table: Table, now: datetime) -> None:
        """Count one call.

        Raises:
            RateLimited: the shared count for this window is used up.
        """
        moment = int(now.timestamp())
        number = moment // limit.window_s
        window = self._window(limit, (table.tenant_id, limit.kind, subject), number)
        if window.used >= window.allowed and not window.spent:
            block = max(1, limit.calls // BLOCKS)
            window.spent = not lease(limit, subject, number, window.unreported + block, table=table)
            window.allowed += 0 if window.spent else block
            window.unreported = 0
        if window.used >= window.allowed:
            raise RateLimited(limit, retry_after_s=(number + 1) * limit.window_s - moment)
        window.used += 1

    def _window(self, limit: Limit, name: tuple[str, str, str], number: int) -> _Window:
        window = self._windows.get(name)
        if window is None or window.number != number:
            own_slice = limit.calls // SLICES
            window = self._windows[name] = _Window(number, 0, own_slice, own_slice)
        self._windows.move_to_end(name)
        if len(self._windows) > MAX_SUBJECTS:
            self._windows.popitem(last=False)
        return window


def lease(limit: Limit, subject: str, number: int, calls: int, *, table: Table) -> bool:
    """Take `calls` of the shared count of a window; False if that many are not left."""
    key = Key(tenant_pk(table.tenant_id, "LIMIT", limit.kind, subject), padded(number))
    try:
        table.write(take_calls(key, calls, limit=limit, ttl=(number + 1) * limit.window_s + TTL_S))
    except WriteRefused:
        return False
    return True


def take_calls(key: Key, calls: int, *, limit: Limit, ttl: int) -> Update:
    """Add to the shared count, up to the limit. Applied twice after a lost answer it only limits sooner."""
    return Update(
        key,
        "SET used = if_not_exists(used, :none) + :calls, #ttl = :ttl, #type = :type, #schema = :one",
        only_if="attribute_not_exists(used) OR used <= :room",
        values={":calls": calls, ":none": 0, ":ttl": ttl, ":room": limit.calls - calls, ":type": "limit", ":one": 1},
    )


def give_back(limit: Limit, subject: str, number: int, calls: int, *, table: Table) -> None:
    """Take `calls` off the shared count of a window again: what was leased in advance did not count after all."""
    key = Key(tenant_pk(table.tenant_id, "LIMIT", limit.kind, subject), padded(number))
    try:
        table.write(return_calls(key, calls))
    except WriteRefused:
        return


def return_calls(key: Key, calls: int) -> Update:
    """Lower the shared count; never below nothing, should it be applied twice after a lost answer."""
    return Update(key, "SET used = used - :calls", only_if="used >= :calls", values={":calls": calls})
