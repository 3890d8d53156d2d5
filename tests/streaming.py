"""The table's stream as tests read it: the records of one tenant, as Lambda would hand them to a reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.testing import DataCloud
from storekeeper.kernel.aws.codec import item_to_wire
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import belongs_to


@dataclass
class Stream:
    """What the table's stream carries of one tenant from the moment when this was made.

    `at`: the instant that its records say they were made; None: by the clock, as functions go by it.
    """

    cloud: DataCloud
    tenant_id: TenantId
    at: datetime | None = None
    _iterators: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._streams = self.cloud.client("dynamodbstreams")
        arn = self.cloud.client("dynamodb").describe_table(TableName=self.cloud.table)["Table"]["LatestStreamArn"]
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        for shard in shards:
            answer = self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
            )
            self._iterators.append(answer["ShardIterator"])

    def records(self) -> list[dict[str, Any]]:
        """The records since the last call, in order."""
        found: list[dict[str, Any]] = []
        for place, iterator in enumerate(self._iterators):
            at: str = iterator
            while True:
                answer = self._streams.get_records(ShardIterator=at)
                at = answer["NextShardIterator"]
                found += [_as_lambda_gets_it(record, self.at) for record in answer["Records"]]
                if not answer["Records"]:
                    break
            self._iterators[place] = at
        return [one for one in found if belongs_to(one["dynamodb"]["Keys"]["pk"]["S"], self.tenant_id)]


def _as_lambda_gets_it(record: dict[str, Any], at: datetime | None) -> dict[str, Any]:
    stream = dict(record["dynamodb"])
    created: datetime | float = at or stream["ApproximateCreationDateTime"]
    stream["ApproximateCreationDateTime"] = created.timestamp() if isinstance(created, datetime) else created
    return {**record, "dynamodb": stream}


def a_record(
    pk: str,
    sk: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    sequence: int = 1,
    created_at: float = 1_795_175_000.0,
) -> dict[str, Any]:
    """A record that no table wrote."""
    stream: dict[str, Any] = {
        "ApproximateCreationDateTime": created_at,
        "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
        "SequenceNumber": f"{sequence:021d}",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    images: Sequence[tuple[str, dict[str, Any] | None]] = (("OldImage", old), ("NewImage", new))
    stream |= {name: item_to_wire({"pk": pk, "sk": sk, **image}) for name, image in images if image is not None}
    kind = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    return {"eventID": f"{sequence}", "eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": stream}
