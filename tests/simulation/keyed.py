"""Requests under an Idempotency-Key, by the edge's own means: what was answered is answered again, and not redone."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from storekeeper.edge.once import Replay, raise_replay, remembering
from storekeeper.kernel.idempotency import Keyed, Remember, hash_body
from tests.simulation.environments import Call

T = TypeVar("T")
SCOPE, ROUTE, BODY = "simulated", "/", b"{}"


class Answered(BaseModel):
    """What the first answer says; nobody reads it."""


def once(call: Call, key: str, act: Callable[[Remember[T]], T]) -> None:
    """Do `act` unless it was done under this key.

    Raises:
        KeyInUse: it is being done, or was done just now.
    """
    call.note_key(key)
    keyed = Keyed(call.shop.tenant_id, SCOPE, ROUTE, key, hash_body(BODY))
    try:
        raise_replay(keyed, table=call.table, sealer=lambda: call.shop.sealer, now=call.now)
    except Replay:
        return
    act(remembering(keyed, lambda _: Answered(), status=200, sealer=lambda: call.shop.sealer, now=call.now))
