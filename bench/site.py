"""What functions are measured against: an emulator and Stripe's stand-in, each a process of its own."""

import json
import os
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlencode

from local.processes import HOST, free_port, start_child, wait_for_port
from local.testing import DataCloud, emulator_with_table

KEYS = {"secret_key": "sk_test_bench", "publishable_key": "pk_test_bench", "webhook_secret": "whsec_bench"}
PAID = "payment_intent.succeeded"  # the one event of a payment that went well which a shop must subscribe to
WAIT_S = 20
ENVIRONMENT = {"POWERTOOLS_SERVICE_NAME": "storekeeper", "POWERTOOLS_METRICS_NAMESPACE": "Storekeeper"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery: the raw body, and what it was signed with."""

    body: bytes
    signature: str


@dataclass
class Site:
    """The running processes, and what Stripe's stand-in has delivered."""

    cloud: DataCloud
    stripe_base: str
    webhooks: "SimpleQueue[Webhook]" = field(default_factory=SimpleQueue)

    def pay(self, intent_id: str) -> Webhook:
        """A shopper pays by card; the webhook that says so."""
        request = urllib.request.Request(  # noqa: S310 (our own stand-in)
            f"{self.stripe_base}/v1/payment_intents/{intent_id}/confirm",
            data=urlencode({"payment_method": "pm_card_visa"}).encode(),
            headers={"Authorization": f"Bearer {KEYS['secret_key']}"},
        )
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310
            answer.read()
        while True:
            webhook = self.webhooks.get(timeout=WAIT_S)
            event = json.loads(webhook.body)
            if event["type"] == PAID and event["data"]["object"]["id"] == intent_id:
                return webhook

    def take_messages(self) -> list[dict[str, Any]]:
        """What is in the queue of payment events, as Lambda hands it to the consumer; it is then gone."""
        queue, url = self.cloud.client("sqs"), self.cloud.payment_events_queue_url
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [{"messageId": message["MessageId"], "body": message["Body"]} for message in found]


@contextmanager
def running_site() -> Iterator[Site]:
    """Start the processes and make this one a function of theirs, until the block ends."""
    with emulator_with_table() as cloud, tempfile.TemporaryDirectory(prefix="storekeeper-") as folder:
        cloud.client("secretsmanager").put_secret_value(SecretId=cloud.stripe_secret_arn, SecretString=json.dumps(KEYS))
        port = free_port()
        site = Site(cloud, f"http://{HOST}:{port}")
        receiver = _Receiver((HOST, 0), _Delivery)
        receiver.site = site
        threading.Thread(target=receiver.serve_forever, name="webhooks", daemon=True).start()
        stripe = start_child(
            "stripe", "local.stripe", _stripe_arguments(port, receiver), environment={}, log=Path(folder) / "stripe.log"
        )
        try:
            wait_for_port(stripe, port, within_s=WAIT_S)
            os.environ.update({**cloud.environment, **ENVIRONMENT, "STRIPE_API_BASE": site.stripe_base})
            yield site
        finally:
            stripe.stop()
            receiver.shutdown()
            receiver.server_close()


def _stripe_arguments(port: int, receiver: "_Receiver") -> list[str]:
    return [
        f"--port={port}",
        f"--webhook-url=http://{HOST}:{receiver.server_address[1]}/",
        f"--webhook-secret={KEYS['webhook_secret']}",
        f"--secret-key={KEYS['secret_key']}",
        f"--publishable-key={KEYS['publishable_key']}",
    ]


class _Receiver(ThreadingHTTPServer):
    daemon_threads = True
    site: Site


class _Delivery(BaseHTTPRequestHandler):
    server: _Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.site.webhooks.put(Webhook(body, self.headers["Stripe-Signature"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is inherited)
        """Say nothing."""
