"""The memory's changes as Lambda hands them to the readers of a stream."""

import zlib
from typing import Any

from tests.simulation.dynamo.memory import Record

SHARDS = 2


def lambda_record(record: Record) -> dict[str, Any]:
    """One record of a batch."""
    pk, sk = record.place
    stream: dict[str, Any] = {
        "ApproximateCreationDateTime": float(int(record.at)),
        "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
        "SequenceNumber": f"{record.number:021d}",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if record.old is not None:
        stream["OldImage"] = record.old
    if record.new is not None:
        stream["NewImage"] = record.new
    kind = "INSERT" if record.old is None else "REMOVE" if record.new is None else "MODIFY"
    return {"eventID": str(record.number), "eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": stream}


def shard_of(record: Record) -> int:
    """An item's changes are all in one shard, in order."""
    return zlib.crc32(record.place[0].encode()) % SHARDS
