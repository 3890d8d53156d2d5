"""The ledger of one level, read from its own partition: in the order of versions, which the rows' times follow.

So no index by time is needed, which each sale would pay for. Where an instant lies among the versions is found by
halving, one small read for each step.
"""

from bisect import bisect_left

from storekeeper.inventory.movements.items import PREFIX, movement_key
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.keys import GSI1
from storekeeper.kernel.table import Table

_END = PREFIX + "~"


def read_ledger(table: Table, level: Item, *, before: str | None, limit: int) -> list[Item]:
    """The newest rows of a level, given as its item, newest first; with `before`, of those that precede a position."""
    pk = level["pk"]
    high = _END if before is None else movement_key(pk, _last_before(table, level, before)).sk
    return table.query(pk, low=PREFIX, high=high, newest_first=True, limit=limit)


def _last_before(table: Table, level: Item, position: str) -> int:
    """The version of the last row that precedes a position; 0 if none does. A row may stand for several versions."""
    pk = level["pk"]

    def follows(version: int) -> bool:
        rows = table.query(pk, low=movement_key(pk, version).sk, high=_END, limit=1)
        return not rows or rows[0][GSI1.sk] >= position

    return bisect_left(range(1, level["version"] + 1), True, key=follows)
