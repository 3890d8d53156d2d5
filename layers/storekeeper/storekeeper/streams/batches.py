"""Batches of stream records, and what a reader answers: from which record on Lambda must deliver again."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = dict[str, list[dict[str, str]]]


def answer(records: Sequence[Record], *, failed: int | None) -> Answer:
    """The batch was read; or, up to the record at `failed`: that one and all after it must come again."""
    if failed is None:
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": records[failed]["dynamodb"]["SequenceNumber"]}]}
