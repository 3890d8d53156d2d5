"""The publisher function: batches of the stream in, events on the bus."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.testing import DataCloud
from publisher.app import handler
from storekeeper.kernel.ids import new_id
from tests.emulated import NOW
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "publisher"
SAMPLE_ID = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
PATIENCE_S = 5
ANSWERS: dict[str, tuple[list[str], list[str]]] = {
    "stock_changes": ([], ["inventory.adjusted", "inventory.restocked", "inventory.reserved"]),
    "unreadable_record": (["000000000000000000002"], ["inventory.adjusted", "inventory.restocked"]),
    "look_up": ([], []),
}


class Ear:
    """A queue to which the bus carries the events of one tenant."""

    def __init__(self, cloud: DataCloud, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self._sqs, self._events = cloud.client("sqs"), cloud.client("events")
        self._bus, self._rule = cloud.bus, tenant_id.replace("_", "-")
        self._queue = self._sqs.create_queue(QueueName=self._rule)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        pattern = json.dumps({"source": ["storekeeper"], "detail": {"tenant_id": [tenant_id]}})
        self._events.put_rule(Name=self._rule, EventBusName=self._bus, EventPattern=pattern)
        self._events.put_targets(Rule=self._rule, EventBusName=self._bus, Targets=[{"Id": "ear", "Arn": arn}])

    def heard(self, count: int) -> list[dict[str, Any]]:
        """`count` events, waited for."""
        events: list[dict[str, Any]] = []
        until = time.monotonic() + PATIENCE_S
        while len(events) < count and time.monotonic() < until:
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            events += [json.loads(message["Body"]) for message in answer.get("Messages", ())]
        return events

    def close(self) -> None:
        self._events.remove_targets(Rule=self._rule, EventBusName=self._bus, Ids=["ear"])
        self._events.delete_rule(Name=self._rule, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._queue)


@pytest.fixture
def ear(cloud: DataCloud) -> Iterator[Ear]:
    """Hears what is told of a tenant that is nobody else's."""
    listening = Ear(cloud, new_id("ten", at=NOW))
    yield listening
    listening.close()


def sample(name: str, ear: Ear) -> dict[str, Any]:
    text = (EVENTS / f"{name}.json").read_text().replace(f"ten_{SAMPLE_ID}", ear.tenant_id)
    event: dict[str, Any] = json.loads(text)
    return event


@pytest.mark.parametrize(("name", "failures", "told"), [(name, *answer) for name, answer in ANSWERS.items()])
def test_a_sample_batch_is_published(ear: Ear, name: str, failures: list[str], told: list[str]) -> None:
    answer = handler(sample(name, ear), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": one} for one in failures]}
    assert sorted(event["detail-type"] for event in ear.heard(len(told))) == sorted(told)


def test_every_sample_batch_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == set(ANSWERS)


def test_an_event_arrives_with_its_envelope(ear: Ear) -> None:
    handler(sample("stock_changes", ear), None)

    event = next(one for one in ear.heard(3) if one["detail-type"] == "inventory.reserved")

    detail = event["detail"]
    assert event["source"] == "storekeeper"
    assert detail["id"] == f"{ear.tenant_id}:inventory.reserved:MUG-BLUE#loc_{SAMPLE_ID}#0:2"
    assert (detail["version"], detail["occurred_at"]) == (2, "2026-11-20T07:32:00.000Z")
    assert (detail["data"]["reserved"], detail["data"]["available"]) == (2, 18)
