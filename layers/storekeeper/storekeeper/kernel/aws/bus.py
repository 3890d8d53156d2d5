"""EventBridge: publishing. PutEvents takes ten entries and can fail for some: only those are sent again."""

import time
from collections.abc import Sequence
from typing import Any

from storekeeper.kernel.aws.session import client

MAX_ENTRIES = 10
MAX_ATTEMPTS = 4
FIRST_PAUSE_S = 0.05


class NotPublished(Exception):
    """Some entries were refused every time; `indexes` names them, in the order given."""

    def __init__(self, indexes: Sequence[int]) -> None:
        super().__init__(f"{len(indexes)} events were not taken by the bus")
        self.indexes = tuple(indexes)


def put_events(entries: Sequence[dict[str, Any]]) -> None:
    """Put the entries on the bus, in order.

    Raises:
        NotPublished: some were refused every time.
    """
    lost: list[int] = []
    for start in range(0, len(entries), MAX_ENTRIES):
        lost += _put_page(entries, list(range(start, min(start + MAX_ENTRIES, len(entries)))))
    if lost:
        raise NotPublished(lost)


def _put_page(entries: Sequence[dict[str, Any]], left: list[int]) -> list[int]:
    pause = FIRST_PAUSE_S
    for attempt in range(MAX_ATTEMPTS):
        answer = client("events").put_events(Entries=[entries[i] for i in left])
        left = [i for i, outcome in zip(left, answer["Entries"], strict=True) if outcome.get("ErrorCode")]
        if not left:
            break
        if attempt < MAX_ATTEMPTS - 1:
            time.sleep(pause)
            pause *= 2
    return left
