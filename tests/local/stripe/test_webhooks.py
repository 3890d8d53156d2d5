"""Webhooks: which events each act sends, that they arrive at least once, and how they are made to misbehave."""

from collections.abc import Callable
from typing import Any

import pytest

from local.stripe.webhooks import signature

Make = Callable[..., Any]


def test_a_payment_announces_itself(receiver: Any, paid: Make) -> None:
    made = paid(metadata={"order": "ord_1"})

    assert receiver.wait_for(3) == ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]
    event = next(event for event in receiver.events if event["type"] == "payment_intent.succeeded")
    assert (event["object"], event["api_version"], event["livemode"]) == ("event", "2026-10-28.endive", False)
    assert event["data"]["object"]["id"] == made.id
    assert event["data"]["object"]["metadata"] == {"order": "ord_1"}
    assert event["request"]["id"].startswith("req_")


@pytest.mark.parametrize(
    ("method", "more", "announced"),
    [
        ("pm_card_threeDSecureRequired", {}, ["payment_intent.requires_action"]),
        ("pm_card_processing", {}, ["charge.pending", "payment_intent.processing"]),
        (
            "pm_card_visa",
            {"capture_method": "manual"},
            ["charge.succeeded", "payment_intent.amount_capturable_updated"],
        ),
    ],
)
def test_each_outcome_of_a_confirmation_has_its_events(
    receiver: Any, intent: Make, method: str, more: dict[str, Any], announced: list[str]
) -> None:
    intent(confirm=True, payment_method=method, **more)

    assert receiver.wait_for(1 + len(announced)) == sorted(["payment_intent.created", *announced])


def test_a_declined_payment_announces_its_failure(standin: Any, receiver: Any, intent: Make) -> None:
    with pytest.raises(Exception, match="declined"):
        intent(confirm=True, payment_method="pm_card_chargeDeclined")

    assert receiver.wait_for(3) == ["charge.failed", "payment_intent.created", "payment_intent.payment_failed"]
    failed = next(event for event in receiver.events if event["type"] == "payment_intent.payment_failed")
    assert failed["data"]["object"]["last_payment_error"]["decline_code"] == "generic_decline"
    assert len(standin.v1.events.list({"type": "payment_intent.*"}).data) == 2


def test_capture_cancel_and_refund_announce_themselves(standin: Any, receiver: Any, paid: Make) -> None:
    captured, canceled = paid(capture_method="manual"), paid(capture_method="manual")
    receiver.wait_for(6)
    receiver.events.clear()

    standin.v1.payment_intents.capture(captured.id)
    standin.v1.payment_intents.cancel(canceled.id)
    refund = standin.v1.refunds.create({"payment_intent": captured.id, "amount": 100})
    standin.v1.refunds.update(refund.id, {"metadata": {"a": "b"}})

    assert receiver.wait_for(6) == [
        "charge.captured", "charge.refunded", "payment_intent.canceled", "payment_intent.succeeded",
        "refund.created", "refund.updated",
    ]  # fmt: skip
    updated = next(event for event in receiver.events if event["type"] == "refund.updated")
    assert updated["data"]["previous_attributes"] == {"metadata": {}}


def test_a_refused_event_is_sent_again_until_it_is_taken(standin: Any, receiver: Any, intent: Make) -> None:
    receiver.refusals = 2

    intent()

    assert receiver.wait_for(1) == ["payment_intent.created"]
    assert receiver.attempts == 3
    event = standin.v1.events.retrieve(receiver.events[0]["id"])
    assert event.type == "payment_intent.created"


def test_missing_events_are_kept_and_can_be_sent_later(standin: Any, receiver: Any, intent: Make) -> None:
    standin.control("webhooks", missing=True)
    intent()
    event = standin.v1.events.list().data[0]
    assert [delivery["status"] for delivery in standin.deliveries()] == ["missing"]
    assert receiver.attempts == 0

    standin.control("webhooks/redeliver", event=event.id)

    receiver.wait_for(1)
    assert receiver.events[0]["id"] == event.id


def test_an_event_can_come_several_times(standin: Any, receiver: Any, intent: Make) -> None:
    standin.control("webhooks", copies=3)

    intent()

    receiver.wait_for(3)
    assert len({event["id"] for event in receiver.events}) == 1


def test_events_can_come_in_the_wrong_order(standin: Any, receiver: Any, paid: Make) -> None:
    standin.control("webhooks", reorder=3)

    paid()

    receiver.wait_for(3)
    assert receiver.types() == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_events_can_be_held_until_flushed(standin: Any, receiver: Any, paid: Make) -> None:
    standin.control("webhooks", paused=True, types=["payment_intent.succeeded"])
    paid()
    assert receiver.wait_for(2) == ["charge.succeeded", "payment_intent.created"]

    assert standin.control("webhooks/flush") == {"sent": 1}

    assert receiver.wait_for(3)[-1] == "payment_intent.succeeded"


def test_events_can_be_late(standin: Any, receiver: Any, intent: Make) -> None:
    standin.control("webhooks", delay_s=0.6)

    intent()

    assert [delivery["status"] for delivery in standin.deliveries()] == ["pending"]
    assert receiver.attempts == 0
    receiver.wait_for(1)


def test_the_signature_is_over_time_and_body() -> None:
    body = b'{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}'

    header = signature(body, secret="whsec_test_secret", now=1700000000)

    # Computed once with another implementation and accepted by the official verifier.
    assert header == "t=1700000000,v1=67da5088c63e080c71bd2bb0cb5c03d85a8fc6a21ce3aaf484df809654745b92"
