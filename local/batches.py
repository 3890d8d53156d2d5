"""What Lambda does with a batch of stream records: deliver in order, split what fails, set aside what cannot be done.

The rules are those of an event source mapping with ReportBatchItemFailures and BisectBatchOnFunctionError:

- the records before the first reported failure are done; the rest is delivered again;
- a batch that fails at its first record, or as a whole, is split in two, which costs no retry;
- a single record (or a batch, where splitting is off) is tried `retries` more times, then set aside whole;
- when the function could not be run at all, the batch waits; that costs no retry either.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.invoker import CannotInvoke, Invocation

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0  # AWS waits up to a minute

Record = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """The settings of a mapping. `retries` below zero means for ever."""

    retries: int
    splits: bool
    partial: bool


class Shelf(Protocol):
    """Where records go that cannot be processed."""

    def set_aside(self, records: Sequence[Record], *, invocations: int) -> None:
        """Keep them whole; must not return before they are kept."""


@dataclass(frozen=True)
class _Piece:
    records: Sequence[Record]
    failures: int = 0


def deliver(
    records: Sequence[Record],
    *,
    invoke: Callable[[Sequence[Record]], Invocation],
    rules: Rules,
    shelf: Shelf,
    done: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Process a batch to its end; `done` is told each sequence number up to which nothing is left to do."""
    waiting = deque([_Piece(records)])
    while waiting:
        piece = waiting.popleft()
        failed_at = _attempt(piece, invoke, rules, pause)
        if failed_at is None:
            done(sequence_number(piece.records[-1]))
        elif failed_at > 0:
            done(sequence_number(piece.records[failed_at - 1]))
            waiting.appendleft(_Piece(piece.records[failed_at:]))
        elif rules.splits and len(piece.records) > 1:
            middle = len(piece.records) // 2
            waiting.extendleft((_Piece(piece.records[middle:]), _Piece(piece.records[:middle])))
        elif 0 <= rules.retries <= piece.failures:
            shelf.set_aside(piece.records, invocations=piece.failures + 1)
            done(sequence_number(piece.records[-1]))
        else:
            pause(_pause_s(piece.failures))
            waiting.appendleft(_Piece(piece.records, piece.failures + 1))


def sequence_number(record: Record) -> str:
    """A record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])


def first_failure(invocation: Invocation, records: Sequence[Record], *, partial: bool) -> int | None:
    """The index of the first record to deliver again; None when all are done. An answer that names no record of the
    batch fails it whole, as on AWS.
    """
    if invocation.error:
        return 0
    if not partial or not invocation.payload:
        return None
    failures = invocation.payload.get("batchItemFailures") or []
    places = {sequence_number(record): index for index, record in enumerate(records)}
    named = [places.get(str(failure.get("itemIdentifier")), 0) for failure in failures]
    return min(named, default=None)


def _attempt(
    piece: _Piece, invoke: Callable[[Sequence[Record]], Invocation], rules: Rules, pause: Callable[[float], None]
) -> int | None:
    unanswered = 0
    while True:
        try:
            return first_failure(invoke(piece.records), piece.records, partial=rules.partial)
        except CannotInvoke:
            pause(_pause_s(unanswered))
            unanswered += 1


def _pause_s(failures: int) -> float:
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 10))
