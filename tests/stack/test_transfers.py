"""Transfers on the running stack: whoever is at it at one moment, each unit is in one place, and the ledger says so."""

from collections import Counter

import pytest

from tests.stack.buyers import Crowd, Request
from tests.stack.ledger import check_ledger
from tests.stack.shop import Json, Merchant, Shop, eventually, unique

pytestmark = pytest.mark.stack

TRANSFERS = "/v1/transfers"
UNITS = 10


def draft(merchant: Merchant, sku: str) -> str:
    """The id of a transfer of all units from the first location to the second."""
    source, target = merchant.locations
    lines = [{"sku": sku, "quantity": UNITS}]
    body = {"source_location_id": source, "target_location_id": target, "lines": lines}
    return str(merchant.post(TRANSFERS, body)["id"])


def ends(merchant: Merchant, sku: str) -> list[tuple[int, int]]:
    """on_hand and incoming at the first location and at the second; a place without a level has none."""
    levels = {level["location_id"]: (level["on_hand"], level["incoming"]) for level in merchant.levels(sku)}
    return [levels.get(place, (0, 0)) for place in merchant.locations]


def test_buyers_and_a_transfer_never_get_the_same_units(shop: Shop, crowd: Crowd, merchant: Merchant) -> None:
    sku = shop.put_on_sale(UNITS)
    transfer_id = draft(merchant, sku)
    carts = [shop.ready_cart(sku) for _ in range(UNITS)]
    buyers = [Request("POST", f"{shop.path}/carts/{cart}/checkout", {"payment_method": "manual"}) for cart in carts]
    send = Request("POST", f"{TRANSFERS}/{transfer_id}/dispatch", headers=merchant.authorization)

    sent, *bought = crowd.at_once([send, *buyers])

    orders = sum(reply.status == 201 for reply in bought)
    assert (sent.status, sent.code, orders) in [(200, "", 0), (409, "transfer_insufficient_stock", UNITS)]
    assert ends(merchant, sku) == ([(0, 0), (0, UNITS)] if sent.status == 200 else [(UNITS, 0), (0, 0)])
    assert merchant.units(sku, "reserved") == orders
    check_ledger(merchant, sku)


def test_units_are_taken_in_once_however_many_do_it_and_however_often(
    shop: Shop, crowd: Crowd, merchant: Merchant
) -> None:
    sku = shop.put_on_sale(UNITS)
    path = f"{TRANSFERS}/{draft(merchant, sku)}"
    merchant.post(f"{path}/dispatch")
    keys = [unique("receipt") for _ in range(7)]
    body = {"lines": [{"sku": sku, "quantity": 2}]}

    crowd.at_once(
        [
            Request("POST", f"{path}/receive", body, {**merchant.authorization, "Idempotency-Key": key})
            for key in keys
            for _ in range(2)
        ]
    )

    transfer = merchant.get(path)
    assert (transfer["status"], transfer["units"]["received"], len(transfer["receipts"])) == ("received", UNITS, 5)
    assert ends(merchant, sku) == [(0, 0), (UNITS, 0)]
    assert Counter(row["type"] for row in check_ledger(merchant, sku)) == {"restock": 1, "transfer": 7}


def test_a_transfer_is_listed_and_its_movements_are_found_within_five_seconds(shop: Shop, merchant: Merchant) -> None:
    sku = shop.put_on_sale(UNITS)
    transfer_id = draft(merchant, sku)
    merchant.post(f"{TRANSFERS}/{transfer_id}/dispatch")
    merchant.post(f"{TRANSFERS}/{transfer_id}/receive", {"lines": [{"sku": sku, "quantity": 4}]})
    merchant.post(f"{TRANSFERS}/{transfer_id}/cancel", {"reason": "wrong lorry"})

    def listed() -> list[Json]:
        return [row for row in merchant.rows(TRANSFERS, sku=sku) if row["status"] == "cancelled"]

    def moved() -> Counter[int]:
        rows = merchant.rows("/v1/inventory/movements", reference_id=transfer_id)
        return Counter(row["quantity"] for row in rows)

    (row,) = eventually(listed, until=bool)
    assert (row["id"], row["units"]["received"], row["units"]["returned"]) == (transfer_id, 4, 6)
    eventually(moved, until=lambda seen: seen == Counter({-UNITS: 1, 4: 1, 6: 1, 0: 2}))
    assert ends(merchant, sku) == [(6, 0), (4, 0)]
