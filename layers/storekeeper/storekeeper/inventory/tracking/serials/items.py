"""Serials in the table: one item each, with all that became of it."""

import json
from typing import Any

from storekeeper.inventory.tracking.serials.model import Serial, SerialStatus, Step
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import ABSENT, Put

TYPE = "serial"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SERIAL#<serial>",
        sk="SERIAL",
        holds="One unit of a SKU: its number, where it is, and all that became of it.",
        found_by="Its id, which SKU and number give; a SKU's (gsi1); an order's (gsi2); by number alone (gsi3).",
        written_by="whatever moves units of a SKU that is tracked by serial",
        indexes={
            "gsi1": ("T#<tenant>#SERIALS#<sku>", "<number>#<serial>"),
            "gsi2": ("T#<tenant>#SERIALSOF#<order>", "<sku>#<number>#<serial>"),
            "gsi3": ("T#<tenant>#SERIALNUMBER#<number>", "<sku>#<serial>"),
        },
    ),
)


def serial_key(tenant_id: TenantId, serial_id: str) -> Key:
    """Where a serial is kept."""
    return Key(tenant_pk(tenant_id, "SERIAL", serial_id), "SERIAL")


def of_sku_pk(tenant_id: TenantId, sku: str) -> str:
    """The partition of gsi1 that lists a SKU's serials, by number."""
    return tenant_pk(tenant_id, "SERIALS", sku)


def of_order_pk(tenant_id: TenantId, order_id: str) -> str:
    """The partition of gsi2 that lists what an order has, or had, of serials."""
    return tenant_pk(tenant_id, "SERIALSOF", order_id)


def of_number_pk(tenant_id: TenantId, number: str) -> str:
    """The partition of gsi3 that lists the SKUs that have a number."""
    return tenant_pk(tenant_id, "SERIALNUMBER", number)


def put_serial(tenant_id: TenantId, serial: Serial) -> Put:
    """Its next version: refused if it moved since it was read. So a unit is in stock once, and sold once."""
    return Put(
        serial_key(tenant_id, serial.id),
        _item(tenant_id, serial),
        only_if=ABSENT if serial.version == 1 else "version = :read",
        values={":read": serial.version - 1},
    )


def _item(tenant_id: TenantId, serial: Serial) -> Item:
    in_order = serial.order_id is not None
    return {
        "type": TYPE,
        "schema": 1,
        "id": serial.id,
        "sku": serial.sku,
        "number": serial.number,
        "status": str(serial.status),
        "location_id": serial.location_id,
        "order_id": serial.order_id,
        "history": [_step_item(step) for step in serial.history],
        "version": serial.version,
        "card": json.dumps(card_of(serial), ensure_ascii=False, separators=(",", ":")),
        "gsi1pk": of_sku_pk(tenant_id, serial.sku),
        "gsi1sk": joined(serial.number, serial.id),
        "gsi2pk": of_order_pk(tenant_id, serial.order_id or "") if in_order else None,
        "gsi2sk": joined(serial.sku, serial.number, serial.id) if in_order else None,
        "gsi3pk": of_number_pk(tenant_id, serial.number),
        "gsi3sk": joined(serial.sku, serial.id),
    }


def card_of(serial: Serial) -> dict[str, Any]:
    """What a list shows of a serial."""
    return {
        "id": serial.id,
        "sku": serial.sku,
        "number": serial.number,
        "status": str(serial.status),
        "location_id": serial.location_id,
        "order_id": serial.order_id,
        "version": serial.version,
        "updated_at": clock.to_text(serial.history[-1].at),
    }


def serial_from(item: Item) -> Serial:
    """The serial of an item."""
    return Serial(
        id=item["id"],
        sku=item["sku"],
        number=item["number"],
        status=SerialStatus(item["status"]),
        location_id=LocationId(item["location_id"]) if "location_id" in item else None,
        order_id=item.get("order_id"),
        history=tuple(_step_from(step) for step in item["history"]),
        version=item["version"],
    )


def _step_item(step: Step) -> Item:
    said = {
        "status": str(step.status),
        "at": clock.to_text(step.at),
        "actor": step.actor,
        "reference_type": step.reference_type,
        "reference_id": step.reference_id,
        "location_id": step.location_id,
        "reason": step.reason,
    }
    return {name: value for name, value in said.items() if value is not None}


def _step_from(item: Item) -> Step:
    return Step(
        status=SerialStatus(item["status"]),
        at=clock.from_text(item["at"]),
        actor=Actor(item["actor"]),
        reference_type=item["reference_type"],
        reference_id=item["reference_id"],
        location_id=LocationId(item["location_id"]) if "location_id" in item else None,
        reason=item["reason"],
    )
