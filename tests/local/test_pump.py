"""The pump against a real table's stream, with functions that remember; and against shards that split."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.batches import Rules
from local.checkpoints import Checkpoint, Checkpoints
from local.filters import Pattern
from local.invoker import Invocation
from local.pump import Pump, StreamMapping
from local.testing import DataCloud, emulator_with_table

FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:projector"


@pytest.fixture(scope="module")
def cloud() -> Iterator[DataCloud]:
    with emulator_with_table() as cloud:
        yield cloud


class Function:
    """A projector that remembers which items it has seen, refuses poison, and can be made to hang."""

    def __init__(self, *, poison: str = "") -> None:
        self.poison = poison
        self.seen: list[str] = []
        self.hangs = threading.Event()
        self.goes_on = threading.Event()

    def invoke(self, function: str, event: Any) -> Invocation:
        assert function == "projector"
        if self.hangs.is_set():
            self.goes_on.wait(10)
            return Invocation(None, "Unhandled")
        for record in event["Records"]:
            name = record["dynamodb"]["Keys"]["pk"]["S"]
            if name == self.poison:
                return Invocation({"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]})
            self.seen.append(name)
        return Invocation({"batchItemFailures": []})


def mapping(cloud: DataCloud, *, batch_size: int = 10, filters: Sequence[Pattern] = ()) -> StreamMapping:
    table = cloud.client("dynamodb").describe_table(TableName=cloud.table)["Table"]
    rules = Rules(retries=1, splits=True, partial=True)
    stream = table["LatestStreamArn"]
    return StreamMapping("esm-1", FUNCTION_ARN, stream, batch_size, rules, cloud.records_bucket, filters)


def start(pump: Pump) -> Pump:
    threading.Thread(target=pump.run, daemon=True).start()
    return pump


def put(cloud: DataCloud, names: Sequence[str]) -> list[str]:
    for name in names:
        cloud.client("dynamodb").put_item(TableName=cloud.table, Item={"pk": {"S": name}, "sk": {"S": "A"}})
    return list(names)


def eventually(holds: Callable[[], bool], *, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.02)


def pump_of(cloud: DataCloud, function: Function, folder: Path, **settings: Any) -> Pump:
    return Pump(
        mapping(cloud, **settings),
        streams=cloud.client("dynamodbstreams"),
        s3=cloud.client("s3"),
        invoker=function,  # type: ignore[arg-type]
        checkpoints=Checkpoints(folder, "projector"),
    )


def test_every_change_reaches_the_function_in_order(cloud: DataCloud, tmp_path: Path) -> None:
    function = Function()
    pump = start(pump_of(cloud, function, tmp_path))

    written = put(cloud, [f"order-{number}" for number in range(25)])

    eventually(lambda: function.seen[-1:] == written[-1:])
    pump.stop()
    assert [name for name in function.seen if name.startswith("order-")] == written


def test_a_poison_record_lies_whole_in_the_bucket_and_blocks_nobody(cloud: DataCloud, tmp_path: Path) -> None:
    function = Function(poison="poison-1")
    pump = start(pump_of(cloud, function, tmp_path))

    put(cloud, ["poison-0", "poison-1", "poison-2"])

    eventually(lambda: "poison-2" in function.seen)
    pump.stop()
    s3 = cloud.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=cloud.records_bucket)["Contents"]]
    kept = json.loads(s3.get_object(Bucket=cloud.records_bucket, Key=keys[-1])["Body"].read())
    event = json.loads(kept["payload"])
    assert len(keys) == 1
    assert keys[0].startswith(f"aws/lambda/esm-1/{kept['DDBStreamBatchInfo']['shardId']}/{datetime.now(UTC):%Y/%m/%d}/")
    assert kept["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert kept["DDBStreamBatchInfo"]["batchSize"] == 1
    assert [one["dynamodb"]["NewImage"]["pk"] for one in event["Records"]] == [{"S": "poison-1"}]


def test_a_pump_that_dies_in_mid_batch_is_continued_where_it_was(cloud: DataCloud, tmp_path: Path) -> None:
    first, second = Function(), Function()
    dying = start(pump_of(cloud, first, tmp_path, batch_size=5))
    before = put(cloud, [f"before-{number}" for number in range(5)])
    eventually(lambda: before[-1] in first.seen and bool(list((tmp_path / "projector").glob("*.json"))))

    first.hangs.set()
    after = put(cloud, [f"after-{number}" for number in range(5)])
    dying.stop()
    following = start(pump_of(cloud, second, tmp_path, batch_size=5))

    eventually(lambda: second.seen[-1:] == after[-1:])
    following.stop()
    first.goes_on.set()
    assert second.seen == after


def test_a_checkpoint_that_the_stream_has_forgotten_means_the_oldest_record(cloud: DataCloud, tmp_path: Path) -> None:
    written = put(cloud, [f"old-{number}" for number in range(3)])
    function = Function()
    Checkpoints(tmp_path, "projector").write("shardId-00000000000000000000-00000000", Checkpoint("0" * 30))

    pump = start(pump_of(cloud, function, tmp_path))

    eventually(lambda: function.seen[-1:] == written[-1:])
    pump.stop()
    assert [name for name in function.seen if name.startswith("old-")] == written


class Shards:
    """The streams client of a table whose shard has split in two."""

    TREE: tuple[tuple[str, str | None], ...] = (("parent", None), ("left", "parent"), ("right", "parent"))

    def __init__(self) -> None:
        self.parent_is_open = threading.Event()
        self.given: set[str] = set()

    def describe_stream(self, **_: Any) -> Any:
        shards = [{"ShardId": name, **({"ParentShardId": parent} if parent else {})} for name, parent in self.TREE]
        return {"StreamDescription": {"Shards": shards}}

    def get_shard_iterator(self, **asked: Any) -> Any:
        return {"ShardIterator": asked["ShardId"]}

    def get_records(self, **asked: Any) -> Any:
        shard = asked["ShardIterator"]
        if shard in self.given:
            is_closed = shard == "parent" and not self.parent_is_open.is_set()
            return {"Records": [], **({} if is_closed else {"NextShardIterator": shard})}
        self.given.add(shard)
        keys = {"pk": {"S": shard}}
        record = {"dynamodb": {"SequenceNumber": "1", "Keys": keys, "ApproximateCreationDateTime": datetime.now(UTC)}}
        return {"Records": [record], "NextShardIterator": shard}


def pump_of_shards(shards: Shards, function: Function, folder: Path, *, filters: Sequence[Pattern] = ()) -> Pump:
    rules = Rules(retries=1, splits=True, partial=True)
    return Pump(
        StreamMapping("esm-1", FUNCTION_ARN, "arn:stream", 10, rules, "bucket", filters),
        streams=shards,
        s3=None,
        invoker=function,  # type: ignore[arg-type]
        checkpoints=Checkpoints(folder, "projector"),
    )


def test_child_shards_wait_until_their_parent_is_read_to_its_end(tmp_path: Path) -> None:
    shards, function = Shards(), Function()
    shards.parent_is_open.set()
    pump = start(pump_of_shards(shards, function, tmp_path))

    eventually(lambda: function.seen == ["parent"])
    time.sleep(0.3)
    while_open = list(function.seen)
    shards.parent_is_open.clear()

    eventually(lambda: len(function.seen) == 3)
    pump.stop()
    assert while_open == ["parent"]
    assert set(function.seen[1:]) == {"left", "right"}


def test_a_shard_that_was_read_to_its_end_is_not_read_again(tmp_path: Path) -> None:
    Checkpoints(tmp_path, "projector").write("parent", Checkpoint("1", finished=True))
    shards, function = Shards(), Function()

    pump = start(pump_of_shards(shards, function, tmp_path))

    eventually(lambda: len(function.seen) == 2)
    pump.stop()
    assert set(function.seen) == {"left", "right"}


def test_what_the_filters_leave_out_reaches_nobody_and_is_done(tmp_path: Path) -> None:
    shards, function = Shards(), Function()
    wanted: Pattern = {"dynamodb": {"Keys": {"pk": {"S": ["right"]}}}}

    pump = start(pump_of_shards(shards, function, tmp_path, filters=[wanted]))

    checkpoints = Checkpoints(tmp_path, "projector")
    eventually(lambda: all(checkpoints.read(shard).sequence_number == "1" for shard, _ in Shards.TREE))
    pump.stop()
    assert function.seen == ["right"]
