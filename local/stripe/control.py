"""Control routes, which Stripe does not have: faults on demand, and a look at the deliveries.

All take and answer JSON. They are open to whoever reaches the loopback interface.

    GET  /_control/health                 {"status": "ok"}
    GET  /_control/webhooks               deliveries, oldest first, with every attempt
    POST /_control/webhooks               {"missing": bool, "copies": n, "delay_s": s, "reorder": n, "paused": bool,
                                           "types": ["charge.succeeded", …]}: replaces the rules; {} ends all faults
                                           (what is still held goes out with a flush)
    POST /_control/webhooks/flush         send what `reorder` or `paused` holds
    POST /_control/webhooks/redeliver     {"event": "evt_…"}: send one event (again), also a missing one
    POST /_control/faults                 {"kind": "hang" | "error" | "drop", "seconds": s, "status": 500, "times": n,
                                           "acts": bool, "method": "POST", "path": "/v1/refunds"}: the next calls to
                                           addresses that begin with `path` hang, answer an error, or are cut off.
                                           `acts` says whether the call does its work first: by default `hang` and
                                           `drop` do, `error` does not. A hang that does not act is cut off at its end
    POST /_control/faults/end             no ordered fault is still to come
    POST /_control/settle                 {"payment_intent": "pi_…" | "refund": "re_…", "outcome": "succeed" | "fail"}:
                                           ends a payment with `pm_card_processing`, or a refund with
                                           `pm_card_pendingRefund` or `pm_card_refundFail`
    POST /_control/authenticate           {"payment_intent": "pi_…", "outcome": "succeed" | "fail"}: what the buttons
                                           of the 3-D Secure page do
    POST /_control/reset                  forget everything, rules and faults included
"""

from __future__ import annotations

from typing import Any

from local.stripe import refunds, settlement, setup_intents
from local.stripe.api import Api
from local.stripe.calls import Call
from local.stripe.errors import invalid, no_route
from local.stripe.faults import Fault
from local.stripe.store import Resource, Store, public
from local.stripe.webhooks import Rules, Webhooks

_RULES = {"missing": bool, "copies": int, "delay_s": (int, float), "reorder": int, "paused": bool, "types": list}
_FAULT = {"kind": str, "seconds": (int, float), "status": int, "times": int, "acts": bool, "method": str, "path": str}


class Control:
    """Answers the control routes."""

    def __init__(self, store: Store, webhooks: Webhooks, api: Api) -> None:
        self._store = store
        self._webhooks = webhooks
        self._api = api

    def answer(self, method: str, path: str, sent: dict[str, Any], *, now: int) -> dict[str, Any]:
        """The JSON answer to one control call.

        Raises:
            ApiError: no such route, or a field that it does not have.
        """
        if method == "GET":
            return self._read(path)
        match path:
            case "/_control/webhooks":
                return self._set_rules(sent)
            case "/_control/webhooks/flush":
                return {"sent": self._webhooks.flush()}
            case "/_control/webhooks/redeliver":
                return self._redeliver(sent)
            case "/_control/faults":
                return self._order(sent)
        return self._end(path, sent, now=now)

    def _read(self, path: str) -> dict[str, Any]:
        if path == "/_control/health":
            return {"status": "ok"}
        if path == "/_control/webhooks":
            return {"deliveries": self._webhooks.deliveries()}
        raise no_route("GET", path)

    def _end(self, path: str, sent: dict[str, Any], *, now: int) -> dict[str, Any]:
        if path == "/_control/faults/end":
            self._api.faults.reset()
            return {}
        if path == "/_control/settle":
            return self._settle(sent, now=now)
        if path == "/_control/authenticate":
            return self.authenticate(sent, now=now)
        if path == "/_control/reset":
            return self._reset()
        raise no_route("POST", path)

    def _set_rules(self, sent: dict[str, Any]) -> dict[str, Any]:
        _check_fields(sent, _RULES)
        self._webhooks.rules = Rules(**(sent | {"types": tuple(sent.get("types", ()))}))
        return {"rules": sent}

    def _order(self, sent: dict[str, Any]) -> dict[str, Any]:
        _check_fields(sent, _FAULT)
        if sent.get("kind") not in ("hang", "error", "drop"):
            raise invalid("Invalid kind: must be one of hang, error, or drop", param="kind")
        self._api.faults.order(Fault(**({"acts": sent["kind"] != "error"} | sent)))
        return {"fault": sent}

    def _redeliver(self, sent: dict[str, Any]) -> dict[str, Any]:
        _check_fields(sent, {"event": str})
        with self._store.lock:
            event = Call(self._store, 0, resource_id=sent.get("event", "")).addressed("event")
        self._webhooks.redeliver(event)
        return {"event": event["id"]}

    def _settle(self, sent: dict[str, Any], *, now: int) -> dict[str, Any]:
        _check_fields(sent, {"payment_intent": str, "refund": str, "outcome": str})
        succeeds = _outcome(sent)
        with self._store.lock:
            if "refund" in sent:
                call, refund = self._addressed("refund", sent["refund"], now=now)
                refunds.settle(call, refund, succeeds=succeeds)
                return self._done(call, refund)
            call, intent = self._addressed("payment_intent", sent.get("payment_intent", ""), now=now)
            settlement.settle(call, intent, succeeds=succeeds)
            return self._done(call, intent)

    def authenticate(self, sent: dict[str, Any], *, now: int) -> dict[str, Any]:
        """Finish 3-D Secure; also called by the page itself."""
        _check_fields(sent, {"payment_intent": str, "setup_intent": str, "outcome": str})
        passed = _outcome(sent)
        with self._store.lock:
            if "setup_intent" in sent:
                call, setup = self._addressed("setup_intent", sent["setup_intent"], now=now)
                setup_intents.authenticate(call, setup, passed=passed)
                return self._done(call, setup)
            call, intent = self._addressed("payment_intent", sent.get("payment_intent", ""), now=now)
            settlement.authenticate(call, intent, passed=passed)
            return self._done(call, intent)

    def _addressed(self, kind: str, resource_id: str, *, now: int) -> tuple[Call, Resource]:
        call = Call(self._store, now, resource_id=resource_id)
        return call, call.addressed(kind)

    def _done(self, call: Call, resource: Resource) -> Resource:
        self._store.commit()
        self._webhooks.send(call.events)
        return public(resource)

    def _reset(self) -> dict[str, Any]:
        with self._store.lock:
            self._store.reset()
        self._webhooks.reset()
        self._api.faults.reset()
        return {"status": "ok"}


def _check_fields(sent: dict[str, Any], known: dict[str, Any]) -> None:
    for name, value in sent.items():
        wanted = known.get(name)
        if wanted is None:
            raise invalid(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise invalid(f"Invalid {name}: {value!r}", param=name)


def _outcome(sent: dict[str, Any]) -> bool:
    if sent.get("outcome") not in ("succeed", "fail"):
        raise invalid("Invalid outcome: must be one of succeed or fail", param="outcome")
    return bool(sent["outcome"] == "succeed")
