"""Shipments in the table: beside their order, and never changed."""

from typing import Any

from msgspec.structs import asdict

from storekeeper.inventory import SkuPick
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, StoreId, TenantId
from storekeeper.kernel.keys import Key, joined
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders.items import order_pk
from storekeeper.orders.shipments.model import Shipment, ShippedLine

SCHEMA = 1
PREFIX = joined("SHIPMENT", "")

ENTITIES = (
    Entity(
        name="shipment",
        pk="T#<tenant>#ORDER#<order>",
        sk="SHIPMENT#<shipment>",
        holds="Units of an order that left together: lines, picks, carrier, tracking number.",
        found_by="A query beside its order.",
        written_by="fulfill_order; hand_over, for what is digital",
    ),
)


def shipment_write(shipment: Shipment, *, tenant_id: TenantId) -> Put:
    """A new shipment, in the transaction that changes its order."""
    key = Key(order_pk(tenant_id, shipment.order_id), joined("SHIPMENT", shipment.id))
    item: Item = {
        "type": "shipment",
        "schema": SCHEMA,
        "id": shipment.id,
        "order_id": shipment.order_id,
        "store_id": shipment.store_id,
        "lines": [asdict(line) for line in shipment.lines],
        "picks": [pick.as_item() for pick in shipment.picks],
        "shipped_at": clock.to_text(shipment.shipped_at),
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "digital": shipment.digital or None,
    }
    return Put(key, item, only_if=ABSENT)


def shipment_from(item: Item) -> Shipment:
    """The shipment of an item."""
    known: dict[str, Any] = {name: item.get(name) for name in ("carrier", "tracking_number", "tracking_url")}
    return Shipment(
        id=item["id"],
        order_id=OrderId(item["order_id"]),
        store_id=StoreId(item["store_id"]),
        lines=tuple(ShippedLine(**line) for line in item["lines"]),
        picks=tuple(SkuPick.from_item(pick) for pick in item["picks"]),
        shipped_at=clock.from_text(item["shipped_at"]),
        digital=item.get("digital", False),
        **known,
    )
