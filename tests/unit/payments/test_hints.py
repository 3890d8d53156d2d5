"""What of a webhook goes into the queue."""

import json
from pathlib import Path
from typing import Any

import pytest

from storekeeper.payments import PaymentHint, hint_from_event

RECORDED = Path(__file__).parent / "recorded"
OURS = {"tenant_id": "ten_1", "store_id": "sto_1", "order_id": "ord_1"}


def event(kind: str, resource: str, **given: Any) -> bytes:
    thing = json.loads((RECORDED / f"{resource}.json").read_text()) | given
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}).encode()


@pytest.mark.parametrize(
    ("body", "intent_id", "refund_id"),
    [
        pytest.param(
            event("payment_intent.succeeded", "payment_intent", metadata=OURS),
            "pi_1PgafyB7WZ01zgkWSjxsAJo3",
            None,
            id="a_payment",
        ),
        pytest.param(
            event("charge.refunded", "charge", metadata=OURS, payment_intent="pi_2"), "pi_2", None, id="a_charge"
        ),
        pytest.param(
            event("refund.updated", "refund", metadata=OURS | {"refund_id": "ref_1"}, payment_intent="pi_3"),
            "pi_3",
            "ref_1",
            id="a_refund",
        ),
    ],
)
def test_an_event_is_reduced_to_its_ids(body: bytes, intent_id: str, refund_id: str | None) -> None:
    hint = hint_from_event(body)

    assert hint is not None
    assert hint == PaymentHint("evt_1", json.loads(body)["type"], intent_id, "ten_1", "ord_1", refund_id)
    assert PaymentHint.from_message(hint.as_message()) == hint


def test_nothing_of_the_card_or_the_shopper_goes_into_the_queue() -> None:
    hint = hint_from_event(event("charge.succeeded", "charge", metadata=OURS, payment_intent="pi_2"))

    assert hint is not None
    assert set(json.loads(hint.as_message())) == {
        "event_id",
        "kind",
        "intent_id",
        "tenant_id",
        "order_id",
        "refund_id",
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(event("payment_intent.succeeded", "payment_intent"), id="a_payment_that_is_not_ours"),
        pytest.param(event("customer.created", "payment_intent", metadata=OURS), id="another_kind"),
        pytest.param(event("charge.refunded", "charge", metadata=OURS), id="a_charge_without_an_intent"),
        pytest.param(b'{"id": "evt_1", "type": "charge.refunded"}', id="no_data"),
        pytest.param(b'{"id": "evt_1", "type": "charge.refunded", "data": {"object": []}}', id="no_object"),
        pytest.param(event("payment_intent.x", "payment_intent", metadata=OURS | {"order_id": 7}), id="a_number"),
        pytest.param(event("payment_intent.x", "payment_intent", metadata=OURS | {"order_id": "x" * 256}), id="long"),
    ],
)
def test_what_is_not_about_our_orders_gives_no_hint(body: bytes) -> None:
    assert hint_from_event(body) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"type": 1}'])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json and our own are told apart by nobody)
        hint_from_event(body)
