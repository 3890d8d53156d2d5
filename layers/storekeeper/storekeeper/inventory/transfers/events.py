"""What transfers tell the world, made from the table's changes. Pure. Texts that people wrote are not told.

- transfer.created, transfer.updated: a transfer was drafted; it was changed, and nothing moved
- transfer.dispatched: its units have left the source
- transfer.received: some have come, or all
- transfer.closed: what was outstanding is booked as missing
- transfer.cancelled: what was outstanding is back at the source
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from storekeeper.inventory.transfers.items import TYPE, card_of, transfer_from
from storekeeper.inventory.transfers.model import Transfer, TransferStatus
from storekeeper.kernel.changes import Change, Event

TYPES = frozenset({TYPE})
_NAMES = {
    TransferStatus.IN_TRANSIT: "transfer.dispatched",
    TransferStatus.RECEIVED: "transfer.received",
    TransferStatus.CLOSED: "transfer.closed",
    TransferStatus.CANCELLED: "transfer.cancelled",
}
_TOLD = ("id", "status", "source_id", "target_id", "expected_at", "units")


def events_of(change: Change) -> Iterator[Event]:
    """The one fact of each version of a transfer."""
    if change.type != TYPE or change.new is None or change.tenant_id is None:
        return
    before = transfer_from(change.old) if change.old else None
    after = transfer_from(change.new)
    if before is None or before.version != after.version:
        name = _name(before, after)
        yield Event(name, change.tenant_id, after.id, after.version, change.new["updated_at"], _shown(after))


def _name(before: Transfer | None, after: Transfer) -> str:
    if before is None:
        return "transfer.created"
    if before.status is not after.status:
        return _NAMES[after.status]
    return "transfer.updated" if before.lines == after.lines or _is_draft(after) else "transfer.received"


def _is_draft(transfer: Transfer) -> bool:
    return transfer.status is TransferStatus.DRAFT


def _shown(transfer: Transfer) -> dict[str, Any]:
    card = card_of(transfer)
    lines = [{"sku": line.sku, **asdict(line.units), "outstanding": line.units.outstanding} for line in transfer.lines]
    units = {**card["units"], "outstanding": transfer.sums.outstanding}
    names = {"source_id": "source_location_id", "target_id": "target_location_id"}
    return {names.get(name, name): card[name] for name in _TOLD} | {"units": units, "lines": lines}
