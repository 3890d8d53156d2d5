"""The route of tracking, and what it does not say."""

from typing import Any

import pytest

from storekeeper.kernel import clock
from tests.functions.paying import EMAIL, Checkouts, checkouts, standin

__all__ = ["checkouts", "standin"]


def shipped(checkouts: Checkouts) -> Any:
    bought = checkouts.buy(2, "manual")
    sent = {"carrier": "UPS", "tracking_number": "1Z999", "tracking_url": "https://ups.example.com/1Z999"}
    reply = checkouts.act(bought, "fulfill", {"lines": [{"sku": "MUG", "quantity": 1}], **sent})
    assert reply.status == 201, reply.text
    return bought


def test_tracking_answers_status_and_shipments_and_nothing_personal(checkouts: Checkouts) -> None:
    bought = shipped(checkouts)

    reply = checkouts.track(bought["order"]["number"])

    (shipment,) = reply.json["shipments"]
    assert (reply.status, reply.json["status"], reply.json["fulfillment_status"]) == (
        200,
        "processing",
        "partially_fulfilled",
    )
    assert (shipment["carrier"], shipment["tracking_number"], shipment["tracking_url"]) == (
        "UPS",
        "1Z999",
        "https://ups.example.com/1Z999",
    )
    assert shipment["lines"] == [{"sku": "MUG", "title": "Mug", "variant_title": None, "quantity": 1}]
    assert shipment["expected_delivery"]["earliest"] < shipment["expected_delivery"]["latest"]
    assert not {EMAIL, "Lovelace", "1 Pier", bought["order"]["id"]} & set(reply.text.split('"'))


def test_wrong_number_and_wrong_address_are_the_same_404(checkouts: Checkouts) -> None:
    number = checkouts.buy(method="manual")["order"]["number"]

    replies = [checkouts.track(number, "ben@example.com"), checkouts.track("HB-9999"), checkouts.track("x" * 200)]

    assert {reply.status for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1


def test_the_eleventh_try_in_a_minute_is_429(checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch) -> None:
    number = checkouts.buy(method="manual")["order"]["number"]
    one_minute = clock.utc_now().replace(second=1)
    monkeypatch.setattr(clock, "utc_now", lambda: one_minute)
    statuses = [checkouts.track("HB-9999", source_ip="198.51.100.1").status for _ in range(10)]

    reply = checkouts.track(number, source_ip="198.51.100.1")

    assert statuses == [404] * 10
    assert (reply.status, reply.code) == (429, "rate_limited")
    assert 0 < int(reply.headers["retry-after"]) <= 60
    assert checkouts.track(number, source_ip="198.51.100.2").status == 200


def test_an_address_is_needed(checkouts: Checkouts) -> None:
    assert checkouts.shopper.get(f"{checkouts.base}/orders/HB-1001/track", key=None).status == 422
