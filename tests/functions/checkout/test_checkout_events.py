"""Every sample event of checkout and tracking, as `sam local invoke` would send it, and what comes of it."""

import json
from collections.abc import Callable

import pytest

from storekeeper.catalog import product_of_sku
from tests.functions.catalog.test_downloads import attach
from tests.functions.conftest import Api
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
    "fetch_download": 200,
    "fetch_download_with_wrong_address": 404,
}


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
def test_a_sample_event_is_answered(checkouts: Checkouts, api: Callable[[str], Api], name: str, status: int) -> None:
    cart_id = checkouts.cart()
    sample = (EVENTS / f"{name}.json").read_text()
    if name.startswith(("track", "fetch")):
        attach(api("catalog"), {"id": product_of_sku(checkouts.table, "MUG")})
        bought = checkouts.buy(method="manual")
        checkouts.act(bought, "mark-paid")
        (download,) = checkouts.track(bought["order"]["number"]).json["downloads"]
        sample = sample.replace("grant_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", download["id"])
    sample = sample.replace("cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", cart_id)
    sample = sample.replace("harbour.localhost", checkouts.store.default_domain or "")

    assert checkouts.shopper.send(json.loads(sample)).status == status


def test_every_sample_event_of_checkout_is_tried() -> None:
    paths = {file.stem: json.loads(file.read_text())["rawPath"] for file in EVENTS.glob("*.json")}

    of_checkout = {
        name for name, path in paths.items() if "/carts" not in path or path.endswith(("/checkout", "/reopen"))
    }
    assert of_checkout == set(ANSWERS)
