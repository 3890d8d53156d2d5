"""Feeding again what was set aside: to the reader that failed, once, going on where it stopped."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from storekeeper.streams import Answer, Record, Replay, replay

FINE: Answer = {"batchItemFailures": []}
BAD: Answer = {"batchItemFailures": [{"itemIdentifier": "1"}]}


class Shelf:
    """A bucket in memory."""

    def __init__(self, **functions: str) -> None:
        self.objects = {
            f"aws/lambda/mapping/shard/{name}": json.dumps(set_aside(function, name)).encode()
            for name, function in functions.items()
        }

    def names(self, prefix: str) -> Sequence[str]:
        return sorted(name for name in self.objects if name.startswith(prefix))

    def read(self, name: str) -> bytes:
        return self.objects[name]

    def write(self, name: str, body: bytes) -> None:
        self.objects[name] = body


def set_aside(function: str, number: str) -> dict[str, Any]:
    """As AWS documents it: the event that failed is text in `payload`."""
    return {
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": f"arn:aws:lambda:eu-central-1:123456789012:function:{function}:live",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 9,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "7", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-20T07:32:00.000Z",
        "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": 1},
        "payload": json.dumps({"Records": [{"number": number}]}),
    }


class Reader:
    """Remembers what it was fed."""

    def __init__(self, answer: Answer = FINE) -> None:
        self.answer = answer
        self.fed: list[Any] = []

    def __call__(self, records: Sequence[Record]) -> Answer:
        self.fed += [record["number"] for record in records]
        return self.answer


def always() -> bool:
    return True


def run(shelf: Shelf, projector: Reader, publisher: Reader, has_time: Callable[[], bool] = always) -> Replay:
    return replay(shelf, feeds={"projector": projector, "publisher": publisher}, has_time=has_time)


def test_each_object_goes_to_the_reader_that_failed_in_the_order_of_names() -> None:
    shelf = Shelf(a="Store-ProjectorFunction-X", b="Store-PublisherFunction-Y", c="Store-ProjectorFunction-X")
    projector, publisher = Reader(), Reader()

    done = run(shelf, projector, publisher)

    assert (projector.fed, publisher.fed) == (["a", "c"], ["b"])
    assert (len(done.fed), done.failed, done.left) == (3, (), 0)


def test_a_second_replay_feeds_nothing_again() -> None:
    shelf = Shelf(a="ProjectorFunction")
    run(shelf, Reader(), Reader())
    projector = Reader()

    assert run(shelf, projector, Reader()) == Replay((), (), 0)
    assert projector.fed == []


def test_what_fails_again_waits_for_the_next_replay() -> None:
    shelf = Shelf(a="ProjectorFunction", b="PublisherFunction")

    done = run(shelf, Reader(BAD), Reader())

    assert done.failed == ("aws/lambda/mapping/shard/a",)
    projector = Reader()
    run(shelf, projector, Reader())
    assert projector.fed == ["a"]


def test_a_replay_that_runs_out_of_time_goes_on_later() -> None:
    shelf, projector = Shelf(a="ProjectorFunction", b="ProjectorFunction"), Reader()
    time = iter([True, False])

    assert run(shelf, projector, Reader(), lambda: next(time)).left == 1
    assert run(shelf, projector, Reader()).left == 0
    assert projector.fed == ["a", "b"]


def test_what_nobody_reads_is_told_and_kept() -> None:
    assert run(Shelf(a="SomeFunction"), Reader(), Reader()).failed == ("aws/lambda/mapping/shard/a",)
