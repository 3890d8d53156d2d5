"""What a page that shows stock live hears of a change, and how soon."""

import time
from functools import partial
from typing import Any

import pytest

from tests.stack.shop import Merchant, Shop, eventually

pytestmark = pytest.mark.stack

ROUNDS = 5
BEGIN_S = 30.0


def ask(merchant: Merchant, path: str, cursor: str | None) -> Any:
    query = {"cursor": cursor} if cursor else {}
    return merchant.call("GET", path, headers={"Accept": "application/json"}, **query).json()


def test_a_change_of_stock_is_heard_once_within_five_seconds(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(50)
    path = f"/v1/stores/{shop.store_id}/stock/realtime"
    cursor = eventually(partial(ask, merchant, path, None), until=lambda told: told["cursor"], within_s=BEGIN_S)[
        "cursor"
    ]
    heard: list[int] = []
    took_s: list[float] = []

    for count in range(1, ROUNDS + 1):
        merchant.restock(sku, 1)
        written = time.monotonic()
        told = eventually(partial(ask, merchant, path, cursor), until=lambda told: told["data"])
        took_s.append(time.monotonic() - written)
        cursor = told["cursor"]
        heard += [one["on_hand"] for one in told["data"] if one["sku"] == sku]
        assert heard == list(range(51, 51 + count))
    print("heard after", *(f"{one:.2f}" for one in took_s), "s")

    assert ask(merchant, path, cursor)["data"] == []
