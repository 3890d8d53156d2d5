"""Transfers in the table: one item with its lines, and beside it a row for each receipt, which never changes."""

import json
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from storekeeper.inventory.tracking.model import BatchUnits, Names
from storekeeper.inventory.transfers.model import (
    Arrival,
    Receipt,
    Sums,
    Transfer,
    TransferLine,
    TransferStatus,
)
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined, padded, tenant_pk
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import ABSENT, Put

TYPE = "transfer"
SK = "TRANSFER"
RECEIPT = "transfer_receipt"
PREFIX = joined("RECEIPT", "")
_COUNTED = ("sku", "received", "damaged", "missing", "found", "reason")
UNDATED = "~"  # follows every date: what is expected at no time in particular is listed last
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#TRANSFER#<transfer>",
        sk=SK,
        holds="Units that go from one location to another; how many are on their way, have come, or are missing.",
        found_by="Its id; all of them by when they were made (gsi1); by status and when they are expected (gsi2).",
        written_by="create_transfer, and whatever changes a transfer after",
        indexes={
            "gsi1": ("T#<tenant>#TRANSFERS", "<created at>#<transfer>"),
            "gsi2": ("T#<tenant>#TRANSFERS#<status>", "<expected at>#<transfer>"),
        },
    ),
    Entity(
        name=RECEIPT,
        pk="T#<tenant>#TRANSFER#<transfer>",
        sk="RECEIPT#<number>",
        holds="What came of a transfer at one time, how much of it is damaged, missing or found, and who took it in.",
        found_by="The query that reads its transfer.",
        written_by="receive_transfer",
    ),
)


def transfer_pk(tenant_id: TenantId, transfer_id: str) -> str:
    """Partition of a transfer and its receipts."""
    return tenant_pk(tenant_id, "TRANSFER", transfer_id)


def transfer_key(tenant_id: TenantId, transfer_id: str) -> Key:
    """Key of a transfer."""
    return Key(transfer_pk(tenant_id, transfer_id), SK)


def all_pk(tenant_id: TenantId) -> str:
    """The partition of gsi1 that lists every transfer. Not sharded: people make them, by hand."""
    return tenant_pk(tenant_id, "TRANSFERS")


def status_pk(tenant_id: TenantId, status: TransferStatus) -> str:
    """The partition of gsi2 that lists the transfers with a status."""
    return tenant_pk(tenant_id, "TRANSFERS", status)


def put_transfer(tenant_id: TenantId, transfer: Transfer) -> Put:
    """A transfer that is new."""
    return Put(transfer_key(tenant_id, transfer.id), _item(tenant_id, transfer), only_if=ABSENT)


def replace_transfer(tenant_id: TenantId, transfer: Transfer) -> Put:
    """A changed transfer, one version on: whoever decided from an older one has not seen where its units are."""
    return Put(
        transfer_key(tenant_id, transfer.id),
        _item(tenant_id, transfer),
        only_if="version = :version",
        values={":version": transfer.version - 1},
    )


def put_receipt(tenant_id: TenantId, transfer: Transfer, receipt: Receipt) -> Put:
    """A receipt that is new."""
    return Put(
        Key(transfer_pk(tenant_id, transfer.id), joined("RECEIPT", padded(receipt.number))),
        {
            "type": RECEIPT,
            "schema": 1,
            "id": receipt.id,
            "number": receipt.number,
            "received_at": clock.to_text(receipt.received_at),
            "actor": receipt.actor,
            "arrivals": [_arrival_item(arrival) for arrival in receipt.arrivals],
        },
        only_if=ABSENT,
    )


def receipt_from(item: Item) -> Receipt:
    """The receipt of an item."""
    return Receipt(
        id=item["id"],
        number=item["number"],
        received_at=clock.from_text(item["received_at"]),
        actor=Actor(item["actor"]),
        arrivals=tuple(_arrival_from(arrival) for arrival in item["arrivals"]),
    )


def transfer_from(item: Item, receipts: tuple[Receipt, ...] = ()) -> Transfer:
    """The transfer of an item; its receipts are items of their own."""
    return Transfer(
        id=item["id"],
        source_id=LocationId(item["source_id"]),
        target_id=LocationId(item["target_id"]),
        lines=tuple(_line_from(line) for line in item["lines"]),
        reference=item["reference"],
        notes=item["notes"],
        expected_at=_instant(item, "expected_at"),
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        status=TransferStatus(item["status"]),
        dispatched_at=_instant(item, "dispatched_at"),
        ended_at=_instant(item, "ended_at"),
        reason=item["reason"],
        version=item["version"],
        receipts=receipts,
    )


def card_of(transfer: Transfer) -> dict[str, Any]:
    """What a list shows of a transfer, and is filtered by."""
    return {
        "id": transfer.id,
        "status": str(transfer.status),
        "source_id": transfer.source_id,
        "target_id": transfer.target_id,
        "reference": transfer.reference,
        "expected_at": _text(transfer.expected_at),
        "created_at": clock.to_text(transfer.created_at),
        "dispatched_at": _text(transfer.dispatched_at),
        "ended_at": _text(transfer.ended_at),
        "skus": [line.sku for line in transfer.lines],
        "units": asdict(transfer.sums),
        "version": transfer.version,
    }


def _item(tenant_id: TenantId, transfer: Transfer) -> Item:
    expected_at, created_at = _text(transfer.expected_at), clock.to_text(transfer.created_at)
    return {
        "type": TYPE,
        "schema": 1,
        "id": transfer.id,
        "status": str(transfer.status),
        "source_id": transfer.source_id,
        "target_id": transfer.target_id,
        "lines": [_line_item(line) for line in transfer.lines],
        "reference": transfer.reference,
        "notes": transfer.notes,
        "expected_at": expected_at,
        "created_at": created_at,
        "updated_at": clock.to_text(transfer.updated_at),
        "dispatched_at": _text(transfer.dispatched_at),
        "ended_at": _text(transfer.ended_at),
        "reason": transfer.reason,
        "version": transfer.version,
        "card": json.dumps(card_of(transfer), ensure_ascii=False, separators=(",", ":")),
        "gsi1pk": all_pk(tenant_id),
        "gsi1sk": joined(created_at, transfer.id),
        "gsi2pk": status_pk(tenant_id, transfer.status),
        "gsi2sk": joined(expected_at or UNDATED, transfer.id),
    }


def _line_item(line: TransferLine) -> Item:
    counts = {name: units for name in Sums.__struct_fields__ if (units := getattr(line.units, name))}
    return {"sku": line.sku, **counts, **_names_item(line.names)}


def _line_from(item: Item) -> TransferLine:
    counts = {name: item[name] for name in Sums.__struct_fields__ if name in item}
    return TransferLine(item["sku"], Sums(**counts), _names_from(item))


def _arrival_item(arrival: Arrival) -> Item:
    return {name: getattr(arrival, name) for name in _COUNTED} | _names_item(arrival.names)


def _arrival_from(item: Item) -> Arrival:
    return Arrival(**{name: item[name] for name in _COUNTED}, names=_names_from(item))


def _names_item(names: Names) -> Item:
    """Nothing where nothing is named, as nearly always."""
    kept = {"serials": list(names.serials), "batches": {batch.number: batch.units for batch in names.batches}}
    return {name: said for name, said in kept.items() if said}


def _names_from(item: Item) -> Names:
    batches = (BatchUnits(number, units) for number, units in item.get("batches", {}).items())
    return Names(tuple(item.get("serials", ())), tuple(batches))


def _instant(item: Item, name: str) -> datetime | None:
    return clock.from_text(item[name]) if name in item else None


def _text(at: datetime | None) -> str | None:
    return clock.to_text(at) if at else None
