"""What a webhook is reduced to: ids. It says that something happened; what is true, the provider is asked.

Nothing else of the platform's message goes into the queue: no personal data and nothing of a card.
"""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

_KINDS = ("payment_intent.", "charge.", "refund.")
MAX_ID_LENGTH = 255


class PaymentHint(Struct, frozen=True):
    """One event of the platform about one order. `kind` is the platform's type of event; ids not checked yet."""

    event_id: str
    kind: str
    intent_id: str
    tenant_id: str
    order_id: str
    refund_id: str | None = None

    def as_message(self) -> str:
        """The body of its queue message."""
        return json.dumps(asdict(self))

    @classmethod
    def from_message(cls, body: str) -> "PaymentHint":
        """What `as_message` wrote."""
        return cls(**json.loads(body))


def hint_from_event(body: bytes) -> PaymentHint | None:
    """The hint in a Stripe event whose signature has been checked.

    None: it is about something else, or about a payment that Storekeeper did not ask for.

    Raises:
        ValueError: not an event at all.
    """
    try:
        event = json.loads(body)
    except RecursionError as nested:
        raise ValueError("a signed body that is nested without end") from nested
    if not isinstance(event, Mapping) or not isinstance(event.get("type"), str):
        raise ValueError("a signed body that is not an event")
    if not event["type"].startswith(_KINDS):
        return None
    thing = _mapping(_mapping(event.get("data")).get("object"))
    metadata = _mapping(thing.get("metadata"))
    intent = thing.get("id") if thing.get("object") == "payment_intent" else thing.get("payment_intent")
    event_id, intent_id = _id(event.get("id")), _id(intent)
    tenant_id, order_id = _id(metadata.get("tenant_id")), _id(metadata.get("order_id"))
    if not (event_id and intent_id and tenant_id and order_id):
        return None
    return PaymentHint(event_id, event["type"], intent_id, tenant_id, order_id, _id(metadata.get("refund_id")))


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_LENGTH else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
