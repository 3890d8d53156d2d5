"""What a buyer may download: once it is paid, as often as was sold, by links that are written down nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from storekeeper.kernel import clock
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.catalog.test_downloads import attach
from tests.functions.conftest import Api, MakeSecret, Reply
from tests.functions.paying import EMAIL, Checkouts, checkouts, standin
from tests.table.carts.shop import put_on_sale

__all__ = ["checkouts", "standin"]

ONCE = {"Idempotency-Key": "once-and-not-again"}


class Reader:
    """Somebody who bought handbooks, and the merchant who sold them."""

    def __init__(self, checkouts: Checkouts, catalog: Api, **terms: Any) -> None:
        self.checkouts = checkouts
        product_id = put_on_sale(checkouts.table, checkouts.store, "EBOOK", digital=True, **terms)
        self.download = attach(catalog, {"id": product_id}, b"%PDF-1")
        self.product, self.catalog = {"id": product_id}, catalog

    def buy(self, quantity: int = 1, method: str = "manual", *skus: str) -> Any:
        items = [{"sku": sku, "quantity": quantity} for sku in ("EBOOK", *skus)]
        said: dict[str, Any] = {} if skus else {"shipping_address": None, "shipping_method_id": None}
        reply = self.checkouts.check_out(self.checkouts.cart(items=items, **said), method)
        assert reply.status == 201, reply.text
        return reply.json

    def bought(self, quantity: int = 1) -> Any:
        bought = self.buy(quantity)
        assert self.checkouts.act(bought, "mark-paid").status == 200
        return bought

    def shown(self, bought: Any) -> Any:
        (download,) = self.checkouts.track(bought["order"]["number"]).json["downloads"]
        return download

    def fetch(self, bought: Any, email: str = EMAIL, **options: Any) -> Reply:
        number, grant_id = bought["order"]["number"], self.shown(bought)["id"]
        path = f"{self.checkouts.base}/orders/{number}/downloads/{grant_id}"
        return self.checkouts.shopper.post(path, {"email": email}, key=None, **options)


@pytest.fixture
def reader(checkouts: Checkouts, api: Callable[[str], Api]) -> Reader:
    """Handbooks without any limit."""
    return Reader(checkouts, api("catalog"))


@pytest.fixture
def limited(checkouts: Checkouts, api: Callable[[str], Api]) -> Reader:
    """Handbooks that may be fetched twice within a week."""
    return Reader(checkouts, api("catalog"), download_limit=2, download_days=7)


def test_what_is_paid_is_handed_over(reader: Reader) -> None:
    bought = reader.bought()

    reply = reader.fetch(bought)

    assert reader.shown(bought) == {
        "id": reader.shown(bought)["id"],
        "sku": "EBOOK",
        "name": "handbook.pdf",
        "content_type": "application/pdf",
        "size_bytes": 6,
        "status": "available",
        "downloads_left": None,
        "valid_until": None,
    }
    assert (reply.status, reply.json["name"], reply.headers["cache-control"]) == (200, "handbook.pdf", "no-store")
    handed_over = httpx.get(reply.json["url"])
    assert (handed_over.content, handed_over.headers["content-type"]) == (b"%PDF-1", "application/pdf")
    assert "X-Amz-Expires=300" in reply.json["url"]


def test_a_cart_of_nothing_but_downloads_asks_for_no_shipping_and_a_mixed_one_does(reader: Reader) -> None:
    cart = reader.checkouts.cart(
        items=[{"sku": "EBOOK", "quantity": 1}, {"sku": "MUG", "quantity": 1}],
        shipping_address=None,
        shipping_method_id=None,
    )

    alone = reader.buy()
    mixed = reader.checkouts.check_out(cart, "manual")

    assert alone["order"]["totals"]["shipping"] == "0.00"
    assert mixed.status == 422
    assert {one["code"] for one in mixed.json["errors"]} == {"address_missing", "shipping_method_missing"}


def test_what_is_not_paid_is_not_handed_over(reader: Reader) -> None:
    waiting = reader.buy()

    reply = reader.fetch(waiting)

    assert (reader.shown(waiting)["status"], reply.status, reply.code) == ("not_paid", 409, "not_paid")
    assert "url" not in reply.json


@pytest.mark.parametrize("by", ["cancel", "refund"])
def test_what_was_cancelled_or_refunded_is_not_handed_over(reader: Reader, by: str) -> None:
    bought = reader.bought()
    done = reader.checkouts.act(bought, by, {"reason": "changed their mind"})

    reply = reader.fetch(bought)

    assert done.status in {200, 201}, done.text
    assert (reader.shown(bought)["status"], reply.status, reply.code) == ("refunded", 409, "refunded")


def test_a_refund_of_another_line_takes_nothing_away(reader: Reader) -> None:
    bought = reader.buy(1, "manual", "MUG")
    reader.checkouts.act(bought, "mark-paid")
    reader.checkouts.act(bought, "refund", {"lines": [{"sku": "MUG", "quantity": 1}], "reason": "chipped"})

    assert reader.fetch(bought).status == 200


def test_each_unit_may_be_fetched_as_often_as_was_sold(limited: Reader) -> None:
    bought = limited.bought(quantity=2)

    left = [limited.fetch(bought).json["downloads_left"] for _ in range(4)]
    reply = limited.fetch(bought)

    assert left == [3, 2, 1, 0]
    assert (reply.status, reply.code) == (409, "no_downloads_left")
    assert limited.shown(bought)["status"] == "no_downloads_left"


def test_a_repeat_is_counted_once_and_ends_when_the_first_does(
    limited: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, now = limited.bought(), clock.utc_now().replace(microsecond=0)
    monkeypatch.setattr(clock, "utc_now", lambda: now)
    first = limited.fetch(bought, headers=ONCE)
    monkeypatch.setattr(clock, "utc_now", lambda: now + timedelta(minutes=4))
    again = limited.fetch(bought, headers=ONCE)
    monkeypatch.setattr(clock, "utc_now", lambda: now + timedelta(minutes=5))

    late = limited.fetch(bought, headers=ONCE)

    assert (first.json["downloads_left"], again.json["downloads_left"]) == (1, 1)
    assert (again.json["expires_at"], "X-Amz-Expires=60" in again.json["url"]) == (first.json["expires_at"], True)
    assert (late.status, late.code) == (409, "link_over")
    assert limited.shown(bought)["downloads_left"] == 1


def test_the_last_one_can_be_repeated(limited: Reader) -> None:
    bought = limited.bought()
    limited.fetch(bought)

    replies = [limited.fetch(bought, headers=ONCE) for _ in range(2)]

    assert [(reply.status, reply.json["downloads_left"]) for reply in replies] == [(200, 0), (200, 0)]


def test_it_is_over_some_days_after_the_payment_until_the_merchant_renews_it(
    limited: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, now = limited.bought(), clock.utc_now()
    monkeypatch.setattr(clock, "utc_now", lambda: now + timedelta(days=7, seconds=5))
    over = limited.fetch(bought)
    path = f"/v1/orders/{bought['order']['id']}/downloads"
    (shown,) = limited.checkouts.merchant.get(path).json["data"]

    renewed = limited.checkouts.merchant.post(f"{path}/{shown['id']}/renew")

    assert (over.status, over.code, shown["status"], shown["used"]) == (409, "expired", "expired", 0)
    assert (renewed.status, renewed.json["status"], renewed.json["version"]) == (200, "available", 1)
    assert limited.fetch(bought).json["downloads_left"] == 1


def test_a_merchant_sees_how_often_and_lets_it_begin_anew(limited: Reader) -> None:
    bought = limited.bought()
    limited.fetch(bought), limited.fetch(bought)
    path = f"/v1/orders/{bought['order']['id']}/downloads"
    (shown,) = limited.checkouts.merchant.get(path).json["data"]

    renewed = limited.checkouts.merchant.post(
        f"{path}/{shown['id']}/renew", {"valid_until": "2099-01-01T00:00:00Z"}, headers={"If-Match": '"2"'}
    )
    stale = limited.checkouts.merchant.post(f"{path}/{shown['id']}/renew", headers={"If-Match": '"2"'})

    assert (shown["status"], shown["used"], shown["downloads_left"]) == ("no_downloads_left", 2, 0)
    assert (renewed.json["used"], renewed.json["downloads_left"]) == (2, 2)
    assert renewed.json["valid_until"] == "2099-01-01T00:00:00.000Z"
    assert (stale.status, stale.code) == (412, "stale_version")


def test_what_was_bought_stays_when_it_is_withdrawn_and_is_new_when_it_is_replaced(reader: Reader) -> None:
    bought = reader.bought()
    path = f"/v1/products/{reader.product['id']}/downloads/{reader.download['id']}"
    form = reader.catalog.post(f"{path}/replace", {"content_type": "application/pdf"}).json["upload"]
    httpx.post(form["url"], data=form["fields"], files={"file": ("f", b"%PDF-2")})
    reader.catalog.post(f"{path}/confirm")

    withdrawn = reader.catalog.delete(path)

    later = reader.bought()
    assert withdrawn.status == 204
    assert httpx.get(reader.fetch(bought).json["url"]).content == b"%PDF-2"
    assert reader.checkouts.track(later["order"]["number"]).json["downloads"] == []


def test_only_who_knows_number_and_address_gets_a_link(reader: Reader, make_store: MakeStore) -> None:
    bought, other = reader.bought(), reader.bought()
    base, grant_id = reader.checkouts.base, reader.shown(bought)["id"]
    elsewhere: Store = make_store(name="Second")

    def fetch(number: str, domain: str | None = None, email: str = EMAIL) -> Reply:
        start = f"/v1/storefront/{domain}" if domain else base
        path = f"{start}/orders/{number}/downloads/{grant_id}"
        return reader.checkouts.shopper.post(path, {"email": email}, key=None)

    replies = [
        fetch(bought["order"]["number"], email="ben@example.com"),
        fetch("HB-9999"),
        fetch(bought["order"]["number"], domain=elsewhere.default_domain),
        fetch(other["order"]["number"]),
    ]

    assert {reply.status for reply in replies} == {404}
    assert fetch(bought["order"]["number"]).status == 200


def test_wrong_ones_are_limited_as_tracking_is(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    bought, one_minute = reader.bought(), clock.utc_now().replace(second=1)
    monkeypatch.setattr(clock, "utc_now", lambda: one_minute)
    statuses = [reader.fetch(bought, "ben@example.com").status for _ in range(10)]

    reply = reader.checkouts.track(bought["order"]["number"])

    assert statuses == [404] * 10
    assert (reply.status, reply.code) == (429, "rate_limited")


def test_another_tenant_s_merchant_sees_no_downloads_of_an_order(
    reader: Reader, other_table: Any, make_secret: MakeSecret
) -> None:
    bought, key = reader.bought(), make_secret(table=other_table)
    path = f"/v1/orders/{bought['order']['id']}/downloads"

    replies = [
        reader.checkouts.merchant.get(path, key=key),
        reader.checkouts.merchant.post(f"{path}/{reader.shown(bought)['id']}/renew", key=key),
    ]

    assert {reply.status for reply in replies} == {404}


def test_no_link_is_written_down(reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    bought = reader.bought()

    url = urlsplit(reader.fetch(bought, headers=ONCE).json["url"])

    signature = url.query.rpartition("X-Amz-Signature=")[2]
    written = capsys.readouterr()
    assert len(signature) == 64
    assert signature not in written.out + written.err
    (mark,) = [item for item in _items(reader) if item["type"] == "mark"]
    opened = _sealer(reader).open(mark["answer"], purpose="mark")
    assert len(opened) < 64
    assert signature not in str(_items(reader))


def _items(reader: Reader) -> list[dict[str, Any]]:
    from storekeeper.kernel.aws.codec import item_from_wire
    from storekeeper.kernel.aws.session import client

    table = reader.checkouts.table
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table._name, ConsistentRead=True)
    found = [item_from_wire(one) for page in pages for one in page["Items"]]
    return [item for item in found if item["pk"].startswith(f"T#{table.tenant_id}")]


def _sealer(reader: Reader) -> Any:
    from storekeeper.edge.backend import backend

    return backend().sealer(reader.checkouts.table)
