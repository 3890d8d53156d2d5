"""What is done with transfers once they are drafted: send one, receive it in parts, close it short, cancel it.

Each act is one transaction of the transfer and of every level that it touches, guarded by the transfer's version: so a
unit is at one place, whatever is retried, and two who act at once do not both count it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from storekeeper.inventory.buckets.store import levels_together
from storekeeper.inventory.holds.use_cases import release_expired_holds_of
from storekeeper.inventory.levels.items import expects_less
from storekeeper.inventory.levels.model import SkuPick
from storekeeper.inventory.levels.store import find_levels
from storekeeper.inventory.tracking.model import NOTHING, Names
from storekeeper.inventory.tracking.naming import check_fits
from storekeeper.inventory.transfers import items, model, writes
from storekeeper.inventory.transfers.checks import (
    NotExpected,
    TooManyLines,
    TransferShort,
    check_arrivals,
    kept_at,
    plan_draws,
    tracked_at,
)
from storekeeper.inventory.transfers.model import Arrival, Receipt, Transfer, TransferStatus
from storekeeper.inventory.transfers.named_units import (
    check_said,
    coming_writes,
    modes_at,
    names_on_the_way,
    sending_writes,
)
from storekeeper.inventory.transfers.places import open_target
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import MAX_TRANSACTION, Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Location, Settings

MAX_RACES = 12  # against buyers, who change levels all day


def dispatch_transfer(
    table: Table,
    transfer_id: str,
    *,
    settings: Settings,
    now: datetime,
    names: Mapping[str, Names] | None = None,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Transfer] = forget,
) -> Transfer:
    """Send all of it: its units leave the source and are expected at the target. What is in transit stays as it is.

    Raises:
        TransferUnknown: there is none.
        StaleVersion: `expects` says so.
        WrongState: it is over.
        LocationInactive: the target is closed.
        TransferShort: names every SKU of which the source has too little, holds that are over being released already.
        TooManyLines: its units lie in more buckets, or have more names, than one transaction takes.
        Contended, StockContended: buyers won every race. What `sending_writes` refuses of units that have names.
    """

    def attempt() -> Transfer:
        before = read_transfer(table, transfer_id)
        expects(before.version)
        if before.status is TransferStatus.IN_TRANSIT:
            return before
        after = model.dispatched(before, now=now, names=names)
        target = open_target(before.target_id, settings=settings)
        picks, places = _draws(table, before, target, now=now)
        cause = writes.cause_of(after, actor=table.trace.actor, at=now)
        moves = writes.dispatch_writes(table.tenant_id, after, picks, places, cause=cause)
        named = sending_writes(table, after, places.tracked, names or {}, cause=cause)
        _write(table, after, *moves, *named, *remember(after))
        return after

    return until_written(attempt, attempts=MAX_RACES)


def _draws(table: Table, transfer: Transfer, to: Location, *, now: datetime) -> tuple[Sequence[SkuPick], writes.Places]:
    """Which levels of the source give the units, and what is known of both places."""
    skus, source = [line.sku for line in transfer.lines], (transfer.source_id,)
    levels = find_levels(table, skus, locations=(transfer.source_id, transfer.target_id))
    places = writes.Places(to, kept_at(transfer.target_id, levels), tracked_at(transfer.source_id, levels))
    try:
        return plan_draws(transfer, levels), places
    except TransferShort as refused:
        short = {one.sku: one.requested for one in refused.shortages}
    release_expired_holds_of(table, short, now=now)
    there = levels_together(table, find_levels(table, skus, locations=source), short=short, locations=source)
    return plan_draws(transfer, there), replace(places, tracked=tracked_at(transfer.source_id, there))


def receive_transfer(
    table: Table,
    transfer_id: str,
    arrivals: Sequence[Arrival] | None,
    *,
    now: datetime,
    receipt_id: str | None = None,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Transfer] = forget,
) -> Transfer:
    """Take in what has come of it; None says that all that is outstanding has. It is over when nothing is outstanding.

    With a `receipt_id` that was used before, nothing happens: the transfer is answered as it is.

    Raises:
        TransferUnknown: there is none.
        StaleVersion: `expects` says so.
        WrongState: it is not in transit.
        Invalid, TooManyUnits, TooManyReceipts: as `check_arrivals` says.
        NotExpected: a level expects less than is outstanding.
        TooManyNamed: more has names than one transaction takes.
        NotTracked, SerialTaken, BatchDiffers: what is named cannot come.
        Contended: others kept changing it.
    """
    made_id = receipt_id or new_id("rec", at=now)

    def attempt() -> Transfer:
        before = read_transfer(table, transfer_id)
        if made_id in {receipt.id for receipt in before.receipts}:
            return before
        expects(before.version)
        came = check_arrivals(before, arrivals)
        if arrivals is None:
            names, modes = names_on_the_way(table, before, to=before.target_id)
            came = tuple(replace(one, names=names.get(one.sku, NOTHING)) for one in came)
        else:
            names = {one.sku: one.names for one in came if one.names}
            modes = modes_at(table, names, before.target_id)
            check_said(came, modes)
        receipt = Receipt(made_id, len(before.receipts) + 1, now, table.trace.actor, came)
        after = model.received(before, receipt, now=now)
        cause = writes.cause_of(after, actor=table.trace.actor, at=now)
        named = coming_writes(table, names, after.target_id, cause=cause)
        shelved = writes.arrival_writes(table.tenant_id, after, came, modes=modes, cause=cause)
        kept = (items.put_receipt(table.tenant_id, after, receipt), *shelved, *named)
        check_fits(len(kept), named=len(named))
        _settle(table, after, *kept, *remember(after))
        return after

    return until_written(attempt)


def close_transfer(
    table: Table,
    transfer_id: str,
    *,
    reason: str,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Transfer] = forget,
) -> Transfer:
    """Book what is outstanding as missing: nothing more will come. What is closed already stays as it is.

    Raises:
        TransferUnknown: there is none.
        StaleVersion: `expects` says so.
        WrongState: it is not in transit.
        NotExpected: a level expects less than is outstanding.
        Contended: others kept changing it.
    """

    def attempt() -> Transfer:
        before = read_transfer(table, transfer_id)
        expects(before.version)
        if before.status is TransferStatus.CLOSED:
            return before
        after = model.closed(before, reason=reason, now=now)
        cause = writes.cause_of(after, actor=table.trace.actor, at=now, reason=f"missing: {reason}")
        _settle(table, after, *writes.giving_up_writes(table.tenant_id, before, cause=cause), *remember(after))
        return after

    return until_written(attempt)


def cancel_transfer(
    table: Table,
    transfer_id: str,
    *,
    reason: str = "",
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Transfer] = forget,
) -> Transfer:
    """Drop a draft; or put what is outstanding back on the source's shelf. What is cancelled already stays as it is.

    Raises:
        TransferUnknown: there is none.
        StaleVersion: `expects` says so.
        WrongState: it is received or closed.
        NotExpected: a level expects less than is outstanding.
        Contended: others kept changing it.
    """

    def attempt() -> Transfer:
        before = read_transfer(table, transfer_id)
        expects(before.version)
        if before.status is TransferStatus.CANCELLED:
            return before
        told = f"cancelled: {reason}" if reason else "cancelled"
        cause = writes.cause_of(before, actor=table.trace.actor, at=now, reason=told)
        given_up = tuple(writes.giving_up_writes(table.tenant_id, before, cause=cause))
        names, modes = names_on_the_way(table, before, to=before.source_id)
        named = coming_writes(table, names, before.source_id, cause=cause)
        marks = 0 if remember is forget else 1
        if 2 * len(given_up) + len(named) + 1 + marks > MAX_TRANSACTION:
            names, named = {}, ()
        after = model.cancelled(before, reason=reason, now=now, names=names)
        back = writes.return_writes(table.tenant_id, before, names, modes=modes, cause=cause)
        _settle(table, after, *given_up, *back, *named, *remember(after))
        return after

    return until_written(attempt)


def _settle(table: Table, after: Transfer, *along: Write) -> None:
    """Write what becomes of units on their way.

    Raises:
        WriteRefused: somebody else has changed the transfer, or a unit that has a name.
        NotExpected: nobody has, and yet a level does not expect its units.
    """
    try:
        _write(table, after, *along)
    except WriteRefused as refused:
        if items.transfer_key(table.tenant_id, after.id) in refused.old or not expects_less(refused.old, along):
            raise
        raise NotExpected("A level does not expect these units; close the gaps of its ledger first.") from refused


def _write(table: Table, after: Transfer, *along: Write) -> None:
    wanted = (items.replace_transfer(table.tenant_id, after), *along)
    if len(wanted) > MAX_TRANSACTION:
        raise TooManyLines("Its units lie in too many buckets to be sent at once; split the transfer.")
    table.write(*wanted)
