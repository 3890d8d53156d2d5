"""The table gateway: reads and conditional writes of one tenant's items. It exists only per tenant.

Every write has a condition. A single write goes alone (half the price), several go as one transaction. A lost answer
is sent again safely: a transaction by its client token, a single write by `write_id`, which shows in the old image
that it was ours that succeeded.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from msgspec import Struct
from ulid import ULID

from storekeeper.kernel.aws.calls import CONDITION_FAILED, TryAgain, Wire, call
from storekeeper.kernel.aws.codec import Item, Value, item_from_wire
from storekeeper.kernel.errors import Contended, Unavailable
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Index, Key, belongs_to
from storekeeper.kernel.trace import Trace
from storekeeper.kernel.workers import are_in_turn, workers
from storekeeper.kernel.writes import Check, Delete, Write, expression_terms, wired, wired_key

MAX_TRANSACTION = 100
MAX_BATCH_GET = 100
CONTENTION_S = 2.5  # a conflict with another transaction is tried again for at least two seconds
OUTAGE_S = 4.0
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.4
_FIRST, _LAST = " ", "\U0010ffff"  # no sort key lies outside, and no bound may be empty

T = TypeVar("T")


class WriteRefused(Exception):
    """A condition did not hold, and nothing was written.

    `old` holds, for each write that failed, the item as it was at that moment (None: there was none): enough to
    decide again without another read.
    """

    def __init__(self, old: Mapping[Key, Item | None]) -> None:
        super().__init__(f"{len(old)} conditions failed")
        self.old = dict(old)


class ForeignKey(Exception):
    """A key of another tenant reached this tenant's gateway: a fault of ours, never an answer to a client."""


class Pacing(Struct, frozen=True):
    """How the gateway waits; the simulation puts its own in."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random


AS_IT_COMES = Pacing()


class Table:
    """One tenant's part of the table."""

    def __init__(
        self,
        wire: Wire,
        name: str,
        *,
        tenant_id: TenantId,
        trace: Trace,
        registry: bool = False,
        pacing: Pacing = AS_IT_COMES,
    ) -> None:
        """`registry` lets `tenancy` write look-ups together with the tenant's items."""
        self._wire, self._name, self._pacing = wire, name, pacing
        self._registry = registry
        self.tenant_id, self.trace = tenant_id, trace
        self.monotonic = pacing.monotonic  # for the age of what an environment keeps
        self.conflicts: Counter[Key] = Counter()  # what was written here came in others' way there so often

    # reads

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item, or None."""
        self._own(key.pk)
        if not key.fits:
            return None
        answer = self._send(self._wire.get_item, TableName=self._name, Key=wired_key(key), ConsistentRead=consistent)
        return item_from_wire(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """The items that exist, by key; over 100 keys in several calls side by side."""
        wanted = [key for key in dict.fromkeys(keys) if key.fits]
        for key in wanted:
            self._own(key.pk)
        batches = [wanted[at : at + MAX_BATCH_GET] for at in range(0, len(wanted), MAX_BATCH_GET)]
        found: dict[Key, Item] = {}
        for items in together(*[lambda batch=batch: self._get_batch(batch, consistent) for batch in batches]):
            found.update(items)
        return found

    def _get_batch(self, keys: Sequence[Key], consistent: bool) -> dict[Key, Item]:
        found: dict[Key, Item] = {}
        left: list[dict[str, Any]] = [wired_key(key) for key in keys]

        def ask() -> None:
            nonlocal left
            request = {self._name: {"Keys": left, "ConsistentRead": consistent}}
            answer = call(self._wire.batch_get_item, RequestItems=request)
            for one in answer["Responses"].get(self._name, ()):
                item = item_from_wire(one)
                found[Key(item["pk"], item["sk"])] = item
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if left:
                raise TryAgain(conflict=False)

        self._patiently(ask)
        return found

    def query(
        self,
        pk: str,
        *,
        index: Index | None = None,
        prefix: str = "",
        low: str = "",
        high: str = _LAST,
        after: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        consistent: bool = False,
    ) -> list[Item]:
        """Items of one partition in the order of their sort key (or backwards), of the table or an index.

        `prefix`, or `low` and `high` (both inclusive), bound the sort key; `after` is the sort key of the last item
        already seen, in the order of reading. Without `limit` every page is read: only for partitions known small.
        An index is always read eventually.
        """
        self._own(pk)
        low, high = (prefix, prefix + _LAST) if prefix else (max(low, _FIRST), high)
        if after is not None:
            low, high = (low, min(after, high)) if newest_first else (max(after, low), high)
        names = (index.pk, index.sk) if index else ("pk", "sk")
        if low > high or not Key(pk, "").fits:
            return []
        request = _query_request(self._name, pk, names, (low, high), index, consistent and index is None)
        request["ScanIndexForward"] = not newest_first
        return self._pages(request, sort_name=names[1], after=after, limit=limit)

    def _pages(self, request: dict[str, Any], *, sort_name: str, after: str | None, limit: int | None) -> list[Item]:
        items: list[Item] = []
        while True:
            if limit is not None:
                request["Limit"] = limit - len(items) + (after is not None)
            answer = self._send(self._wire.query, **request)
            page = (item_from_wire(one) for one in answer["Items"])
            items += [item for item in page if item[sort_name] != after]
            if limit is not None and len(items) >= limit:
                return items[:limit]
            if not (last := answer.get("LastEvaluatedKey")):
                return items
            request["ExclusiveStartKey"] = last

    # writes

    def write(self, *writes: Write, contention_s: float = CONTENTION_S) -> None:
        """Write all of it or none of it. `contention_s`: how long to try again when other transactions are at it.

        A lone write goes without a transaction. Its condition must not hold any more once it is applied (a version, an
        absence), or a lost answer could apply it twice; what cannot promise that travels with its owner.

        Raises:
            StorekeeperError: what the first failed write says in `otherwise`.
            WriteRefused: a condition failed; nothing was written.
            Contended: other transactions kept touching the same items for `contention_s`.
            Unavailable: the table did not answer for `OUTAGE_S`; it may or may not have been written.
            ForeignKey: a key is not this tenant's.
            ValueError: no write, too many, or one item twice.
        """
        keys = [write.key for write in writes]
        if not 0 < len(keys) <= MAX_TRANSACTION or len(set(keys)) < len(keys):
            raise ValueError(f"a transaction takes 1 to {MAX_TRANSACTION} different items, not {len(keys)}")
        for key in keys:
            self._own(key.pk, writing=True)
        write_id = str(ULID())
        entries = [wired(write, table=self._name, trace=self.trace, write_id=write_id) for write in writes]
        if len(writes) == 1 and not isinstance(writes[0], Delete | Check):
            send = lambda: self._write_one(keys[0], *entries[0], write_id)  # noqa: E731
        else:
            transaction = [{kind: entry} for kind, entry in entries]
            send = lambda: self._transact(keys, transaction, write_id)  # noqa: E731
        try:
            self._patiently(send, contention_s)
        except WriteRefused as refused:
            for write in writes:
                if write.key in refused.old and write.otherwise is not None:
                    raise write.otherwise from refused
            raise

    def _write_one(self, key: Key, kind: str, entry: dict[str, Any], write_id: str) -> None:
        send = self._wire.put_item if kind == "Put" else self._wire.update_item
        try:
            call(send, **entry)
        except ClientError as error:
            old = _item(error.response)
            if old is None or old.get("write_id") != write_id:
                raise WriteRefused({key: old}) from error

    def _transact(self, keys: Sequence[Key], transaction: Sequence[dict[str, Any]], token: str) -> None:
        try:
            call(self._wire.transact_write_items, TransactItems=transaction, ClientRequestToken=token)
        except TryAgain as again:
            self.conflicts.update(keys[place] for place in again.places)
            raise
        except ClientError as error:
            reasons = error.response["CancellationReasons"]
            told = zip(keys, reasons, strict=True)
            raise WriteRefused({key: _item(one) for key, one in told if one["Code"] == CONDITION_FAILED}) from error

    def pause_before(self, attempt: int) -> None:
        """Wait before a decision is made again whose writes lost a race: not before attempts 0 and 1, then ever longer.

        For decisions that many make at once, so that they part.
        """
        if attempt > 1:
            pause = min(FIRST_PAUSE_S * 2 ** (attempt - 2), LONGEST_PAUSE_S)
            self._pacing.sleep(pause * (0.5 + self._pacing.jitter()))

    def throw(self, sides: int) -> int:
        """A number from 0 up to `sides`, not included: for choices in which callers should differ."""
        return min(int(self._pacing.jitter() * sides), sides - 1)

    # how

    def _own(self, pk: str, *, writing: bool = False) -> None:
        if not belongs_to(pk, self.tenant_id) and not (self._registry and pk.startswith(("HOST#", "KEY#", "ACCOUNT#"))):
            raise ForeignKey(f"a {'write' if writing else 'read'} outside the tenant")

    def _send(self, operation: Callable[..., Any], **request: Any) -> Any:
        return self._patiently(lambda: call(operation, **request))

    def _patiently(self, attempt: Callable[[], T], contention_s: float = CONTENTION_S) -> T:
        started, pause = self._pacing.monotonic(), FIRST_PAUSE_S
        while True:
            try:
                return attempt()
            except TryAgain as again:
                spent = self._pacing.monotonic() - started
                if again.conflict and spent >= contention_s:
                    raise Contended("Others are changing the same thing; try again.") from again
                if spent > OUTAGE_S:
                    raise Unavailable("The store's data cannot be reached; try again.") from again
            self._pacing.sleep(pause * (0.5 + self._pacing.jitter()))
            pause = min(2 * pause, LONGEST_PAUSE_S)


def _query_request(
    table: str, pk: str, names: tuple[str, str], bounds: tuple[str, str], index: Index | None, consistent: bool
) -> dict[str, Any]:
    condition = f"{names[0]} = :pk AND {names[1]} BETWEEN :low AND :high"
    values: dict[str, Value] = {":pk": pk, ":low": bounds[0], ":high": bounds[1]}
    request = {"TableName": table, "KeyConditionExpression": condition, **expression_terms(condition, values)}
    if index:
        return request | {"IndexName": index.name}
    return request | {"ConsistentRead": consistent}


def _item(reason: Mapping[str, Any]) -> Item | None:
    wired_item = reason.get("Item")
    return item_from_wire(wired_item) if wired_item else None


@cache
def _pool() -> Executor:
    return workers(8, name="read")


def together(*reads: Callable[[], T]) -> list[T]:
    """The results of several independent reads, made side by side; in order. The first failure is raised."""
    if len(reads) < 2 or are_in_turn():
        return [read() for read in reads]
    first, *others = reads
    pending = [_pool().submit(read) for read in others]
    return [first(), *(one.result() for one in pending)]
