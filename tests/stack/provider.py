"""The Stripe stand-in as a shopper's browser sees it, the operator in the dashboard, and whoever makes it fail."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.stack.shop import Json, Purchase

RETURN_URL = "https://shop.example/thanks"


class Provider:
    """Speaks with the stand-in; `end_faults` leaves it as it should be."""

    def __init__(self, http: httpx.Client, stripe: Mapping[str, str]) -> None:
        self._http, self._stripe = http, stripe

    def pay(self, purchase: Purchase, card: str = "visa") -> httpx.Response:
        """The shopper's browser confirms the intent with a test card."""
        data = {
            "payment_method": f"pm_card_{card}",
            "client_secret": purchase.payment["client_secret"],
            "return_url": RETURN_URL,
        }
        path = f"/v1/payment_intents/{purchase.intent_id}/confirm"
        return self._send("POST", path, key="publishable_key", data=data)

    def intent(self, purchase: Purchase) -> Json:
        """The intent, as the dashboard shows it."""
        return dict(self._send("GET", f"/v1/payment_intents/{purchase.intent_id}").json())

    def intents_of(self, order_id: str) -> list[Json]:
        """All intents that were made for an order."""
        made = self._send("GET", "/v1/payment_intents", params={"limit": "100"}).json()["data"]
        return [intent for intent in made if intent["metadata"].get("order_id") == order_id]

    def refunds(self, purchase: Purchase) -> list[Json]:
        """What was sent back."""
        return list(self._send("GET", "/v1/refunds", params={"payment_intent": purchase.intent_id}).json()["data"])

    def control(self, action: str, **details: Any) -> Json:
        """A control route."""
        answer = self._http.post(f"{self._stripe['api_base']}/_control/{action}", json=details)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def fail(self, path: str, *, acts: bool, times: int = 2, kind: str = "drop", **details: Any) -> None:
        """The next calls to `path` get no answer; twice by default, for the stripe package asks a second time."""
        self.control("faults", kind=kind, method="POST", path=path, acts=acts, times=times, **details)

    def webhooks(self, **rules: Any) -> None:
        """How webhooks misbehave from now on."""
        self.control("webhooks", **rules)

    def delivered(self, purchase: Purchase) -> list[str]:
        """The kinds of event about an intent that were delivered, with what the API answered."""
        deliveries = self._http.get(f"{self._stripe['api_base']}/_control/webhooks").json()["deliveries"]
        return [
            one["type"] for one in deliveries if one["object"] == purchase.intent_id and one["status"] == "delivered"
        ]

    def end_faults(self) -> None:
        """Deliver what is held, and misbehave no more."""
        self.control("faults/end")
        self.webhooks()
        self.control("webhooks/flush")

    def _send(self, method: str, path: str, *, key: str = "secret_key", **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._stripe[key]}"}
        return self._http.request(method, self._stripe["api_base"] + path, headers=headers, **sent)
