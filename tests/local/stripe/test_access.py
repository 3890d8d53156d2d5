"""Who may do what: the secret key everything, the publishable key what a client secret opens, others nothing."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

PUBLISHABLE_KEY = "pk_test_storekeeper"
PATIENCE_S = 10
Make = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def browser(standin: Any, method: str, path: str, *, key: str = PUBLISHABLE_KEY, **form: str) -> Answer:
    """A call as a browser makes it, without the official package."""
    query = f"?{urlencode(form)}" if method == "GET" and form else ""
    request = urllib.request.Request(f"{standin.url}{path}{query}", method=method)
    request.add_header("Authorization", f"Bearer {key}")
    if method == "POST":
        request.data = urlencode(form).encode()
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return Answer(answer.status, json.loads(answer.read() or b"{}"), dict(answer.headers))
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, json.loads(refused.read()), dict(refused.headers))


@pytest.mark.parametrize("key", ["sk_test_wrong", "sk_test_storekeepe", "rk_live_x"])
def test_a_wrong_key_opens_nothing(standin: Any, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": standin.url})

    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.payment_intents.list()

    error: Any = caught.value
    assert error.http_status == 401
    assert "Invalid API Key provided" in str(error.user_message)


def test_no_key_opens_nothing(standin: Any) -> None:
    assert browser(standin, "GET", "/v1/events", key="").status == 401


def test_the_secret_key_may_come_as_basic_authentication(standin: Any) -> None:
    request = urllib.request.Request(f"{standin.url}/v1/events")
    request.add_header("Authorization", f"Basic {base64.b64encode(b'sk_test_storekeeper:').decode()}")

    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        assert json.load(answer)["object"] == "list"


def test_a_shopper_confirms_with_the_client_secret(standin: Any, intent: Make) -> None:
    made = intent(metadata={"order": "ord_1"})

    answer = browser(
        standin, "POST", f"/v1/payment_intents/{made.id}/confirm",
        client_secret=made.client_secret, payment_method="pm_card_visa",
    )  # fmt: skip

    assert (answer.status, answer.body["status"]) == (200, "succeeded")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "metadata" not in answer.body
    assert "latest_charge" not in answer.body


@pytest.mark.parametrize("secret", ["", "pi_1_secret_wrong"])
def test_without_its_client_secret_an_intent_stays_shut(standin: Any, intent: Make, secret: str) -> None:
    made = intent()
    form = {"client_secret": secret} if secret else {}

    seen = browser(standin, "GET", f"/v1/payment_intents/{made.id}", **form)
    done = browser(standin, "POST", f"/v1/payment_intents/{made.id}/confirm", payment_method="pm_card_visa", **form)

    assert seen.status in (400, 404)
    assert done.status in (400, 404)
    assert standin.v1.payment_intents.retrieve(made.id).status == "requires_payment_method"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/payment_intents"),
        ("GET", "/v1/payment_intents"),
        ("POST", "/v1/payment_intents/{id}"),
        ("POST", "/v1/payment_intents/{id}/capture"),
        ("POST", "/v1/payment_intents/{id}/cancel"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/customers"),
        ("GET", "/v1/events"),
    ],
)
def test_the_publishable_key_opens_nothing_of_the_merchant(standin: Any, intent: Make, method: str, path: str) -> None:
    made = intent()

    answer = browser(standin, method, path.replace("{id}", made.id), client_secret=made.client_secret)

    assert (answer.status, answer.body["error"]["code"]) == (401, "secret_key_required")


def test_the_merchant_does_not_send_client_secrets(standin: Any, intent: Make) -> None:
    made = intent()

    answer = browser(
        standin, "POST", f"/v1/payment_intents/{made.id}/confirm", key="sk_test_storekeeper",
        client_secret=made.client_secret, payment_method="pm_card_visa",
    )  # fmt: skip

    assert answer.body["error"]["code"] == "parameter_unknown"


def test_an_unknown_address_is_not_found(standin: Any) -> None:
    answer = browser(standin, "GET", "/v1/invoices", key="sk_test_storekeeper")

    assert answer.status == 404
    assert "Unrecognized request URL (GET: /v1/invoices)" in answer.body["error"]["message"]


def test_answers_carry_version_and_request_id(standin: Any) -> None:
    listed = standin.v1.payment_intents.list()

    headers = listed.last_response.headers
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert headers["Request-Id"].startswith("req_")


def test_a_browser_may_ask_first(standin: Any) -> None:
    answer = browser(standin, "OPTIONS", "/v1/payment_methods")

    assert answer.status == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
