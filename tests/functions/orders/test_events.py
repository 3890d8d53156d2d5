"""Every sample event of orders, as `sam local invoke` would send it, and what comes of it."""

import json

import pytest

from storekeeper.tenancy import Store
from tests.functions.conftest import Api, MakeSecret
from tests.functions.orders.conftest import Place
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "orders"
SAMPLE_ID = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
ANSWERS = {
    "list_orders": 200,
    "list_orders_of_buyer": 200,
    "list_orders_beyond_limit": 422,
    "read_statistics": 200,
    "read_order": 200,
    "read_unknown_order": 404,
    "change_order": 200,
    "change_what_cannot_be_changed": 422,
    "add_note": 201,
    "list_notes": 200,
    "read_timeline": 200,
    "fulfill_order": 201,
    "fulfill_lines": 201,
    "fulfill_too_much": 409,
    "deliver_what_has_not_left": 409,
    "cancel_order": 200,
    "mark_paid_what_is_paid": 409,
    "capture_what_was_not_authorized": 409,
    "refund_part": 201,
    "list_order_downloads": 200,
    "renew_unknown_download": 404,
}


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(
    client: Api, place: Place, store: Store, make_secret: MakeSecret, name: str, status: int
) -> None:
    order = place()
    sample = (EVENTS / f"{name}.json").read_text()
    real = {f"ord_{SAMPLE_ID}": order.id, f"sto_{SAMPLE_ID}": store.id, "sk_demo": make_secret()}
    for sample_name, real_name in real.items():
        sample = sample.replace(sample_name, real_name)

    reply = client.send(json.loads(sample))

    assert reply.status == status
    assert reply.headers["content-type"].startswith("application/problem+json" if status > 299 else "application/json")
