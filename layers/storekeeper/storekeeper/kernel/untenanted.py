"""The two reads that cannot name a tenant, because they are how one is found: look-ups, and what is due.

Both return ids only. Whoever uses them goes on through the tenant's own gateway.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.aws.calls import TryAgain, call
from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.errors import Unavailable
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import DUE, Key, due_pk, joined

MAX_ATTEMPTS = 3
PAUSE_S = 0.05  # before the second attempt, twice that before the third
DUE_SHARDS = 8  # each takes 1,000 writes a second, and an order by card comes and goes: two writes
DUE_PAGE = 100


class Lookups(Struct, frozen=True):
    """The look-up items, read under the function's own role, which may read nothing else."""

    get_item: Callable[..., Any]
    table: str

    def find(self, key: Key) -> Item | None:
        """What a look-up (see `keys.lookup_key`) holds, or None.

        Raises:
            Unavailable: the table did not answer, asked several times.
        """
        if not key.fits:
            return None
        for attempt in range(MAX_ATTEMPTS):
            time.sleep(attempt * PAUSE_S)
            try:
                return self._find(key)
            except TryAgain:
                continue
        raise Unavailable("The store's data cannot be reached; try again.")

    def _find(self, key: Key) -> Item | None:
        wired_key = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        answer = call(self.get_item, TableName=self.table, Key=wired_key, ConsistentRead=True)
        return item_from_wire(answer["Item"]) if "Item" in answer else None


class DueThing(Struct, frozen=True):
    """Something whose time has come: whose it is and where it is kept."""

    tenant_id: TenantId
    key: Key
    due_at: datetime


def find_due(
    query: Callable[..., Any],
    *,
    table: str,
    kind: str,
    shard: int,
    until: datetime,
    after: DueThing | None = None,
    limit: int = DUE_PAGE,
) -> list[DueThing]:
    """A page of what is due until an instant, earliest first: the first, or the one `after` the last of another.

    The index is read eventually: what is listed may have been done already, so the doing must be conditional.
    """
    start = {"ExclusiveStartKey": _start_key(after, due_pk(kind, shard))} if after else {}
    answer = query(
        TableName=table,
        IndexName=DUE.name,
        KeyConditionExpression="due_pk = :pk AND due_sk <= :until",
        ExpressionAttributeValues={":pk": {"S": due_pk(kind, shard)}, ":until": {"S": clock.to_text(until) + "~"}},
        Limit=limit,
        **start,
    )
    return [_due_thing(item_from_wire(one)) for one in answer["Items"]]


def _start_key(thing: DueThing, pk: str) -> dict[str, Any]:
    due_sk = joined(clock.to_text(thing.due_at), thing.key.pk, thing.key.sk)
    texts = {"pk": thing.key.pk, "sk": thing.key.sk, DUE.pk: pk, DUE.sk: due_sk}
    return {name: {"S": text} for name, text in texts.items()}


def _due_thing(item: Item) -> DueThing:
    due_at = clock.from_text(item["due_sk"].partition("#")[0])
    return DueThing(TenantId(item["pk"].split("#")[1]), Key(item["pk"], item["sk"]), due_at)
