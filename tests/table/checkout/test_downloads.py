"""The last download goes to one of two, a refund just before wins, and digital units leave once their order is paid."""

from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from storekeeper.catalog.downloads.model import new_file
from storekeeper.catalog.downloads.use_cases import announce_download, confirm_file
from storekeeper.catalog.products.store import product_of_sku
from storekeeper.checkout import RefundRequest, give_link, mark_paid
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Keyed, KeyInUse
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders import (
    FulfillmentStatus,
    Grant,
    Order,
    OrderNotFound,
    OrderStatus,
    PaymentStatus,
    change_order,
    changed,
    order_key,
    read_grants,
    renew_grant,
    use_grant,
)
from storekeeper.orders.events import events_of
from storekeeper.orders.grants import items
from storekeeper.orders.grants.items import grant_key
from storekeeper.orders.grants.model import NoDownloadsLeft, PaidBack, used
from storekeeper.orders.projections import project
from storekeeper.orders.shipments.handing_over import hand_over
from storekeeper.orders.timeline import read_timeline
from tests.table.checkout.fakes import InterruptedWire
from tests.table.checkout.shop import NOW, Shop


@pytest.fixture
def reader(bare_shop: Shop) -> Shop:
    """A shop of handbooks that may be fetched once."""
    bare_shop.sell("EBOOK", digital=True, download_limit=1, download_days=7)
    table, product_id = bare_shop.root, str(product_of_sku(bare_shop.root, "EBOOK"))
    coming = new_file(table.tenant_id, product_id, content_type="application/pdf", now=NOW)
    made = announce_download(product_id, coming, name="a.pdf", variant_id=None, table=table, now=NOW)
    confirm_file(product_id, made.entries[0].id, keep_file=lambda _: 6, delete_file=print, table=table)
    return bare_shop


def grant_of(shop: Shop, order: Order) -> Grant:
    (grant,) = read_grants(shop.order(order), table=shop.root).grants
    return grant


def change_of(shop: Shop, order: Order) -> Change:
    item = shop.root.get(order_key(order.tenant_id, order.id))
    return Change(order_key(order.tenant_id, order.id), None, item, "1", NOW)


def test_the_last_download_goes_to_one_of_two(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 1})
    grant = grant_of(reader, order)
    fetch = partial(use_grant, order.id, grant.id, now=NOW)

    with pytest.raises(NoDownloadsLeft):
        fetch(table=reader.table_on(InterruptedWire(reader.wire, lambda: fetch(table=reader.root))))

    assert grant_of(reader, order).usage.used == 1


def test_of_two_requests_with_one_key_one_counts(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 2})
    grant, keyed = grant_of(reader, order), Keyed(reader.root.tenant_id, "s", "/r", "k" * 16, "hash")

    def give(table: Table) -> None:
        give_link(reader.order(order), grant.id, keyed=keyed, table=table, sealer=reader.sealer, now=NOW)

    with pytest.raises(KeyInUse):
        give(reader.table_on(InterruptedWire(reader.wire, lambda: give(reader.root))))
    give(reader.root)

    assert grant_of(reader, order).usage.used == 1


def test_a_refund_just_before_wins(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 1})
    grant = grant_of(reader, order)

    def refund() -> None:
        reader.refund(reader.order(order), RefundRequest("changed their mind"))

    with pytest.raises(PaidBack):
        use_grant(order.id, grant.id, table=reader.table_on(InterruptedWire(reader.wire, refund)), now=NOW)

    assert grant_of(reader, order).usage.used == 0


@pytest.mark.guards("storekeeper.orders.grants.items.create_usage", clause="attribute_not_exists(pk)")
def test_of_two_first_uses_neither_replaces_the_other(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 1})
    stale = used(grant_of(reader, order), now=NOW)
    use_grant(order.id, stale.id, table=reader.root, now=NOW)
    renew_grant(order.id, stale.id, valid_until=None, table=reader.root, now=NOW)

    with pytest.raises(WriteRefused):
        reader.root.write(items.create_usage(order, stale))

    assert grant_of(reader, order).usage.version == 2


@pytest.mark.guards("storekeeper.orders.grants.items.change_usage", clause="version = :version")
def test_a_use_that_was_decided_from_an_older_count_is_refused(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 3})
    fetch = partial(use_grant, order.id, grant_of(reader, order).id, table=reader.root, now=NOW)
    stale = used(fetch(), now=NOW)
    fetch()

    with pytest.raises(WriteRefused):
        reader.root.write(items.change_usage(order, stale))

    assert grant_of(reader, order).usage.used == 2


def test_each_use_and_renewal_is_told_and_no_link_is(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 3})
    grant = grant_of(reader, order)
    images: list[dict[str, Any] | None] = [None]
    for act in (use_grant, use_grant, partial(renew_grant, valid_until=None)):
        act(order.id, grant.id, table=reader.root, now=NOW)
        images += reader.items("grant")

    changes = [Change(grant_key(order, grant.id), old, new, "1", NOW) for old, new in pairwise(images)]
    events = [event for change in changes for event in events_of(change)]
    for change in [*changes, *changes]:
        project(change, table=reader.root)

    told = [("download.used", 1, 1), ("download.used", 2, 2), ("download.renewed", 3, 2)]
    assert [(event.type, event.version, event.data["used"]) for event in events] == told
    assert events[0].data == {
        "grant_id": grant.id,
        "order_id": order.id,
        "line_id": grant.line.id,
        "download_id": grant.download.id,
        "used": 1,
    }
    rows = read_timeline(order.id, table=reader.root, after=None, limit=10).entries
    assert sorted(row.type for row in rows) == ["download.renewed", "download.used", "download.used"]


def test_days_count_from_the_payment(reader: Shop) -> None:
    later = NOW + timedelta(days=3)
    order = reader.check_out(reader.cart({"EBOOK": 1}), "manual").order

    paid = mark_paid(order.id, table=reader.root, now=later)

    assert (reader.order(order).paid_at, paid.paid_at) == (later, later)
    assert grant_of(reader, order).valid_until == later + timedelta(days=7)


def test_an_order_without_timed_downloads_does_not_say_when_it_was_paid(shop: Shop) -> None:
    assert shop.buy_and_pay({"MUG": 1}).paid_at is None


def test_another_tenant_fetches_nothing(reader: Shop, other_table: Table) -> None:
    order = reader.buy_and_pay({"EBOOK": 1})
    grant_id = grant_of(reader, order).id

    for act in (use_grant, partial(renew_grant, valid_until=None)):
        with pytest.raises(OrderNotFound):
            act(order.id, grant_id, table=other_table, now=NOW)
    with pytest.raises(NotFound):
        use_grant(order.id, "grant_00000000000000000000000000", table=reader.root, now=NOW)

    assert grant_of(reader, order).usage.used == 0


def test_a_paid_order_of_nothing_but_downloads_is_fulfilled_by_itself(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 2})
    was = reader.stock("EBOOK")

    for _ in range(2):  # the stream may tell it twice
        project(change_of(reader, order), table=reader.root)

    after = reader.order(order)
    assert (was, reader.stock("EBOOK")) == ((10, 2, 8), (8, 0, 8))
    assert (after.status, after.fulfillment_status) == (OrderStatus.SHIPPED, FulfillmentStatus.FULFILLED)
    assert (after.picks, after.version) == ((), order.version + 1)
    (shipment,) = reader.items("shipment")
    assert shipment["digital"] is True


def test_nothing_leaves_by_itself_before_the_money_came(reader: Shop) -> None:
    waiting = reader.check_out(reader.cart({"EBOOK": 1}), "manual").order
    project(change_of(reader, waiting), table=reader.root)
    before = reader.stock("EBOOK")
    paid = mark_paid(waiting.id, table=reader.root, now=NOW)

    project(change_of(reader, paid), table=reader.root)

    assert (before, reader.stock("EBOOK")) == ((10, 1, 9), (9, 0, 9))


def test_an_authorized_order_waits_for_its_capture(manual_capture_shop: Shop) -> None:
    shop = manual_capture_shop
    shop.sell("EBOOK", digital=True)
    shop.shipping_id = None
    order = shop.buy({"EBOOK": 1})
    shop.provider.pay(order.id)
    authorized = shop.settle(order)

    project(change_of(shop, authorized), table=shop.root)

    assert authorized.payment_status is PaymentStatus.AUTHORIZED
    assert shop.stock("EBOOK") == (10, 1, 9)


def test_of_a_mixed_order_the_rest_waits_for_its_parcel(reader: Shop) -> None:
    reader.sell("MUG")
    reader.ship_by("5.00")
    order = reader.buy_and_pay({"EBOOK": 1, "MUG": 1})

    project(change_of(reader, order), table=reader.root)

    after = reader.order(order)
    assert (after.status, after.fulfillment_status) == (OrderStatus.PROCESSING, FulfillmentStatus.UNFULFILLED)
    assert (reader.stock("EBOOK"), reader.stock("MUG")) == ((9, 0, 9), (10, 1, 9))
    shipped = reader.ship(after)
    assert (shipped.status, shipped.fulfillment_status) == (OrderStatus.SHIPPED, FulfillmentStatus.FULFILLED)


def test_a_cancelled_mixed_order_gives_back_only_what_has_not_left(reader: Shop) -> None:
    reader.sell("MUG")
    reader.ship_by("5.00")
    order = reader.buy_and_pay({"EBOOK": 1, "MUG": 1})
    project(change_of(reader, order), table=reader.root)

    reader.cancel(reader.order(order))

    assert (reader.stock("EBOOK"), reader.stock("MUG")) == ((9, 0, 9), (10, 0, 10))


def test_handing_over_takes_the_order_as_it_is_by_then(reader: Shop) -> None:
    order = reader.buy_and_pay({"EBOOK": 1})

    def meanwhile() -> None:
        present = reader.order(order)
        reader.root.write(change_order(present, changed(present, now=NOW, tags=("vip",))))

    hand_over(order.id, table=reader.table_on(InterruptedWire(reader.wire, meanwhile)), now=NOW)

    after = reader.order(order)
    assert (after.tags, after.fulfillment_status) == (("vip",), FulfillmentStatus.FULFILLED)
    assert reader.stock("EBOOK") == (9, 0, 9)
