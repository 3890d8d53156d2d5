"""After a sale, nothing that is the shopper's own stands in clear anywhere but at the payment provider."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.testing import RunningStack
from tests.stack.bus import Listener
from tests.stack.logs import logged
from tests.stack.outcomes import PAID, comes_to
from tests.stack.provider import RETURN_URL, Provider
from tests.stack.rows import Row, all_rows
from tests.stack.shop import Purchase, Shop, eventually
from tests.stack.stream import records

pytestmark = pytest.mark.stack

CARD_NUMBER, SECURITY_CODE = "4242424242424242", "93715"  # five digits, so that no other number has them by chance
WORDS = ("email", "first_name", "last_name", "company", "line1", "line2", "phone", "note", "gift")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """What the shopper says, in words that stand nowhere else."""
    return {name: f"{name.replace('_', '')}{uuid.uuid4().hex}" for name in WORDS}


@pytest.fixture(scope="module")
def listener(stack: RunningStack) -> Listener:
    """Hears the bus."""
    return Listener(stack)


@pytest.fixture(scope="module")
def sale(stack: RunningStack, shop: Shop, listener: Listener, words: dict[str, str]) -> Purchase:
    """A sale from the cart to the parcel, refused and repeated on the way; tracked, noted, found by e-mail."""
    email = f"{words['email']}@shop.example"
    said = {name: words[name] for name in ("first_name", "last_name", "company", "line1", "line2", "phone")}
    address = said | {"city": "Portland", "region": "ME", "postal_code": "04101", "country": "US"}
    sku = shop.put_on_sale(3)
    body = shop.cart_body(sku, email=email) | {"shipping_address": address, "note": words["note"]}
    keyed = {"Idempotency-Key": f"a-key-of-{uuid.uuid4().hex}"}
    cart = shop.http.post(f"{shop.path}/carts", json=body, headers=keyed).json()
    shop.http.post(f"{shop.path}/carts", json=body, headers=keyed)
    shop.http.patch(f"{shop.path}/carts/{cart['id']}", json={"email": f"{email} no", "billing_address": address})
    shop.http.patch(f"{shop.path}/carts/{cart['id']}", json={"billing_address": address})
    shop.http.post(f"{shop.path}/carts/{cart['id']}/hold")
    answer = shop.check_out(cart["id"])
    assert answer.status_code == 201, answer.text
    bought = Purchase(cart["id"], answer.json()["order"], answer.json()["payment"], email)
    order = f"/v1/orders/{bought.order_id}"
    shop.merchant.patch(order, {"gift_message": words["gift"]})
    shop.merchant.post(f"{order}/notes", {"text": words["note"], "visibility": "customer"})
    assert next(shop.merchant.rows("/v1/orders", email=email))["id"] == bought.order_id
    return bought


@pytest.fixture(scope="module")
def paid(stack: RunningStack, shop: Shop, sale: Purchase) -> Purchase:
    """The sale, paid with a card by number, fulfilled and tracked."""
    provider = Provider(shop.http, stack.description["stripe"])
    card = {"number": CARD_NUMBER, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
    answer = shop.http.post(
        f"{stack.description['stripe']['api_base']}/v1/payment_intents/{sale.intent_id}/confirm",
        headers={"Authorization": f"Bearer {stack.description['stripe']['publishable_key']}"},
        data={
            "client_secret": sale.payment["client_secret"],
            "return_url": RETURN_URL,
            "payment_method_data[type]": "card",
            **{f"payment_method_data[card][{name}]": value for name, value in card.items()},
        },
    )
    assert answer.status_code == 200, answer.text
    comes_to(PAID, shop, provider, sale)
    shop.merchant.post(f"/v1/orders/{sale.order_id}/fulfill", {"carrier": "Post", "tracking_number": "1Z"})
    assert shop.track(sale)["fulfillment_status"] == "fulfilled"
    return sale


def test_the_shopper_s_own_words_stand_nowhere_in_clear(
    stack: RunningStack, paid: Purchase, listener: Listener, words: dict[str, str]
) -> None:
    eventually(lambda: listener.by_id(of=paid.order_id), until=lambda heard: any("fulfilled" in one for one in heard))
    secrets = {**words, "card": CARD_NUMBER, "cart": paid.cart_id, "secret": paid.payment["client_secret"]}

    looked_at = dict(everything_kept(stack, listener))

    assert looked_at.keys() >= {"rows", "stream", "events", "messages", "objects", "logs", "gateway.log", "pump.log"}
    assert paid.order_id in looked_at["rows"]
    assert paid.order_id in looked_at["stream"]
    assert paid.order_id in looked_at["events"]
    assert "request.answered" in looked_at["logs"]
    found = {
        (place, name): text[max(0, text.lower().index(word.lower()) - 200) :][:400]
        for place, text in looked_at.items()
        for name, word in secrets.items()
        if word.lower() in text.lower() and not may_stand(place, name)
    }
    assert found == {}


def may_stand(place: str, name: str) -> bool:
    """A cart's own rows are kept under its id: in the table and so in its stream, and nowhere else."""
    return name == "cart" and place in {"rows", "stream"}


def test_an_order_gives_no_way_to_its_cart(stack: RunningStack, shop: Shop, paid: Purchase) -> None:
    """Only the cart's own rows, and the counts of calls that it had, are kept under its id."""
    order = json.dumps(shop.merchant.order(paid.order_id))

    rows = [as_text(row) for row in all_rows(stack) if not {"CART", "LIMIT"} & set(row["pk"]["S"].split("#"))]

    assert paid.cart_id not in order
    assert not [row for row in rows if paid.cart_id in row]


def as_text(row: Row) -> str:
    """A row with its binary values as far as they can be read."""
    return json.dumps(row, default=lambda value: value.decode(errors="replace"))


def everything_kept(stack: RunningStack, listener: Listener) -> Iterator[tuple[str, str]]:
    """Each place where something is kept, and all that stands there."""
    yield "rows", "\n".join(as_text(row) for row in all_rows(stack))
    yield "stream", "\n".join(json.dumps(record) for record in records(stack))
    listener.listen()
    yield "events", "\n".join(listener.heard)
    yield "messages", "\n".join(_messages(stack))
    yield "objects", "\n".join(_objects(stack))
    yield "logs", "\n".join(logged(stack))
    for file in _files(stack.state.logs):
        yield file.name, file.read_text(errors="replace")


def _messages(stack: RunningStack) -> Iterator[str]:
    """What waits in queues, dead letters included."""
    queues = stack.client("sqs")
    for url in queues.list_queues()["QueueUrls"]:
        received = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield from (message["Body"] for message in received.get("Messages", []))


def _objects(stack: RunningStack) -> Iterator[str]:
    objects = stack.client("s3")
    bucket = stack.description["outputs"]["RecordsBucketName"]
    for one in objects.list_objects_v2(Bucket=bucket).get("Contents", []):
        yield objects.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode(errors="replace")


def _files(folder: Path) -> Iterator[Path]:
    """The logs of the stack's processes; the stand-in is the provider, whose own business its log is."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "stripe.log")
