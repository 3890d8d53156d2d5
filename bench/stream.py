"""The table's change stream, read as Lambda reads it for the projector and the publisher."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.testing import DataCloud


@dataclass
class Stream:
    """What the table's stream carries from the moment when this was made."""

    cloud: DataCloud
    _iterators: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._streams = self.cloud.client("dynamodbstreams")
        arn = self.cloud.client("dynamodb").describe_table(TableName=self.cloud.table)["Table"]["LatestStreamArn"]
        for shard in self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            answer = self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
            )
            self._iterators.append(answer["ShardIterator"])

    def records(self) -> list[dict[str, Any]]:
        """The records since the last call, in order, as a function gets them."""
        found: list[dict[str, Any]] = []
        for place, iterator in enumerate(self._iterators):
            at = iterator
            while True:
                answer = self._streams.get_records(ShardIterator=at)
                at = answer["NextShardIterator"]
                found += map(_as_lambda_gets_it, answer["Records"])
                if not answer["Records"]:
                    break
            self._iterators[place] = at
        return found


def _as_lambda_gets_it(record: dict[str, Any]) -> dict[str, Any]:
    stream = dict(record["dynamodb"])
    created: datetime | float = stream["ApproximateCreationDateTime"]
    stream["ApproximateCreationDateTime"] = created.timestamp() if isinstance(created, datetime) else created
    return {**record, "dynamodb": stream}
