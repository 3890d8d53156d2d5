"""Whatever is sent to the webhook's address: nothing unsigned is queued, and nothing is a failure of ours."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from local.testing import DataCloud
from storekeeper.edge.app import lambda_handler
from storekeeper.kernel.aws import secrets
from storekeeper.payments import PaymentHint, hint_from_event
from tests.functions.conftest import Api, http_event
from tests.fuzz.examples import tried
from webhooks_in.app import app

SECRET = "whsec_fuzzed"
PATH = "/v1/hooks/stripe"
KINDS = ("payment_intent.succeeded", "charge.refunded", "refund.updated", "customer.created", "")
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4)
)
metadata = st.dictionaries(st.sampled_from(("tenant_id", "order_id", "refund_id")), anything) | anything
things = (
    st.fixed_dictionaries(
        {},
        optional={
            "id": anything,
            "object": st.sampled_from(("payment_intent", "refund", "charge")) | anything,
            "payment_intent": anything,
            "metadata": metadata,
        },
    )
    | anything
)
events = st.fixed_dictionaries(
    {},
    optional={
        "id": anything,
        "type": st.sampled_from(KINDS) | anything,
        "data": st.fixed_dictionaries({}, optional={"object": things}) | anything,
    },
)
NESTED = [b"[" * 200_000, b'{"a":' * 100_000, b'{"type":"refund.x","data":' + b"[" * 100_000]


def as_body(event: Any) -> bytes:
    return json.dumps(event).encode()


@given(st.binary(max_size=300) | anything.map(as_body) | events.map(as_body))
@tried(300)
def test_a_body_is_a_hint_or_none_or_no_event(body: bytes) -> None:
    try:
        hint = hint_from_event(body)
    except ValueError:
        return
    if hint is not None:
        assert PaymentHint.from_message(hint.as_message()) == hint
        assert hint.as_message().isascii()


@pytest.mark.parametrize("body", NESTED)
def test_a_body_that_is_nested_without_end_is_no_event(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        hint_from_event(body)


@pytest.fixture
def hook(cloud: DataCloud, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes, dict[str, str]], int]:
    """Posts bytes; the status of the answer."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "webhooks_in")
    keys = {"secret_key": "sk", "publishable_key": "pk", "webhook_secret": SECRET}
    cloud.client("secretsmanager").put_secret_value(SecretId=cloud.stripe_secret_arn, SecretString=json.dumps(keys))
    cloud.client("sqs").purge_queue(QueueUrl=cloud.payment_events_queue_url)
    secrets._kept.clear()
    api = Api(lambda_handler(app), key=None)

    def post(body: bytes, headers: dict[str, str]) -> int:
        sent = {"host": "api.example.com", "content-type": "application/json", **headers}
        return api.send(http_event("POST", PATH, body, query=None, headers=sent, source_ip="203.0.113.7")).status

    return post


def waiting(cloud: DataCloud) -> int:
    names = ["ApproximateNumberOfMessages"]
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=cloud.payment_events_queue_url, AttributeNames=names)
    return int(found["Attributes"][names[0]])


def test_nothing_unsigned_is_taken(hook: Callable[[bytes, dict[str, str]], int], cloud: DataCloud) -> None:
    headers = st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200)

    @given(st.binary(max_size=300) | events.map(as_body), headers)
    @tried(80)
    def try_it(body: bytes, header: str | None) -> None:
        assert hook(body, {} if header is None else {"stripe-signature": header}) == 401

    try_it()

    assert waiting(cloud) == 0


def signed(body: str) -> dict[str, str]:
    at = int(datetime.now(UTC).timestamp())
    return {"stripe-signature": stripe.WebhookSignature.generate_signature_header(body, SECRET, at)}


def test_nothing_signed_is_a_failure_of_ours(hook: Callable[[bytes, dict[str, str]], int]) -> None:
    @given(anything | events)
    @tried(80)
    def try_it(event: Any) -> None:
        body = json.dumps(event)
        assert hook(body.encode(), signed(body)) in {200, 422}

    try_it()
    assert [hook(body, signed(body.decode())) for body in NESTED] == [422] * len(NESTED)
