"""A shop's page with our Stripe.js in Chromium: the card form, 3-D Secure in a dialog, and by redirect."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
Make = Callable[..., Any]

SHOP = """<!doctype html><html lang="en"><title>Shop</title><body>
<form id="pay"><div id="card"></div><button>Pay</button></form><output id="result"></output>
<script src="{api}/v3/"></script>
<script>
  const query = new URLSearchParams(location.search);
  const show = (text) => document.getElementById("result").textContent = text;
  const stripe = Stripe("pk_test_storekeeper");
  const clientSecret = query.get("secret");
  if (clientSecret) {{
    const elements = stripe.elements({{ clientSecret }});
    elements.create(query.get("kind")).mount("#card");
    document.getElementById("pay").addEventListener("submit", async (event) => {{
      event.preventDefault();
      const result = query.get("kind") === "card"
        ? await stripe.confirmCardPayment(clientSecret, {{ payment_method: {{ card: elements.getElement("card") }} }})
        : await stripe.confirmPayment({{ elements, redirect: "if_required",
            confirmParams: {{ return_url: location.origin + "/back" }} }});
      show(result.error ? `${{result.error.code}}: ${{result.error.message}}` : result.paymentIntent.status);
    }});
  }} else {{
    stripe.retrievePaymentIntent(query.get("payment_intent_client_secret"))
      .then(({{ paymentIntent }}) => show(`${{query.get("redirect_status")}}, ${{paymentIntent.status}}`));
  }}
</script></body></html>"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def shop(standin: Any) -> Iterator[str]:
    """A shop of another origin than the stand-in, with one page."""
    document = SHOP.format(api=standin.url).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def pay(page: Page, shop: str, intent: Any, *, card: str, kind: str = "payment") -> None:
    page.goto(f"{shop}/?kind={kind}&secret={intent.client_secret}")
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry date").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay").click()


@pytest.mark.parametrize("kind", ["card", "payment"])
def test_a_shopper_pays_with_a_card(standin: Any, intent: Make, page: Page, shop: str, kind: str) -> None:
    made = intent()

    pay(page, shop, made, card="4242 4242 4242 4242", kind=kind)

    expect(page.locator("#result")).to_have_text("succeeded")
    assert standin.v1.payment_intents.retrieve(made.id).status == "succeeded"


def test_a_declined_shopper_is_told_and_tries_another_card(intent: Make, page: Page, shop: str) -> None:
    made = intent()
    pay(page, shop, made, card="4000 0000 0000 9995")
    expect(page.locator("#result")).to_have_text("card_declined: Your card has insufficient funds.")

    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_role("button", name="Pay").click()

    expect(page.locator("#result")).to_have_text("succeeded")


def test_an_incomplete_card_is_named_and_nothing_is_sent(standin: Any, intent: Make, page: Page, shop: str) -> None:
    pay(page, shop, intent(), card="4242")

    expect(page.get_by_role("alert")).to_have_text("Your card number is incomplete.")
    expect(page.get_by_label("Card number")).to_be_focused()
    expect(page.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    assert standin.v1.charges.list().data == []


@pytest.mark.parametrize(
    ("button", "result"),
    [("Complete authentication", "succeeded"), ("Fail authentication", "payment_intent_authentication_failure")],
)
def test_three_d_secure_in_a_dialog(intent: Make, page: Page, shop: str, button: str, result: str) -> None:
    pay(page, shop, intent(), card="4000 0000 0000 3220")

    frame = page.frame_locator("iframe[name=stripe-authentication]")
    expect(frame.get_by_text("pay $10.00 USD")).to_be_visible()
    frame.get_by_role("button", name=button).click()

    expect(page.locator("#result")).to_contain_text(result)
    expect(page.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("button", "result"),
    [
        ("Complete authentication", "succeeded, succeeded"),
        ("Fail authentication", "failed, requires_payment_method"),
    ],
)
def test_three_d_secure_by_redirect_comes_back_to_the_shop(
    standin: Any, intent: Make, page: Page, shop: str, button: str, result: str
) -> None:
    options = {"payment_method": "pm_card_threeDSecure2Required", "return_url": f"{shop}/back?order=1"}
    made = standin.v1.payment_intents.confirm(intent().id, options)

    page.goto(made.next_action.redirect_to_url.url)
    page.get_by_role("button", name=button).click()

    expect(page.locator("#result")).to_have_text(result)
    assert page.url.startswith(f"{shop}/back?order=1&payment_intent={made.id}&")


def test_the_three_d_secure_page_needs_the_client_secret(standin: Any, intent: Make, page: Page) -> None:
    made = intent(confirm=True, payment_method="pm_card_threeDSecure2Required")

    answer = page.goto(f"{standin.url}/authenticate/payment_intents/{made.id}?client_secret=wrong")

    assert answer is not None
    assert answer.status == 404
