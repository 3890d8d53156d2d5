"""Every sample event of checkout and tracking, as `sam local invoke` would send it, and what comes of it."""

import json

import pytest

from tests.functions.paying import Checkouts, checkouts, standin
from tools import REPOSITORY

__all__ = ["checkouts", "standin"]

EVENTS = REPOSITORY / "events" / "checkout"
ANSWERS = {
    "check_out": 201,
    "check_out_by_hand": 201,
    "check_out_unknown_method": 422,
    "reopen_cart": 200,
    "track_order": 200,
    "track_with_wrong_address": 404,
}


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(checkouts: Checkouts, name: str, status: int) -> None:
    cart_id = checkouts.cart()
    if name.startswith("track"):
        checkouts.buy(method="manual")
    sample = (EVENTS / f"{name}.json").read_text()
    sample = sample.replace("cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", cart_id)
    sample = sample.replace("harbour.localhost", checkouts.store.default_domain or "")

    assert checkouts.shopper.send(json.loads(sample)).status == status


def test_every_sample_event_of_checkout_is_tried() -> None:
    paths = {file.stem: json.loads(file.read_text())["rawPath"] for file in EVENTS.glob("*.json")}

    assert {name for name, path in paths.items() if path.endswith(("/checkout", "/reopen", "/track"))} == set(ANSWERS)
