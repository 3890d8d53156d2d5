"""The failure destination of a stream mapping: an object in S3 with the records whole, as Lambda writes it."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import Record, sequence_number

RETRY_S = 1.0


@dataclass(frozen=True)
class BucketShelf:
    """Keeps what one mapping could not process of one shard."""

    s3: Any
    bucket: str
    mapping_id: str
    function_arn: str
    stream_arn: str
    shard: str

    def set_aside(self, records: Sequence[Record], *, invocations: int) -> None:
        """Write the invocation record; a bucket that does not answer is asked until it does."""
        now = datetime.now(UTC)
        key = f"aws/lambda/{self.mapping_id}/{self.shard}/{now:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
        body = json.dumps(self.invocation_record(records, invocations=invocations, now=now))
        while True:
            try:
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode(), ContentType="application/json")
            except (BotoCoreError, ClientError):
                time.sleep(RETRY_S)
            else:
                return

    def invocation_record(self, records: Sequence[Record], *, invocations: int, now: datetime) -> dict[str, Any]:
        """What AWS documents for failure destinations of DynamoDB streams; `payload` is the event that failed."""
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self.function_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": invocations,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            "DDBStreamBatchInfo": {
                "shardId": self.shard,
                "startSequenceNumber": sequence_number(records[0]),
                "endSequenceNumber": sequence_number(records[-1]),
                "approximateArrivalOfFirstRecord": _arrival(records[0]),
                "approximateArrivalOfLastRecord": _arrival(records[-1]),
                "batchSize": len(records),
                "streamArn": self.stream_arn,
            },
            "payload": json.dumps({"Records": list(records)}),
        }


def _arrival(record: Record) -> str:
    return f"{datetime.fromtimestamp(record['dynamodb']['ApproximateCreationDateTime'], UTC):%Y-%m-%dT%H:%M:%SZ}"
