"""A transport for Stripe's package that answers from `recorded/`.

The answers there are excerpts of the fixtures that Stripe publishes with its API description (MIT license).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from storekeeper.kernel.ids import OrderId, StoreId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.payments import (
    IntentRequest,
    RefundRequest,
)
from storekeeper.payments.stripe import StripeGateway

RECORDED = Path(__file__).parent / "recorded"
ORDER = OrderId("ord_1")
AMOUNT = Money(2_500, Currency.of("USD"))
REQUEST = IntentRequest(TenantId("ten_1"), StoreId("sto_1"), ORDER, AMOUNT, "manual")
REFUND = RefundRequest(TenantId("ten_1"), ORDER, "ref_1", "pi_1", AMOUNT)


def recorded(name: str, **given: Any) -> dict[str, Any]:
    return {**json.loads((RECORDED / f"{name}.json").read_text()), **given}


def failure(kind: str, code: str, **given: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": "No.", **given}}


@dataclass
class Sent:
    """One request as it left."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]


Answer: TypeAlias = tuple[int, Any] | tuple[int, Any, dict[str, str]]  # status, body, further headers


@dataclass
class Wire(stripe.HTTPClient):
    """Answers what it is told to, in turn, and keeps what was sent; a None cuts the connection."""

    answers: list[Answer | None]
    sent: list[Sent] = field(default_factory=list)
    name = "recorded"

    def __post_init__(self) -> None:
        super().__init__()

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any) -> Any:
        text = post_data or urlsplit(url).query
        form = {name: values[0] for name, values in parse_qs(text).items()}
        self.sent.append(Sent(method, urlsplit(url).path, dict(headers), form))
        answer = self.answers.pop(0)
        if answer is None:
            raise stripe.APIConnectionError("cut off", should_retry=True)  # type: ignore[no-untyped-call]
        status, body, *more = answer
        return json.dumps(body), status, CaseInsensitiveDict({"Request-Id": "req_1", **(more[0] if more else {})})

    def _sleep_time_seconds(self, num_retries: int) -> float:  # noqa: ARG002
        return 0

    @property
    def only(self) -> Sent:
        (sent,) = self.sent
        return sent


def gateway(*answers: Answer | None) -> tuple[StripeGateway, Wire]:
    wire = Wire(list(answers))
    return StripeGateway("sk_test_1", "pk_test_1", http_client=wire), wire
