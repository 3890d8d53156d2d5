"""What platforms send: taken when it is signed, reduced to ids, queued; else refused with a count."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from local.testing import DataCloud
from storekeeper.kernel.aws import secrets
from tests.functions.conftest import Api, Reply
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "webhooks_in"
OLD, NEW = "whsec_old", "whsec_new"
ANSWERS = {
    "payment_succeeded": 200,
    "refund_updated": 200,
    "payment_of_somebody_else": 200,
    "forged_signature": 401,
    "no_event": 422,
    "unknown_platform": 404,
}


@pytest.fixture
def hook(api: Callable[[str], Api], cloud: DataCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """Calls `webhooks_in`; the platform has two secrets, because one is being replaced."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Storekeeper")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "webhooks_in")
    keys = {"secret_key": "sk", "publishable_key": "pk", "webhook_secret": f"{OLD} {NEW}"}
    cloud.client("secretsmanager").put_secret_value(SecretId=cloud.stripe_secret_arn, SecretString=json.dumps(keys))
    cloud.client("sqs").purge_queue(QueueUrl=cloud.payment_events_queue_url)
    secrets._kept.clear()
    yield api("webhooks_in")
    secrets._kept.clear()


def sample(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return loaded


def signed(event: dict[str, Any], *, secret: str = NEW, age: timedelta = timedelta(0)) -> dict[str, Any]:
    """The event with the signature that Stripe would send with it."""
    at = int((datetime.now(UTC) - age).timestamp())
    header = stripe.WebhookSignature.generate_signature_header(event["body"], secret, at)
    return {**event, "headers": {**event["headers"], "stripe-signature": header}}


def queued(cloud: DataCloud) -> list[dict[str, Any]]:
    answer = cloud.client("sqs").receive_message(QueueUrl=cloud.payment_events_queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


def counted(output: str) -> list[str]:
    """Names of the metrics that were written."""
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    return [line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] for line in lines]


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(hook: Api, name: str, status: int) -> None:
    event = sample(name)

    reply = hook.send(event if status == 401 else signed(event))

    assert reply.status == status


def test_every_sample_event_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == set(ANSWERS)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_signed_event_is_queued_as_ids(
    hook: Api, cloud: DataCloud, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    reply = hook.send(signed(sample("refund_updated"), secret=secret))

    assert (reply.status, reply.json) == (200, {"queued": True})
    assert queued(cloud) == [
        {
            "event_id": "evt_1PgafyB7WZ01zgkWijklmnop",
            "kind": "refund.updated",
            "intent_id": "pi_1PgafyB7WZ01zgkWSjxsAJo3",
            "tenant_id": "ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
            "order_id": "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
            "refund_id": "ref_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
        }
    ]
    assert counted(capsys.readouterr().out) == ["EventQueued"]


def test_an_event_about_somebody_else_s_payment_is_not_queued(hook: Api, cloud: DataCloud) -> None:
    reply = hook.send(signed(sample("payment_of_somebody_else")))

    assert (reply.status, reply.json, queued(cloud)) == (200, {"queued": False}, [])


def refused(reply: Reply, cloud: DataCloud, output: str) -> None:
    assert (reply.status, reply.code) == (401, "signature_invalid")
    assert reply.headers["content-type"] == "application/problem+json"
    assert queued(cloud) == []
    assert counted(output) == ["SignatureRefused"]


def test_a_bad_signature_leaves_a_count_and_nothing_else(
    hook: Api, cloud: DataCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = hook.send(signed(sample("payment_succeeded"), secret="whsec_other"))

    refused(reply, cloud, capsys.readouterr().out)


def test_an_old_signature_is_refused(hook: Api, cloud: DataCloud, capsys: pytest.CaptureFixture[str]) -> None:
    reply = hook.send(signed(sample("payment_succeeded"), age=timedelta(seconds=310)))

    refused(reply, cloud, capsys.readouterr().out)


@pytest.mark.parametrize("header", [None, "", "x" * 8000])
def test_no_signature_is_refused(
    hook: Api, cloud: DataCloud, capsys: pytest.CaptureFixture[str], header: str | None
) -> None:
    event = sample("payment_succeeded")
    event["headers"].pop("stripe-signature")
    if header is not None:
        event["headers"]["stripe-signature"] = header

    reply = hook.send(event)

    refused(reply, cloud, capsys.readouterr().out)


def test_a_body_that_was_changed_on_the_way_is_refused(hook: Api, cloud: DataCloud) -> None:
    event = signed(sample("payment_succeeded"))

    reply = hook.send({**event, "body": event["body"].replace("2500", "25000")})

    assert (reply.status, queued(cloud)) == (401, [])


def test_other_addresses_and_methods_are_problems(hook: Api) -> None:
    assert hook.post("/v1/hooks/stripe/extra", {}).status == 404
    assert hook.get("/v1/hooks/stripe").status == 405
    assert hook.post("/v1/hooks", {}).status == 404
