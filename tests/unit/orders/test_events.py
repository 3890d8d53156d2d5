"""What is said of an order when it changes: to receivers of events, and in its timeline."""

import json
from typing import Any

import pytest

from storekeeper.kernel.changes import Change
from storekeeper.kernel.records import replace
from storekeeper.orders import Order, OrderStatus, changed, moved, order_key, paid_with
from storekeeper.orders.events import events_of
from storekeeper.orders.items import as_item
from storekeeper.orders.shipments.items import shipment_write
from storekeeper.orders.shipments.model import Dispatch, Wanted, plan_shipment
from storekeeper.orders.timeline import row_of
from storekeeper.payments import manual_payment, stripe_payment
from tests.unit.orders.builders import CONTACT, EMAIL, NOW, TENANT, an_order, usd

UNPAID = stripe_payment(usd("37.50"), capture="automatic")


def change(before: Order | None, after: Order | None) -> Change:
    order = after or before
    assert order is not None
    images = (_image(before) if before else None, _image(after) if after else None)
    return Change(order_key(TENANT, order.id), *images, sequence="1", at=NOW)


def _image(order: Order) -> dict[str, Any]:
    return {name: value for name, value in as_item(order).items() if value is not None} | {"changed_by": "key:key_1"}


def types(before: Order | None, after: Order | None) -> list[str]:
    return [event.type for event in events_of(change(before, after))]


def test_an_order_that_is_placed_is_created() -> None:
    assert types(None, an_order(payment=UNPAID, status=OrderStatus.PENDING)) == ["order.created"]
    assert types(None, an_order(payment=None)) == ["order.created", "order.paid"]
    assert types(None, an_order(payment=manual_payment(usd("37.50")))) == ["order.created"]


def test_a_payment_is_told() -> None:
    waiting = an_order(payment=UNPAID, status=OrderStatus.PENDING)
    declined = paid_with(waiting, replace(UNPAID, failure_code="card_declined"), now=NOW)
    paid = moved(paid_with(declined, replace(UNPAID, captured=usd("37.50")), now=NOW), OrderStatus.PROCESSING, now=NOW)

    assert types(waiting, declined) == ["order.payment_failed", "order.updated"]
    assert types(declined, paid) == ["order.processing", "order.paid", "order.updated"]


def test_refunds_are_told_one_by_one() -> None:
    order = an_order()
    assert order.payment is not None
    part = paid_with(order, replace(order.payment, refunded=usd("10.00")), now=NOW)
    more = paid_with(part, replace(order.payment, refunded=usd("15.00")), now=NOW)
    failed = paid_with(more, replace(order.payment, refunded=usd("10.00")), now=NOW)

    told = [next(iter(events_of(change(*pair)))) for pair in ((order, part), (part, more), (more, failed))]

    assert [(event.type, event.data["amount"]) for event in told] == [
        ("order.refunded", "10.00"),
        ("order.refunded", "5.00"),
        ("order.refund_failed", "5.00"),
    ]


def test_a_refund_that_fails_does_not_pay_the_order_again() -> None:
    order = an_order()
    assert order.payment is not None
    refunded = paid_with(order, replace(order.payment, refunded=usd("37.50")), now=NOW)

    assert types(refunded, paid_with(refunded, order.payment, now=NOW)) == ["order.refund_failed", "order.updated"]


def test_each_shipment_is_told_with_what_left() -> None:
    order = an_order()
    part, _ = plan_shipment(order, Dispatch((Wanted(1, sku="MUG"),)), shipment_id="shp_1", now=NOW)
    whole, _ = plan_shipment(part, Dispatch(), shipment_id="shp_2", now=NOW)

    first, *_ = events_of(change(order, part))

    assert (first.type, first.data["left"]) == (
        "order.partially_fulfilled",
        [{"line_id": "itm_1", "sku": "MUG", "quantity": 1}],
    )
    assert types(part, whole) == ["order.shipped", "order.fulfilled", "order.updated"]


def test_the_end_of_an_order_is_told() -> None:
    order = an_order()
    cancelled = moved(order, OrderStatus.CANCELLED, now=NOW)

    assert types(order, cancelled) == ["order.cancelled", "order.updated"]
    assert types(cancelled, moved(cancelled, OrderStatus.PROCESSING, now=NOW)) == ["order.reinstated", "order.updated"]


def test_an_event_has_the_order_s_version_and_an_id_made_from_it() -> None:
    order = an_order()

    (event,) = events_of(change(order, changed(order, now=NOW, tags=("x",))))

    assert (event.id, event.version, event.store_id) == (f"order.updated:{order.id}:2", 2, order.store_id)


def test_the_same_version_twice_and_a_removal_say_nothing() -> None:
    order = an_order()

    assert types(order, order) == types(order, None) == []


def test_nothing_personal_is_told() -> None:
    order = an_order(contact=replace(CONTACT, gift_message="For Ben"), tags=("vip",))
    part, shipment = plan_shipment(order, Dispatch(), shipment_id="shp_1", now=NOW)
    put = shipment_write(shipment, tenant_id=TENANT)
    beside = Change(put.key, None, {name: value for name, value in put.item.items() if value is not None}, "1", NOW)
    changes = [change(None, order), change(order, part), beside]

    told = json.dumps([event.envelope() for one in changes for event in events_of(one)])
    written = repr([row_of(one) for one in changes[:2]])

    assert not [word for word in (EMAIL, "Anna", "Long Street", "Ring twice", "Ben") if word in told + written]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        pytest.param({"tags": ("vip",)}, ["order.updated"], id="what_people_see"),
        pytest.param({"due_at": NOW}, [], id="bookkeeping"),
    ],
)
def test_the_timeline_leaves_bookkeeping_out(changes: dict[str, Any], rows: list[str]) -> None:
    order = an_order()

    made = row_of(change(order, changed(order, now=NOW, **changes)))

    assert [fact["what"] for fact in (made.item["facts"] if made else ())] == rows


def test_the_timeline_names_who_did_it_and_when() -> None:
    order = an_order()

    row = row_of(change(order, moved(order, OrderStatus.CANCELLED, now=NOW)))

    assert row
    assert row.key.sk == "EVENT#2026-11-20T12:00:00.000Z#000000000002"
    assert (row.item["facts"][0]["what"], row.item["actor"]) == ("order.cancelled", "key:key_1")
