"""Somebody who listens to the event bus, as a subscriber would: a rule, a queue behind it, and what came so far."""

import json
from collections import defaultdict
from typing import Any

from local.testing import RunningStack
from tests.stack.shop import Json, unique


class Listener:
    """Hears every event of Storekeeper's from now on."""

    def __init__(self, stack: RunningStack) -> None:
        self._queues: Any = stack.client("sqs")
        events: Any = stack.client("events")
        name, bus = unique("listener"), stack.description["outputs"]["BusName"]
        self._queue = self._queues.create_queue(QueueName=name)["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": ["storekeeper"]}))
        target = {"Id": name, "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        self.heard: list[str] = []

    def listen(self) -> list[Json]:
        """The details of all events so far, in the order in which they came."""
        while messages := self._receive():
            self.heard += [message["Body"] for message in messages]
        return [json.loads(body)["detail"] for body in self.heard]

    def by_id(self, *, of: str = "") -> dict[str, list[Json]]:
        """Every copy of each event that speaks of `of`."""
        copies: dict[str, list[Json]] = defaultdict(list)
        for detail in self.listen():
            if of in json.dumps(detail):
                copies[detail["id"]].append(detail)
        return dict(copies)

    def _receive(self) -> list[Json]:
        received = self._queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        messages: list[Json] = received.get("Messages", [])
        for message in messages:
            self._queues.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return messages
