"""A store whose shoppers pay by card at Stripe's stand-in, through the functions that handle money.

A test module takes the fixtures over by name.
"""

import atexit
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import stripe

from jobs.app import handler as run_job
from local.testing import DataCloud
from payments.app import handler as take_messages
from storekeeper.kernel.aws import secrets
from storekeeper.kernel.table import Table
from storekeeper.payments import PaymentHint
from storekeeper.tenancy import Store
from tests.functions.checkout.shopper import ADDRESS
from tests.functions.conftest import Api, Reply
from tests.local.stripe.conftest import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, Standin, client_for, start, stop
from tests.table.carts.shop import put_on_sale, ship_by

EMAIL = "ada@example.com"
NOWHERE = "http://127.0.0.1:9/hooks"  # no webhook is waited for: tests bring the news themselves


@cache
def _started() -> str:
    """One stand-in for all tests of a worker."""
    process, url = start(NOWHERE)
    atexit.register(stop, process)
    return url


@pytest.fixture
def standin(cloud: DataCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """Stripe, empty; functions reach it with the keys in the secret."""
    made = Standin(_started(), client_for(_started()))
    made.control("reset")
    made.control("webhooks", missing=True)
    keys = {"secret_key": SECRET_KEY, "publishable_key": PUBLISHABLE_KEY, "webhook_secret": WEBHOOK_SECRET}
    cloud.client("secretsmanager").put_secret_value(SecretId=cloud.stripe_secret_arn, SecretString=json.dumps(keys))
    monkeypatch.setenv("STRIPE_API_BASE", made.url)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Storekeeper")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "storekeeper")
    secrets._kept.clear()
    yield made
    secrets._kept.clear()


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of its invocation."""

    left_ms: int = 50_000
    aws_request_id: str = "req_of_lambda"

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@dataclass(frozen=True)
class Checkouts:
    """The carts of a store that sells mugs for 12.50 and sends them for 5.00, and Stripe beside it."""

    shopper: Api
    merchant: Api
    standin: Standin
    store: Store
    table: Table
    shipping_id: str

    @property
    def base(self) -> str:
        return f"/v1/storefront/{self.store.default_domain}"

    def cart(self, quantity: int = 1, **said: Any) -> str:
        """A complete cart."""
        body = {
            "items": [{"sku": "MUG", "quantity": quantity}],
            "email": EMAIL,
            "shipping_address": ADDRESS,
            "shipping_method_id": self.shipping_id,
            **said,
        }
        reply = self.shopper.post(f"{self.base}/carts", body, key=None)
        assert reply.status == 201, reply.text
        return str(reply.json["id"])

    def check_out(self, cart_id: str, method: str = "stripe", **options: Any) -> Reply:
        path = f"{self.base}/carts/{cart_id}/checkout"
        return self.shopper.post(path, {"payment_method": method}, key=None, **options)

    def reopen(self, cart_id: str, **options: Any) -> Reply:
        return self.shopper.post(f"{self.base}/carts/{cart_id}/reopen", key=None, **options)

    def track(self, number: str, email: str = EMAIL, **options: Any) -> Reply:
        return self.shopper.get(f"{self.base}/orders/{number}/track", query={"email": email}, key=None, **options)

    def buy(self, quantity: int = 1, method: str = "stripe") -> Any:
        """`{"order", "payment"}` of a fresh checkout."""
        reply = self.check_out(self.cart(quantity), method)
        assert reply.status == 201, reply.text
        return reply.json

    def pay(self, bought: Any, card: str = "pm_card_visa") -> str:
        """The shopper's browser confirms; the intent's status afterwards."""
        intent_id = bought["payment"]["intent_id"]
        params = {"payment_method": card, "return_url": "https://example.com/done"}
        try:
            return str(self.standin.v1.payment_intents.confirm(intent_id, params).status)
        except stripe.CardError:
            return str(self.standin.v1.payment_intents.retrieve(intent_id).status)

    def tell(self, bought: Any, *, refund_id: str | None = None, **other: Any) -> dict[str, Any]:
        """A webhook's hint, as the queue delivers it; what the function answers."""
        return take_messages({"Records": [message_of(self.hint(bought, refund_id=refund_id, **other))]}, Context())

    def hint(self, bought: Any, *, refund_id: str | None = None, **other: Any) -> PaymentHint:
        said = {
            "event_id": "evt_1",
            "kind": "refund.updated" if refund_id else "payment_intent.succeeded",
            "intent_id": bought["payment"]["intent_id"],
            "tenant_id": self.table.tenant_id,
            "order_id": bought["order"]["id"],
            "refund_id": refund_id,
        }
        return PaymentHint(**{**said, **other})

    def order(self, bought: Any) -> Any:
        """As the merchant reads it."""
        return self.merchant.get(f"/v1/orders/{bought['order']['id']}").json

    def act(self, bought: Any, verb: str, body: Any = None, **options: Any) -> Reply:
        """What the merchant does to an order: `act(bought, "refund", {...})`."""
        return self.merchant.post(f"/v1/orders/{bought['order']['id']}/{verb}", body, **options)

    def stock(self) -> tuple[int, int]:
        """On hand and reserved."""
        level = next(iter(self.table.get_many(self._level_keys()).values()))
        return level["on_hand"], level["reserved"]

    def _level_keys(self) -> list[Any]:
        from storekeeper.inventory import SkuRef, level_keys
        from storekeeper.tenancy import load_settings

        locations = [one.id for one in load_settings(self.table).locations_for(self.store.id)]
        return list(level_keys(SkuRef(self.table.tenant_id, "MUG"), locations))


def message_of(hint: PaymentHint, message_id: str = "msg_1") -> dict[str, Any]:
    """A record of an SQS event."""
    return {"messageId": message_id, "body": hint.as_message()}


def sweep(**context: Any) -> dict[str, int]:
    """One run of the job."""
    return run_job({"job": "sweep"}, Context(**context))


@pytest.fixture
def checkouts(api: Any, standin: Standin, store: Store, table: Table) -> Checkouts:
    """A store with ten mugs."""
    put_on_sale(table, store, "MUG")
    shipping = ship_by(table, store, "5.00", min_days=2, max_days=4)
    return Checkouts(api("checkout"), api("orders"), standin, store, table, shipping.id)
