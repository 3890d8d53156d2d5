"""Carries the table's change stream to the functions that read it, as Lambda's event source mappings do.

    python -m local.pump --endpoint http://127.0.0.1:4566 --checkpoints .local/pump

Each (function, shard) has a thread of its own and a checkpoint on disk: killed at any moment, the pump delivers again
what was not yet done, and nothing else. A child shard waits until its parent has been read to the end.
"""

import argparse
import base64
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import Record, Rules, deliver, sequence_number
from local.checkpoints import Checkpoint, Checkpoints
from local.emulator import client
from local.filters import Pattern, admits, patterns_of
from local.invoker import Invocation, Invoker
from local.shelf import BucketShelf

BUSY_POLL_S = 0.05
IDLE_POLL_S = 0.25
BUSY_FOR_S = 5.0  # after the last record
SHARDS_POLL_S = 5.0
TROUBLE_S = 0.5
TIMEOUT_S = 120.0  # longer than any function that reads the stream may run

log = logging.getLogger("pump")


@dataclass(frozen=True)
class StreamMapping:
    """An event source mapping as Lambda describes it."""

    mapping_id: str
    function_arn: str
    stream_arn: str
    batch_size: int
    rules: Rules
    failure_bucket: str
    filters: Sequence[Pattern] = ()

    @property
    def function(self) -> str:
        """The function's name."""
        return self.function_arn.split(":function:")[1]


def stream_mappings(functions: Any) -> list[StreamMapping]:
    """The mappings of all functions that read a DynamoDB stream."""
    found = functions.list_event_source_mappings()["EventSourceMappings"]
    return [_mapping(one) for one in found if ":dynamodb:" in one["EventSourceArn"]]


def _mapping(described: Mapping[str, Any]) -> StreamMapping:
    return StreamMapping(
        mapping_id=described["UUID"],
        function_arn=described["FunctionArn"],
        stream_arn=described["EventSourceArn"],
        batch_size=described["BatchSize"],
        rules=Rules(
            retries=described.get("MaximumRetryAttempts", -1),
            splits=described.get("BisectBatchOnFunctionError", False),
            partial="ReportBatchItemFailures" in described.get("FunctionResponseTypes", []),
        ),
        failure_bucket=described["DestinationConfig"]["OnFailure"]["Destination"].removeprefix("arn:aws:s3:::"),
        filters=patterns_of(described.get("FilterCriteria")),
    )


class Pump:
    """One mapping's readers. `streams` and `s3` are boto3 clients, or what behaves like them."""

    def __init__(
        self, mapping: StreamMapping, *, streams: Any, s3: Any, invoker: Invoker, checkpoints: Checkpoints
    ) -> None:
        self._mapping = mapping
        self._streams = streams
        self._s3 = s3
        self._invoker = invoker
        self._checkpoints = checkpoints
        self._reading: set[str] = set()
        self._stopped = threading.Event()

    def run(self) -> None:
        """Start a reader for each shard whose turn has come, until stopped."""
        while not self._stopped.is_set():
            try:
                for shard in self._ready_shards():
                    self._reading.add(shard)
                    threading.Thread(target=self._read, args=(shard,), name=shard, daemon=True).start()
            except (BotoCoreError, ClientError) as failure:
                log.warning("shards.unknown function=%s reason=%s", self._mapping.function, failure)
            self._stopped.wait(SHARDS_POLL_S if self._reading else TROUBLE_S)

    def stop(self) -> None:
        """Let readers end after their batch."""
        self._stopped.set()

    def _ready_shards(self) -> Iterator[str]:
        described = self._streams.describe_stream(StreamArn=self._mapping.stream_arn)["StreamDescription"]["Shards"]
        known = {shard["ShardId"] for shard in described}
        for shard in described:
            parent = shard.get("ParentShardId")
            parent_is_done = parent not in known or self._checkpoints.read(parent).finished
            if shard["ShardId"] not in self._reading and parent_is_done:
                yield shard["ShardId"]

    def _read(self, shard: str) -> None:
        while not self._stopped.is_set() and not self._checkpoints.read(shard).finished:
            try:
                self._read_on(shard)
            except (BotoCoreError, ClientError) as failure:  # an iterator expired, or the emulator is away
                log.warning("shard.interrupted function=%s shard=%s reason=%s", self._mapping.function, shard, failure)
                self._stopped.wait(TROUBLE_S)

    def _read_on(self, shard: str) -> None:
        """Read from the checkpoint on, until the shard ends or reading fails."""
        at = self._checkpoints.read(shard).sequence_number
        iterator: str | None = _iterator(self._streams, self._mapping.stream_arn, shard, at)
        last_seen = time.monotonic()
        while iterator and not self._stopped.is_set():
            page = self._streams.get_records(ShardIterator=iterator, Limit=self._mapping.batch_size)
            iterator = page.get("NextShardIterator")
            if page["Records"]:
                self._deliver(shard, [_as_lambda_sees(one, self._mapping.stream_arn) for one in page["Records"]])
                last_seen = time.monotonic()
            elif iterator:
                is_busy = time.monotonic() - last_seen < BUSY_FOR_S
                self._stopped.wait(BUSY_POLL_S if is_busy else IDLE_POLL_S)
        if not iterator:
            self._checkpoints.write(shard, Checkpoint(self._checkpoints.read(shard).sequence_number, finished=True))

    def _deliver(self, shard: str, records: Sequence[Record]) -> None:
        """Deliver what the filters let through; what they do not is done."""
        if wanted := [record for record in records if admits(self._mapping.filters, record)]:
            deliver(
                wanted,
                invoke=self._invoke,
                rules=self._mapping.rules,
                shelf=self._shelf(shard),
                done=lambda number: self._checkpoints.write(shard, Checkpoint(number)),
            )
        self._checkpoints.write(shard, Checkpoint(sequence_number(records[-1])))

    def _shelf(self, shard: str) -> BucketShelf:
        of = self._mapping
        return BucketShelf(self._s3, of.failure_bucket, of.mapping_id, of.function_arn, of.stream_arn, shard)

    def _invoke(self, records: Sequence[Record]) -> Invocation:
        invocation = self._invoker.invoke(self._mapping.function, {"Records": list(records)})
        if invocation.error:
            log.warning("function.failed function=%s answer=%s", self._mapping.function, invocation.payload)
        return invocation


def is_drained(endpoint: str, folder: Path) -> bool:
    """Whether the pump that keeps its checkpoints in `folder` has nothing left to do at this moment."""
    streams = client("dynamodbstreams", endpoint)
    for mapping in stream_mappings(client("lambda", endpoint)):
        checkpoints = Checkpoints(folder, mapping.function)
        described = streams.describe_stream(StreamArn=mapping.stream_arn)["StreamDescription"]["Shards"]
        for shard in (one["ShardId"] for one in described):
            checkpoint = checkpoints.read(shard)
            iterator = _iterator(streams, mapping.stream_arn, shard, checkpoint.sequence_number)
            if not checkpoint.finished and streams.get_records(ShardIterator=iterator, Limit=1)["Records"]:
                return False
    return True


def _iterator(streams: Any, stream_arn: str, shard: str, at: str | None) -> str:
    """After the sequence number `at`. When it is so old that the stream has forgotten it: at the oldest there is."""
    after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": at}
    oldest = {"ShardIteratorType": "TRIM_HORIZON"}
    try:
        answer = streams.get_shard_iterator(StreamArn=stream_arn, ShardId=shard, **(after if at else oldest))
    except ClientError as failure:
        if failure.response["Error"]["Code"] != "TrimmedDataAccessException":
            raise
        answer = streams.get_shard_iterator(StreamArn=stream_arn, ShardId=shard, **oldest)
    return str(answer["ShardIterator"])


def _as_lambda_sees(record: Mapping[str, Any], stream_arn: str) -> Record:
    plain: Record = _plain(record)
    return plain | {"eventSourceARN": stream_arn}


def _plain(value: Any) -> Any:
    """Times as epoch seconds and bytes as base64: what Lambda's JSON holds."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return int(value.timestamp())
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def main() -> None:
    """Pump every stream mapping of the stack until the process ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--checkpoints", type=Path, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    threads = []
    for mapping in stream_mappings(client("lambda", arguments.endpoint)):
        pump = Pump(
            mapping,
            streams=client("dynamodbstreams", arguments.endpoint),
            s3=client("s3", arguments.endpoint),
            invoker=Invoker(arguments.endpoint, connections=4, timeout_s=TIMEOUT_S),
            checkpoints=Checkpoints(arguments.checkpoints, mapping.function),
        )
        threads.append(threading.Thread(target=pump.run, name=mapping.function))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
