"""The path of one API request: key, route, parameters, idempotency, act, answer.

One request acts at a time (the store's lock), so an intent can never be confirmed twice at once.
Faults are suffered outside the lock: a hanging call holds up nobody but its caller.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from local.stripe.access import Keys, sent_key
from local.stripe.calls import API_VERSION, Call
from local.stripe.errors import ApiError, invalid
from local.stripe.expansion import expanded
from local.stripe.faults import Fault, Faults
from local.stripe.forms import decode_form
from local.stripe.idempotency import Answer, IdempotencyKeys, fingerprint
from local.stripe.intents import for_browser
from local.stripe.routes import Route, find_route
from local.stripe.store import Resource, Store, new_id, public
from local.stripe.validation import checked
from local.stripe.webhooks import Webhooks

# What Stripe.js sends along with every call; the API's own parameters do not include them.
_BROWSER_FIELDS = ("key", "payment_user_agent", "guid", "muid", "sid", "referrer", "time_on_page")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")


class ConnectionDropped(Exception):
    """The caller gets no answer: the connection is closed."""


@dataclass(frozen=True)
class Request:
    """An HTTP request to the API. `text` is the form body, or the query string of a GET or DELETE."""

    method: str
    path: str
    text: str
    headers: Mapping[str, str]
    base_url: str


@dataclass(frozen=True)
class Response:
    """An answer with the headers that are not the same for all."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """Answers API requests from the store and hands what they cause to the webhooks."""

    def __init__(self, store: Store, webhooks: Webhooks, *, keys: Keys) -> None:
        self._store = store
        self._webhooks = webhooks
        self._keys = keys
        self._idempotency = IdempotencyKeys(store)
        self.faults = Faults()

    def answer(self, request: Request, *, now: int) -> Response:
        """The response to one request.

        Raises:
            ConnectionDropped: an ordered fault says that there is none.
        """
        request_id = new_id("req", length=14)
        headers = {"Request-Id": request_id, "Stripe-Version": request.headers.get("Stripe-Version") or API_VERSION}
        try:
            answered, more = self._answered(request, request_id=request_id, now=now)
        except ApiError as refused:
            answered, more = Answer(refused.status, refused.body(request_id)), {}
        return Response(answered.status, answered.body, headers | more)

    def _answered(self, request: Request, *, request_id: str, now: int) -> tuple[Answer, dict[str, str]]:
        params = decode_form(request.text)
        route, resource_id = find_route(request.method, request.path)
        sent = sent_key(request.headers.get("Authorization", "")) or str(params.get("key", ""))
        from_browser = self._keys.is_browser(sent, browser_allowed=route.browser)
        _check_version(request.headers.get("Stripe-Version", ""))
        client_secret = ""
        if from_browser:
            client_secret = str(params.pop("client_secret", ""))
            params = {name: value for name, value in params.items() if name not in _BROWSER_FIELDS}
        call = Call(
            self._store,
            now,
            params=checked(params, route.takes),
            resource_id=resource_id,
            base_url=request.base_url,
            request_id=request_id,
            idempotency_key=request.headers.get("Idempotency-Key") if request.method == "POST" else None,
            from_browser=from_browser,
            client_secret=client_secret,
        )
        return self._once(route, call, mark=fingerprint(request.method, request.path, params), path=request.path)

    def _once(self, route: Route, call: Call, *, mark: str, path: str) -> tuple[Answer, dict[str, str]]:
        """Act, unless the idempotency key says that this was done before."""
        key = call.idempotency_key
        more = {"Idempotency-Key": key} if key else {}
        fault = self.faults.take(route.method, path)
        if key:
            with self._store.lock:
                before = self._idempotency.begin(key, request=mark, now=call.now)
            if before:
                if fault:
                    self._suffer(fault, acted=True)
                return before, more | {"Idempotent-Replayed": "true"}
        try:
            if fault and not fault.acts:
                self._suffer(fault, acted=False)
            answered = self._act(route, call, mark=mark)
            if fault and fault.acts:
                self._suffer(fault, acted=True)
        finally:
            if key:
                with self._store.lock:
                    self._idempotency.end(key)
        return answered, more

    def _act(self, route: Route, call: Call, *, mark: str) -> Answer:
        with self._store.lock:
            try:
                resource = route.handler(call)
            except ApiError as refused:
                answered, kept = _refusal(refused, call), refused.replayed
            else:
                answered, kept = self._shown(resource, call), True
            if call.idempotency_key and kept:
                self._idempotency.keep(call.idempotency_key, answered, request=mark, now=call.now)
            self._store.commit()
        self._webhooks.send(call.events)
        return answered

    def _shown(self, resource: Resource, call: Call) -> Answer:
        shown = public(resource)
        if call.from_browser and shown["object"] == "payment_intent":
            return Answer(200, for_browser(shown))
        try:
            return Answer(200, expanded(shown, call.params.get("expand", []), store=self._store))
        except ApiError as refused:
            # The call has acted: this answer is kept under its key like any other.
            return _refusal(refused, call)

    def _suffer(self, fault: Fault, *, acted: bool) -> None:
        """The ordered fault, instead of or after the act."""
        if fault.kind == "error":
            code = "rate_limit" if fault.status == HTTPStatus.TOO_MANY_REQUESTS else None
            raise ApiError(fault.status, "An unknown error occurred", type="api_error", code=code, replayed=False)
        if fault.kind == "hang":
            time.sleep(fault.seconds)
            if acted:
                return
        raise ConnectionDropped


def _refusal(refused: ApiError, call: Call) -> Answer:
    if call.from_browser and "payment_intent" in refused.details:
        refused.details["payment_intent"] = for_browser(refused.details["payment_intent"])
    return Answer(refused.status, refused.body(call.request_id))


def _check_version(version: str) -> None:
    if version and not _VERSION.fullmatch(version):
        raise invalid(f"Invalid Stripe API version: {version}. You do not have permission to pass this raw version.")
