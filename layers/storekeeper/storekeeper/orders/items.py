"""Orders in the table: keys, model to item, the two writes that every change of an order is made by.

An order is one item, with lines, picks and payment inside; shipments, notes, refunds and the timeline lie beside it in
its partition. The item of one line stays near 2 KB.
"""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storekeeper.catalog import Component
from storekeeper.inventory import SkuPick
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, ProductId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.writes import ABSENT, Check, Put, Update
from storekeeper.orders.model import STOREFRONT, Contact, Order, OrderLine, ShippingChoice
from storekeeper.orders.statuses import FulfillmentStatus, OrderStatus, PaymentStatus, PaymentWindow
from storekeeper.payments import payment_as_item, payment_from
from storekeeper.pricing import Totals

SCHEMA = 1
SHARDS = 8  # of a store's orders of one month in gsi1: an index partition takes 1,000 writes a second
DUE_KIND = "payment"
PURPOSE = "order"
SAME_ADDRESS = "same"  # a billing address that is the shipping address is not kept twice
_AMOUNTS = ("unit_price", "unit_price_shown", "discount", "tax", "total")

ENTITIES = (
    Entity(
        name="order",
        pk="T#<tenant>#ORDER#<order>",
        sk="ORDER",
        holds="An order: lines, picks and payment; e-mail, addresses and notes of the shopper sealed.",
        found_by="Its id; a store's month (gsi1), the shopper's e-mail as a keyed hash (gsi2), its number (gsi3).",
        written_by="place_order, and whatever changes an order after",
        indexes={
            "gsi1": ("T#<tenant>#S#<store>#ORDERS#<month>#<n>", "<placed at>#<order>"),
            "gsi2": ("T#<tenant>#BUYER#<e-mail hash>", "<placed at>#<order>"),
            "gsi3": ("T#<tenant>#S#<store>#NUMBER#<number>", "<order>"),
            "due": ("DUE#payment#<n>", "<due at>#<key>#<kind>"),
        },
    ),
)


def order_pk(tenant_id: TenantId, order_id: OrderId) -> str:
    """The partition of an order and all that lies beside it."""
    return tenant_pk(tenant_id, "ORDER", order_id)


def order_key(tenant_id: TenantId, order_id: OrderId) -> Key:
    """Where an order is kept."""
    return Key(order_pk(tenant_id, order_id), "ORDER")


def month_pks(tenant_id: TenantId, store_id: StoreId, month: str) -> tuple[str, ...]:
    """The partitions of gsi1 that hold a store's orders of a month (`2026-11`)."""
    return tuple(tenant_pk(tenant_id, "S", store_id, "ORDERS", month, str(shard)) for shard in range(SHARDS))


def buyer_pk(tenant_id: TenantId, email_hash: str) -> str:
    """The partition of gsi2 that holds the orders of one e-mail address."""
    return tenant_pk(tenant_id, "BUYER", email_hash)


def number_pk(tenant_id: TenantId, store_id: StoreId, number: str) -> str:
    """The partition of gsi3 that holds the order of a number."""
    return tenant_pk(tenant_id, "S", store_id, "NUMBER", number)


def list_position(placed_at: datetime, order_id: str) -> str:
    """Where an order stands in lists: its sort key in gsi1 and gsi2."""
    return joined(clock.to_text(placed_at), order_id)


def place_order_write(order: Order) -> Put:
    """A new order; refused if this id is an order already."""
    return Put(order_key(order.tenant_id, order.id), as_item(order), only_if=ABSENT)


def change_order(before: Order, after: Order) -> Update:
    """An order as a decision left it, one version on; refused if it is no longer as `before`.

    Only what differs is written. With no `otherwise`, a lost race is `WriteRefused` with the order as it is now.
    """
    old, new = _present(as_item(before)), _present(as_item(after))
    written = {name: value for name, value in new.items() if old.get(name) != value}
    removed = [name for name in old if name not in new]
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in written)
    if removed:
        change += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    return Update(
        order_key(before.tenant_id, before.id),
        change,
        only_if="version = :before",
        values={":before": before.version, **{f":{name}": value for name, value in written.items()}},
    )


def still_as_read(order: Order) -> Check:
    """Nothing is changed here; what is written beside it is refused if the order has changed since it was read."""
    return Check(order_key(order.tenant_id, order.id), only_if="version = :version", values={":version": order.version})


def as_item(order: Order) -> Item:
    """The whole order."""
    key = order_key(order.tenant_id, order.id)
    return {
        "type": "order",
        "schema": SCHEMA,
        "id": order.id,
        "store_id": order.store_id,
        "number": order.number,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "fulfillment_status": order.fulfillment_status.value,
        "window": order.window.value,
        "currency": order.currency.code,
        "lines": [_line_as_item(line) for line in order.lines],
        "totals": {name: getattr(order.totals, name).minor for name in Totals.__struct_fields__},
        "prices_include_tax": order.prices_include_tax or None,
        "contact": order.sealed_contact,
        "payment": payment_as_item(order.payment) if order.payment else None,
        "picks": [pick.as_item() for pick in order.picks] or None,
        "put_aside": list(order.put_aside) or None,
        "shipping_method": _choice_as_item(order.shipping_method),
        "tags": list(order.tags) or None,
        "metadata": dict(order.metadata) or None,
        "test": order.test or None,
        "source": None if order.source == STOREFRONT else order.source,
        "placed_at": clock.to_text(order.placed_at),
        "updated_at": clock.to_text(order.updated_at),
        "cancelled_at": clock.to_text(order.cancelled_at) if order.cancelled_at else None,
        "cancel_reason": order.cancel_reason,
        "delivered_at": clock.to_text(order.delivered_at) if order.delivered_at else None,
        "paid_at": clock.to_text(order.paid_at) if order.paid_at else None,
        "version": order.version,
        "card": _card(order),
        **_index_attributes(order),
        **(due_attributes(DUE_KIND, key, at=order.due_at) if order.due_at else {}),
    }


def order_from(item: Item, *, tenant_id: TenantId) -> Order:
    """The order of an item."""
    currency, payment, choice = Currency.of(item["currency"]), item.get("payment"), item.get("shipping_method")
    return Order(
        tenant_id=tenant_id,
        id=OrderId(item["id"]),
        store_id=StoreId(item["store_id"]),
        number=item["number"],
        currency=currency,
        lines=tuple(_line_from(line, currency) for line in item["lines"]),
        totals=Totals(**{name: Money(minor, currency) for name, minor in item["totals"].items()}),
        prices_include_tax=item.get("prices_include_tax", False),
        sealed_contact=item["contact"],
        email_hash=item["gsi2pk"].rpartition("#")[2],
        payment=payment_from(payment, currency=currency) if payment else None,
        placed_at=clock.from_text(item["placed_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        status=OrderStatus(item["status"]),
        payment_status=PaymentStatus(item["payment_status"]),
        fulfillment_status=FulfillmentStatus(item["fulfillment_status"]),
        window=PaymentWindow(item["window"]),
        due_at=clock.from_text(item["due_sk"].partition("#")[0]) if "due_sk" in item else None,
        picks=tuple(SkuPick.from_item(pick) for pick in item.get("picks", ())),
        put_aside=tuple(item.get("put_aside", ())),
        shipping_method=ShippingChoice(**choice) if choice else None,
        tags=tuple(item.get("tags", ())),
        metadata=item.get("metadata", {}),
        test=item.get("test", False),
        source=item.get("source", STOREFRONT),
        cancelled_at=_instant(item, "cancelled_at"),
        cancel_reason=item.get("cancel_reason"),
        delivered_at=_instant(item, "delivered_at"),
        paid_at=_instant(item, "paid_at"),
        version=item["version"],
    )


def seal_contact(contact: Contact, *, sealer: Sealer) -> str:
    """The contact as an order holds it."""
    addresses = {name: getattr(contact, name) for name in ("shipping_address", "billing_address")}
    said = {
        "email": contact.email,
        "note": contact.note,
        "gift_message": contact.gift_message,
        "cart_id": contact.cart_id,
        **{name: address.as_item() if address else None for name, address in addresses.items()},
    }
    if contact.billing_address == contact.shipping_address:
        said["billing_address"] = SAME_ADDRESS if contact.shipping_address else None
    return sealer.seal(_present(said), purpose=PURPOSE)


def open_contact(order: Order, *, sealer: Sealer) -> Contact:
    """What the shopper said."""
    said: dict[str, Any] = sealer.open(order.sealed_contact, purpose=PURPOSE)
    if said.get("billing_address") == SAME_ADDRESS:
        said["billing_address"] = said["shipping_address"]
    for name in ("shipping_address", "billing_address"):
        if name in said:
            said[name] = Address.from_item(said[name])
    return Contact(**said)


def _index_attributes(order: Order) -> Item:
    """The order's places in lists: they never change."""
    month = clock.to_text(order.placed_at)[:7]
    shard = zlib.crc32(order.id.encode()) % SHARDS
    position = list_position(order.placed_at, order.id)
    return {
        "gsi1pk": month_pks(order.tenant_id, order.store_id, month)[shard],
        "gsi1sk": position,
        "gsi2pk": buyer_pk(order.tenant_id, order.email_hash),
        "gsi2sk": position,
        "gsi3pk": number_pk(order.tenant_id, order.store_id, order.number),
        "gsi3sk": order.id,
    }


def row_from_card(card: str, position: str) -> dict[str, Any]:
    """The row of a list: the card, and what its place in the index says."""
    placed_at, order_id = position.split("#")
    return {"id": order_id, "source": STOREFRONT, **json.loads(card), "placed_at": placed_at}


def _card(order: Order) -> str:
    """What a row of a list shows beyond its place; nothing personal.

    Nothing that every change changes: the card is in an index, which would be written again.
    """
    row = {
        "store_id": order.store_id,
        "number": order.number,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "fulfillment_status": order.fulfillment_status.value,
        "currency": order.currency.code,
        "total": str(order.totals.total),
        "units": order.units,
        "tags": list(order.tags) or None,
        "test": order.test or None,
        "source": None if order.source == STOREFRONT else order.source,
    }
    return json.dumps(_present(row), separators=(",", ":"))


def _line_as_item(line: OrderLine) -> Item:
    amounts = {name: getattr(line, name) for name in _AMOUNTS}
    counts = {
        name: getattr(line, name) or None for name in ("weight_g", "fulfilled", "refunded", "returned", "cancelled")
    }
    return _present(
        {
            "id": line.id,
            "sku": line.sku,
            "product_id": line.product_id,
            "title": line.title,
            "variant_title": line.variant_title,
            "quantity": line.quantity,
            "digital": None if line.requires_shipping else True,
            "download_limit": line.download_limit,
            "download_days": line.download_days,
            "components": [[one.sku, one.quantity] for one in line.components] or None,
            **counts,
            **{name: amount.minor if amount is not None else None for name, amount in amounts.items()},
        }
    )


def _line_from(stored: Item, currency: Currency) -> OrderLine:
    amounts: dict[str, Any] = {name: Money(stored[name], currency) for name in _AMOUNTS if name in stored}
    others: dict[str, Any] = {
        name: value for name, value in stored.items() if name not in amounts and name != "digital"
    }
    others["product_id"] = ProductId(stored["product_id"])
    others["components"] = tuple(Component(sku, quantity) for sku, quantity in stored.get("components", ()))
    return OrderLine(**others, **amounts, requires_shipping="digital" not in stored)


def _choice_as_item(choice: ShippingChoice | None) -> Item | None:
    return _present({name: getattr(choice, name) for name in ShippingChoice.__struct_fields__}) if choice else None


def _instant(item: Item, name: str) -> datetime | None:
    return clock.from_text(item[name]) if name in item else None


def _present(item: Mapping[str, Any]) -> Item:
    return {name: value for name, value in item.items() if value is not None}
