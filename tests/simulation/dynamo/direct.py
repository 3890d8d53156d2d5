"""The memory as a client: every call is done at once, alone, and answered."""

from collections.abc import Callable
from typing import Any

from tests.simulation.dynamo.memory import Memory

MAX_BATCH_GET = 100


class DirectWire:
    """`kernel.aws.calls.Wire` on a memory."""

    def __init__(self, memory: Memory, clock: Callable[[], float]) -> None:
        self._memory, self._clock = memory, clock

    def get_item(self, **request: Any) -> Any:
        """One item."""
        item = self._memory.find((request["Key"]["pk"]["S"], request["Key"]["sk"]["S"]))
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> Any:
        """Up to 100 items, each asked for once."""
        ((table, wanted),) = request["RequestItems"].items()
        places = [(key["pk"]["S"], key["sk"]["S"]) for key in wanted["Keys"]]
        if len(set(places)) < len(places) or len(places) > MAX_BATCH_GET:
            raise ValueError("too many keys, or one twice")
        found = [item for place in places if (item := self._memory.find(place))]
        return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def transact_get_items(self, **request: Any) -> Any:
        """Several items of one moment."""
        keys = [one["Get"]["Key"] for one in request["TransactItems"]]
        found = self._memory.find_together([(key["pk"]["S"], key["sk"]["S"]) for key in keys])
        return {"Responses": [{"Item": item} if item else {} for item in found]}

    def query(self, **request: Any) -> Any:
        """One page."""
        return self._memory.query(request)

    def put_item(self, **request: Any) -> Any:
        """One whole item."""
        self._memory.write_one("PutItem", request, now=self._clock())
        return {}

    def update_item(self, **request: Any) -> Any:
        """Some attributes of one item."""
        self._memory.write_one("UpdateItem", request, now=self._clock())
        return {}

    def transact_write_items(self, **request: Any) -> Any:
        """All or nothing."""
        now = self._clock()
        prepared = self._memory.prepare(request["TransactItems"], request["ClientRequestToken"], now=now)
        self._memory.commit(prepared, now=now)
        return {}
