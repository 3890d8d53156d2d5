"""Payment events from the queue: in any order, any number of times, for things that are there or not."""

import json
from typing import Any

import pytest

from payments.app import handler
from storekeeper.kernel.table import Table
from tests.functions.paying import EMAIL, Checkouts, Context, checkouts, message_of, standin
from tools import REPOSITORY

__all__ = ["checkouts", "standin"]

EVENTS = REPOSITORY / "events" / "payments"
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def counted(output: str) -> list[str]:
    """Names of the metrics that were written."""
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    return [line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] for line in lines]


def test_a_paid_order_is_settled(checkouts: Checkouts, capsys: pytest.CaptureFixture[str]) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought)

    answer = checkouts.tell(bought)

    order = checkouts.order(bought)
    assert (answer, counted(capsys.readouterr().out)) == (NOTHING_FAILED, ["HintSettled"])
    assert (order["status"], order["payment_status"]) == ("processing", "paid")
    assert (order["payment"]["card_brand"], order["payment"]["card_last4"]) == ("visa", "4242")


def test_a_declined_card_is_seen_and_another_pays(checkouts: Checkouts) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought, "pm_card_visa_chargeDeclinedInsufficientFunds")
    checkouts.tell(bought, kind="payment_intent.payment_failed")
    declined = checkouts.order(bought)
    checkouts.pay(bought)
    checkouts.tell(bought)

    assert (declined["status"], declined["payment_status"]) == ("pending", "failed")
    assert declined["payment"]["failure_code"] == "insufficient_funds"
    assert checkouts.order(bought)["payment_status"] == "paid"


@pytest.mark.parametrize(("outcome", "payment_status"), [("succeed", "paid"), ("fail", "failed")])
def test_3_d_secure_ends_as_the_shopper_s_bank_says(checkouts: Checkouts, outcome: str, payment_status: str) -> None:
    bought = checkouts.buy()
    assert checkouts.pay(bought, "pm_card_threeDSecure2Required") == "requires_action"
    checkouts.tell(bought, kind="payment_intent.requires_action")
    waiting = checkouts.order(bought)
    checkouts.standin.control("authenticate", payment_intent=bought["payment"]["intent_id"], outcome=outcome)

    checkouts.tell(bought)

    assert (waiting["status"], waiting["payment"]["status"]) == ("pending", "requires_action")
    assert checkouts.order(bought)["payment_status"] == payment_status


def test_news_that_come_twice_and_in_the_wrong_order_come_to_the_same(checkouts: Checkouts) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought, "pm_card_visa_chargeDeclined")
    checkouts.pay(bought)

    for kind in ("payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.created") * 2:
        assert checkouts.tell(bought, kind=kind) == NOTHING_FAILED

    order = checkouts.order(bought)
    assert (order["payment_status"], order["version"]) == ("paid", 2)


def test_a_refund_that_its_bank_refuses_later_is_seen(checkouts: Checkouts) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought, "pm_card_refundFail")
    checkouts.tell(bought)
    refund_id = checkouts.act(bought, "refund").json["refunds"][0]["id"]
    (theirs,) = checkouts.standin.v1.refunds.list().data
    checkouts.standin.control("settle", refund=theirs.id, outcome="fail")

    answer = checkouts.tell(bought, refund_id=refund_id)

    order = checkouts.order(bought)
    assert (answer, order["payment_status"], order["refunds"][0]["status"]) == (NOTHING_FAILED, "paid", "failed")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"order_id": "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, id="order"),
        pytest.param({"order_id": "nonsense"}, id="order_id"),
        pytest.param({"tenant_id": "ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, id="tenant"),
        pytest.param({"tenant_id": "HOST#harbour"}, id="tenant_id"),
        pytest.param({"refund_id": "ref_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, id="refund"),
    ],
)
def test_what_is_not_there_is_dropped_with_a_count(
    checkouts: Checkouts, capsys: pytest.CaptureFixture[str], other: Any
) -> None:
    bought = checkouts.buy()

    answer = checkouts.tell(bought, **other)

    assert (answer, counted(capsys.readouterr().out)) == (NOTHING_FAILED, ["HintIgnored"])


def test_the_order_of_one_tenant_is_not_settled_for_another(checkouts: Checkouts, other_table: Table) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought)

    assert checkouts.tell(bought, tenant_id=other_table.tenant_id) == NOTHING_FAILED
    assert checkouts.order(bought)["payment_status"] == "pending"


def test_what_the_provider_does_not_answer_goes_back_to_the_queue(checkouts: Checkouts) -> None:
    good, bad = checkouts.buy(), checkouts.buy()
    for bought in (good, bad):
        checkouts.pay(bought)
    path = f"/v1/payment_intents/{bad['payment']['intent_id']}"
    checkouts.standin.control("faults", kind="error", status=500, times=2, path=path)
    records = [message_of(checkouts.hint(bad), "msg_bad"), message_of(checkouts.hint(good), "msg_good")]

    answer = handler({"Records": records}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "msg_bad"}]}
    assert [checkouts.order(one)["payment_status"] for one in (good, bad)] == ["paid", "pending"]
    assert handler({"Records": records[:1]}, Context()) == NOTHING_FAILED
    assert checkouts.order(bad)["payment_status"] == "paid"


def test_what_there_is_no_time_for_goes_back_to_the_queue(checkouts: Checkouts) -> None:
    bought = checkouts.buy()

    answer = handler({"Records": [message_of(checkouts.hint(bought))]}, Context(left_ms=1_000))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "msg_1"}]}


def test_a_message_that_cannot_be_read_goes_to_the_dead_letters(
    checkouts: Checkouts, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = handler({"Records": [{"messageId": "msg_1", "body": f'{{"email": "{EMAIL}"}}'}]}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "msg_1"}]}
    assert EMAIL not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["payment_succeeded", "refund_updated", "unknown_order"])
def test_a_sample_event_is_taken(checkouts: Checkouts, name: str) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought)
    checkouts.tell(bought)
    refund_id = checkouts.act(bought, "refund", {"amount": "1.00"}).json["refunds"][0]["id"]
    sample = (EVENTS / f"{name}.json").read_text()
    for sample_id, real_id in {
        "ord_01KAGC3M5Q8V6ZB1X7Y2N4T9RD": bought["order"]["id"],
        "ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD": checkouts.table.tenant_id,
        "ref_01KAGC3M5Q8V6ZB1X7Y2N4T9RD": refund_id,
        "pi_3Sample": bought["payment"]["intent_id"],
    }.items():
        sample = sample.replace(sample_id, real_id)

    assert handler(json.loads(sample), Context()) == NOTHING_FAILED


def test_every_sample_event_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == {"payment_succeeded", "refund_updated", "unknown_order"}
