"""Every address of the API that the stand-in answers, with the parameters it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as p

from local.stripe import charges, confirmation, customers, events, intents, payment_methods, refunds, settlement
from local.stripe import setup_intents as setups
from local.stripe.calls import Call
from local.stripe.errors import no_route
from local.stripe.store import Resource


@dataclass(frozen=True)
class Route:
    """One call: `path` may hold one `{id}`; `browser` says whether the publishable key opens it."""

    method: str
    path: str
    takes: Any
    handler: Callable[[Call], Resource]
    browser: bool = False


ROUTES = (
    Route("POST", "/v1/payment_intents", p.PaymentIntentCreateParams, confirmation.create_and_confirm),
    Route("GET", "/v1/payment_intents", p.PaymentIntentListParams, intents.list_all),
    Route("GET", "/v1/payment_intents/{id}", p.PaymentIntentRetrieveParams, intents.retrieve, browser=True),
    Route("POST", "/v1/payment_intents/{id}", p.PaymentIntentModifyParams, intents.update),
    Route("POST", "/v1/payment_intents/{id}/confirm", p.PaymentIntentConfirmParams, confirmation.confirm, browser=True),
    Route("POST", "/v1/payment_intents/{id}/capture", p.PaymentIntentCaptureParams, settlement.capture),
    Route("POST", "/v1/payment_intents/{id}/cancel", p.PaymentIntentCancelParams, settlement.cancel),
    Route("GET", "/v1/charges", p.ChargeListParams, charges.list_all),
    Route("GET", "/v1/charges/{id}", p.ChargeRetrieveParams, charges.retrieve),
    Route("POST", "/v1/charges/{id}", p.ChargeModifyParams, charges.update),
    Route("POST", "/v1/refunds", p.RefundCreateParams, refunds.create),
    Route("GET", "/v1/refunds", p.RefundListParams, refunds.list_all),
    Route("GET", "/v1/refunds/{id}", p.RefundRetrieveParams, refunds.retrieve),
    Route("POST", "/v1/refunds/{id}", p.RefundModifyParams, refunds.update),
    Route("POST", "/v1/customers", p.CustomerCreateParams, customers.create),
    Route("GET", "/v1/customers", p.CustomerListParams, customers.list_all),
    Route("GET", "/v1/customers/{id}", p.CustomerRetrieveParams, customers.retrieve),
    Route("POST", "/v1/customers/{id}", p.CustomerModifyParams, customers.update),
    Route("DELETE", "/v1/customers/{id}", p.CustomerDeleteParams, customers.delete),
    Route("GET", "/v1/customers/{id}/payment_methods", p.CustomerListPaymentMethodsParams, payment_methods.list_all),
    Route("POST", "/v1/payment_methods", p.PaymentMethodCreateParams, payment_methods.create, browser=True),
    Route("GET", "/v1/payment_methods", p.PaymentMethodListParams, payment_methods.list_all),
    Route("GET", "/v1/payment_methods/{id}", p.PaymentMethodRetrieveParams, payment_methods.retrieve),
    Route("POST", "/v1/payment_methods/{id}", p.PaymentMethodModifyParams, payment_methods.update),
    Route("POST", "/v1/payment_methods/{id}/attach", p.PaymentMethodAttachParams, payment_methods.attach),
    Route("POST", "/v1/payment_methods/{id}/detach", p.PaymentMethodDetachParams, payment_methods.detach),
    Route("POST", "/v1/setup_intents", p.SetupIntentCreateParams, setups.create),
    Route("GET", "/v1/setup_intents", p.SetupIntentListParams, setups.list_all),
    Route("GET", "/v1/setup_intents/{id}", p.SetupIntentRetrieveParams, setups.retrieve, browser=True),
    Route("POST", "/v1/setup_intents/{id}", p.SetupIntentModifyParams, setups.update),
    Route("POST", "/v1/setup_intents/{id}/confirm", p.SetupIntentConfirmParams, setups.confirm, browser=True),
    Route("POST", "/v1/setup_intents/{id}/cancel", p.SetupIntentCancelParams, setups.cancel),
    Route("GET", "/v1/events", p.EventListParams, events.list_all),
    Route("GET", "/v1/events/{id}", p.EventRetrieveParams, events.retrieve),
)
_PATTERNS = tuple((route, re.compile(route.path.replace("{id}", "([^/]+)"))) for route in ROUTES)


def find_route(method: str, path: str) -> tuple[Route, str]:
    """The route of a call and the id in its address ("" if it has none).

    Raises:
        ApiError: 404, no such address.
    """
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match[1] if match.groups() else ""
    raise no_route(method, path)
