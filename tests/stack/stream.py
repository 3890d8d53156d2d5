"""The table's change stream, as Lambda hands its records to a function."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from local.testing import RunningStack
from tests.stack.shop import Json

BATCH = 100


def records(stack: RunningStack) -> Iterator[Json]:
    """Every record since the stream began, in order within each shard."""
    streams: Any = stack.client("dynamodbstreams")
    table = stack.client("dynamodb").describe_table(TableName=stack.description["table"])["Table"]
    arn = table["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        found = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        iterator = found["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            yield from map(_as_lambda_gets_it, page["Records"])
            iterator = page.get("NextShardIterator") if page["Records"] else None


def records_of(stack: RunningStack, tenant_id: str) -> list[Json]:
    """A tenant's records."""
    own = f"T#{tenant_id}"
    return [one for one in records(stack) if (one["dynamodb"]["Keys"]["pk"]["S"] + "#").startswith(own + "#")]


def batches(found: list[Json]) -> Iterator[list[Json]]:
    """As many records at a time as Lambda hands over."""
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))


def _as_lambda_gets_it(record: Json) -> Json:
    change = dict(record["dynamodb"])
    at: datetime | float = change["ApproximateCreationDateTime"]
    change["ApproximateCreationDateTime"] = at.timestamp() if isinstance(at, datetime) else at
    return {**record, "dynamodb": _as_json(change)}


def _as_json(value: Any) -> Any:
    """Binary values travel as base64."""
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
