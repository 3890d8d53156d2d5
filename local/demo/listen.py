"""`python -m local.demo.listen`: print every event of the running stack as it comes, one JSON object to a line.

A subscriber like any other: a queue of its own, and a rule on the bus that fills it. Both go when it ends.
"""

import argparse
import json
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.emulator import client

WAIT_S = 1
BATCH = 10


def events(stack: dict[str, Any], *, for_s: float | None = None) -> Iterator[dict[str, Any]]:
    """What is published from now on: the envelope that docs/events.md describes. Ends after `for_s`; None: never."""
    queues = client("sqs", stack["aws_endpoint_url"])
    deadline = None if for_s is None else time.monotonic() + for_s
    with _subscribed(stack, queues) as queue:
        while deadline is None or time.monotonic() < deadline:
            for message in queues.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_S
            ).get("Messages", []):
                yield json.loads(message["Body"])["detail"]
                queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def _subscribed(stack: dict[str, Any], queues: Any) -> Iterator[str]:
    bus, name = stack["outputs"]["BusName"], f"listener-{uuid.uuid4().hex[:8]}"
    rules = client("events", stack["aws_endpoint_url"])
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rules.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": ["storekeeper"]}))
    rules.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    try:
        yield queue
    finally:
        rules.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
        rules.delete_rule(Name=name, EventBusName=bus)
        queues.delete_queue(QueueUrl=queue)


def main() -> None:
    """Print until somebody ends it."""
    parser = argparse.ArgumentParser(prog="python -m local.demo.listen", description=__doc__)
    parser.add_argument("--stack-file", type=Path, default=Path(".local/stack.json"), help="of the running stack")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for event in events(json.loads(arguments.stack_file.read_text())):
            print(json.dumps(event, ensure_ascii=False), flush=True)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
