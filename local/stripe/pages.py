"""What a browser loads: the script at the place of Stripe.js, and the 3-D Secure page."""

from __future__ import annotations

import hmac
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from local.stripe.amounts import money_text
from local.stripe.store import Resource, Store

_FOLDER = Path(__file__).parent / "browser"
SCRIPT_PATHS = ("/v3", "/v3/", "/stripe.js")
_KINDS = {"payment_intents": "payment_intent", "setup_intents": "setup_intent"}


def script() -> str:
    """The text of our Stripe.js."""
    return (_FOLDER / "stripe.js").read_text(encoding="utf-8")


def asked_intent(store: Store, path: str, query: str) -> Resource | None:
    """The intent of a 3-D Secure address, if its client secret is right."""
    _, _, rest = path.partition("/authenticate/")
    section, _, intent_id = rest.partition("/")
    intent = store.find(_KINDS.get(section, ""), intent_id)
    secret = parse_qs(query).get("client_secret", [""])[0]
    if intent is None or not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
        return None
    return intent


def authentication_page(intent: Resource) -> str:
    """The page on which the shopper proves who they are, or says that it was all dealt with."""
    if intent["status"] != "requires_action":
        return _page("done.html", outcome=_redirect_status(intent))
    purpose = "save your card"
    if intent["object"] == "payment_intent":
        purpose = f"pay {money_text(intent['amount'], intent['currency'])} {intent['currency'].upper()}"
    return _page("authenticate.html", purpose=purpose)


def way_back(intent: Resource) -> str | None:
    """Where the shopper's browser goes after 3-D Secure; None if Stripe.js is watching instead."""
    if not intent.get("_return_url"):
        return None
    parts = urlsplit(intent["_return_url"])
    told = {
        intent["object"]: intent["id"],
        f"{intent['object']}_client_secret": intent["client_secret"],
        "redirect_status": _redirect_status(intent),
    }
    query = f"{parts.query}&{urlencode(told)}" if parts.query else urlencode(told)
    return urlunsplit(parts._replace(query=query))


def _redirect_status(intent: Resource) -> str:
    return "failed" if intent["status"] == "requires_payment_method" else "succeeded"


def _page(name: str, **values: str) -> str:
    template = Template((_FOLDER / name).read_text(encoding="utf-8"))
    return template.substitute({key: escape(value) for key, value in values.items()})
