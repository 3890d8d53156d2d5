"""When an item is due: the two attributes that put it into the sparse `due` index, sharded by its own key."""

import zlib
from datetime import datetime

from storekeeper.kernel import clock
from storekeeper.kernel.keys import Key, due_pk, joined
from storekeeper.kernel.untenanted import DUE_SHARDS


def due_attributes(kind: str, key: Key, *, at: datetime) -> dict[str, str]:
    """`due_pk` and `due_sk` of an item that must be acted on at `at`; remove both when it no longer must."""
    shard = zlib.crc32(key.pk.encode()) % DUE_SHARDS
    return {"due_pk": due_pk(kind, shard), "due_sk": joined(clock.to_text(at), key.pk, key.sk)}
