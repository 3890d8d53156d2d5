"""Transfers before they leave: draft one, change it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from storekeeper.inventory.transfers import items, model
from storekeeper.inventory.transfers.checks import check_lines
from storekeeper.inventory.transfers.model import Transfer, TransferLine
from storekeeper.inventory.transfers.places import check_places
from storekeeper.inventory.transfers.store import read_transfer, skus_known
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId, new_id
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Settings


class Draft(Struct, frozen=True):
    """A transfer as a merchant plans it."""

    source_id: str
    target_id: str
    lines: tuple[TransferLine, ...]
    reference: str = ""
    notes: str = ""
    expected_at: datetime | None = None


def create_transfer(
    table: Table,
    draft: Draft,
    *,
    settings: Settings,
    now: datetime,
    transfer_id: str | None = None,
    remember: Remember[Transfer] = forget,
) -> Transfer:
    """Draft a transfer; no stock moves. With a `transfer_id` that was used before, that transfer as it is.

    Raises:
        Invalid: names each location, SKU and quantity that cannot be sent.
        TooManyLines: over MAX_LINES.
    """
    check_places(draft.source_id, draft.target_id, settings=settings)
    check_lines(draft.lines, known=skus_known(table, (line.sku for line in draft.lines)))
    transfer = Transfer(
        id=transfer_id or new_id("trf", at=now),
        source_id=LocationId(draft.source_id),
        target_id=LocationId(draft.target_id),
        lines=draft.lines,
        reference=draft.reference,
        notes=draft.notes,
        expected_at=draft.expected_at,
        created_at=now,
        updated_at=now,
    )
    try:
        table.write(items.put_transfer(table.tenant_id, transfer), *remember(transfer))
    except WriteRefused:
        return read_transfer(table, transfer.id)
    return transfer


def change_transfer(
    table: Table,
    transfer_id: str,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Transfer:
    """Change `lines` of a draft; `reference`, `notes`, `expected_at` as long as it is not over.

    Raises:
        TransferUnknown: there is none.
        StaleVersion: `expects` says so.
        WrongState: it is too far on for that.
        Invalid, TooManyLines: as for `create_transfer`.
        Contended: others kept changing it.
    """

    def attempt() -> Transfer:
        before = read_transfer(table, transfer_id)
        expects(before.version)
        after = model.revised(before, changes, now=now)
        if "lines" in changes:
            check_lines(after.lines, known=skus_known(table, (line.sku for line in after.lines)))
        table.write(items.replace_transfer(table.tenant_id, after))
        return after

    return until_written(attempt)
