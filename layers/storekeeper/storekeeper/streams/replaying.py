"""Feeds again the records that were set aside, to the reader that failed on them.

Lambda writes one object for each batch it gave up, with the records whole. Feeding one twice does no harm; what was fed
is marked, so that a replay that was cut off goes on where it stopped.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from aws_lambda_powertools import Logger
from msgspec import Struct

from storekeeper.streams.batches import Answer, Record

SET_ASIDE = "aws/lambda/"  # where Lambda puts its objects
DONE = "replayed/"

Feed: TypeAlias = Callable[[Sequence[Record]], Answer]

logger = Logger(serialize_stacktrace=False)


class Shelf(Protocol):
    """The bucket of records that were set aside."""

    def names(self, prefix: str) -> Sequence[str]:
        """The objects' names that begin with `prefix`, in order."""

    def read(self, name: str) -> bytes:
        """What an object holds."""

    def write(self, name: str, body: bytes) -> None:
        """Put an object."""


class Replay(Struct, frozen=True):
    """What a replay did: objects fed, objects that still fail, and how many wait because time ran out."""

    fed: tuple[str, ...]
    failed: tuple[str, ...]
    left: int


def replay(shelf: Shelf, *, feeds: Mapping[str, Feed], has_time: Callable[[], bool], prefix: str = SET_ASIDE) -> Replay:
    """Feed every object below `prefix` that is not marked, in the order of their names, while there is time.

    `feeds` gives the reader by a word in the name of the function that failed (`projector`, `publisher`).
    """
    done = {name.removeprefix(DONE) for name in shelf.names(DONE + prefix)}
    waiting = [name for name in shelf.names(prefix) if name not in done]
    fed: list[str] = []
    failed: list[str] = []
    for name in waiting:
        if not has_time():
            break
        if _fed(json.loads(shelf.read(name)), feeds=feeds):
            shelf.write(DONE + name, b"")
            fed.append(name)
        else:
            failed.append(name)
    logger.info("records.replayed", extra={"fed": len(fed), "failed": len(failed)})
    return Replay(tuple(fed), tuple(failed), len(waiting) - len(fed) - len(failed))


def _fed(kept: Mapping[str, Any], *, feeds: Mapping[str, Feed]) -> bool:
    function = str(kept["requestContext"]["functionArn"]).lower()
    feed = next((feed for word, feed in feeds.items() if word in function), None)
    if feed is None:
        logger.error("records.of_nobody", extra={"function": function})
        return False
    return not feed(_records(kept["payload"]))["batchItemFailures"]


def _records(payload: str | Mapping[str, Any]) -> Sequence[Record]:
    """The records of the event that failed: Lambda gives it as text."""
    event = json.loads(payload) if isinstance(payload, str) else payload
    records: Sequence[Record] = event["Records"]
    return records
