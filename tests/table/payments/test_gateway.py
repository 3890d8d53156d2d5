"""The gateway against the local stand-in, over HTTP: whole lives of payments, and calls whose answer is lost."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from local.stripe.access import Keys
from local.stripe.server import StripeServer
from storekeeper.kernel.ids import OrderId, StoreId, TenantId
from storekeeper.kernel.money import Currency, Money
from storekeeper.payments import (
    CaptureMethod,
    Intent,
    IntentRequest,
    PaymentState,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundState,
    stripe_payment,
    update_from_intent,
)
from storekeeper.payments import stripe as speaking
from storekeeper.payments.stripe import StripeGateway

TENANT, ORDER = TenantId("ten_1"), OrderId("ord_1")
USD = Currency.of("USD")


@dataclass(frozen=True)
class Standin:
    """The running stand-in, the gateway to it, and what a shopper's browser does."""

    url: str
    gateway: StripeGateway

    def ordered(self, text: str = "25.00", *, code: str = "USD", capture: CaptureMethod = "automatic") -> Intent:
        """The intent of an order of this amount."""
        amount = Money.parse(text, Currency.of(code))
        return self.gateway.create_intent(IntentRequest(TENANT, StoreId("sto_1"), ORDER, amount, capture))

    def pay(self, intent: Intent, card: str = "pm_card_visa") -> Intent:
        """The shopper pays; how that ends is seen by asking."""
        browser = stripe.StripeClient("sk_test_1", base_addresses={"api": self.url})
        with suppress(stripe.CardError):
            browser.v1.payment_intents.confirm(intent.id, {"payment_method": card, "return_url": "http://localhost/"})
        return self.gateway.find_intent(intent.id)

    def fail_next(self, **fault: Any) -> None:
        """Order a fault for the next call."""
        request = urllib.request.Request(f"{self.url}/_control/faults", json.dumps(fault).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=5):
            pass


@pytest.fixture
def standin() -> Iterator[Standin]:
    keys = Keys("sk_test_1", "pk_test_1")
    server = StripeServer(0, webhook_url="http://127.0.0.1:9/", webhook_secret="whsec_1", keys=keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Standin(server.base_url, StripeGateway("sk_test_1", "pk_test_1", api_base=server.base_url))
    server.shutdown()
    server.server_close()
    thread.join()


def refund(standin: Standin, intent: Intent, text: str, refund_id: str = "ref_1") -> Any:
    return standin.gateway.refund(RefundRequest(TENANT, ORDER, refund_id, intent.id, Money.parse(text, USD)))


def test_an_order_has_one_intent_however_often_it_is_asked_for(standin: Standin) -> None:
    assert standin.ordered() == standin.ordered()


def test_a_card_pays(standin: Standin) -> None:
    intent = standin.pay(standin.ordered())

    payment = update_from_intent(stripe_payment(intent.amount, capture="automatic"), intent)

    assert (payment.state, str(payment.captured)) == (PaymentState.SUCCEEDED, "25.00")
    assert (payment.card_brand, payment.card_last4) == ("visa", "4242")
    assert (intent.tenant_id, intent.order_id) == (TENANT, ORDER)


def test_after_a_decline_another_card_pays_the_same_intent(standin: Standin) -> None:
    declined = standin.pay(standin.ordered(), "pm_card_chargeDeclinedInsufficientFunds")
    paid = standin.pay(declined)

    assert (declined.state, declined.failure_code) == (PaymentState.REQUIRES_PAYMENT_METHOD, "insufficient_funds")
    assert (paid.id, paid.state) == (declined.id, PaymentState.SUCCEEDED)


@pytest.mark.parametrize(("text", "code"), [("500", "JPY"), ("12.340", "KWD"), ("25.00", "EUR"), ("500", "ISK")])
def test_every_currency_is_charged_its_amount(standin: Standin, text: str, code: str) -> None:
    intent = standin.pay(standin.ordered(text, code=code))

    assert (str(intent.amount), str(intent.captured), intent.amount.currency.code) == (text, text, code)


def test_what_was_authorized_is_captured_once_in_part(standin: Standin) -> None:
    intent = standin.pay(standin.ordered(capture="manual"))

    captured = standin.gateway.capture(intent.id, order_id=ORDER, amount=Money.parse("20.00", USD))
    again = standin.gateway.capture(intent.id, order_id=ORDER, amount=Money.parse("20.00", USD))

    assert intent.state is PaymentState.REQUIRES_CAPTURE
    assert (captured.state, str(captured.captured), again) == (PaymentState.SUCCEEDED, "20.00", captured)
    with pytest.raises(ProviderRefused):
        standin.gateway.capture(intent.id, order_id=ORDER, amount=Money.parse("25.00", USD))


@pytest.mark.parametrize(
    ("capture", "paid", "state"),
    [
        pytest.param("automatic", False, PaymentState.CANCELLED, id="waiting"),
        pytest.param("manual", True, PaymentState.CANCELLED, id="authorized"),
        pytest.param("automatic", True, PaymentState.SUCCEEDED, id="paid"),
    ],
)
def test_cancelling_shows_what_became_of_the_intent(
    standin: Standin, capture: CaptureMethod, paid: bool, state: PaymentState
) -> None:
    intent = standin.ordered(capture=capture)
    if paid:
        standin.pay(intent)

    first, again = (standin.gateway.cancel(intent.id, order_id=ORDER) for _ in range(2))

    assert (first.state, again.state) == (state, state)


def test_refunds_never_exceed_what_was_captured(standin: Standin) -> None:
    intent = standin.pay(standin.ordered())

    first, repeat = refund(standin, intent, "20.00"), refund(standin, intent, "20.00")

    assert (first.state, repeat) == (RefundState.SUCCEEDED, first)
    assert standin.gateway.find_refund(intent.id, refund_id="ref_1") == first
    with pytest.raises(ProviderRefused):
        refund(standin, intent, "5.01", "ref_2")
    assert standin.gateway.find_refund(intent.id, refund_id="ref_2") is None


def test_a_refund_whose_answer_was_lost_is_made_once(standin: Standin) -> None:
    intent = standin.pay(standin.ordered())
    standin.fail_next(kind="drop", path="/v1/refunds", method="POST", times=2)

    with pytest.raises(ProviderUnavailable):
        refund(standin, intent, "10.00")
    found = standin.gateway.find_refund(intent.id, refund_id="ref_1")

    assert found == refund(standin, intent, "10.00")
    assert refund(standin, intent, "15.00", "ref_2").state is RefundState.SUCCEEDED


def test_an_intent_whose_answer_was_lost_is_the_one_that_is_paid(standin: Standin) -> None:
    standin.fail_next(kind="drop", path="/v1/payment_intents", method="POST", times=1)

    intent = standin.ordered()

    assert standin.pay(intent).state is PaymentState.SUCCEEDED


def test_a_provider_that_hangs_is_not_waited_for(standin: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "READ_TIMEOUT_S", 1)
    hurried = StripeGateway("sk_test_1", "pk_test_1", api_base=standin.url)
    standin.fail_next(kind="hang", seconds=3, path="/v1/payment_intents", times=2)

    with pytest.raises(ProviderUnavailable):
        hurried.find_intent("pi_1")


def test_a_refused_secret_key_is_trouble_that_may_pass(standin: Standin) -> None:
    with pytest.raises(ProviderUnavailable):
        StripeGateway("sk_other", "pk_test_1", api_base=standin.url).find_intent("pi_1")
