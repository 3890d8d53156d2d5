"""What a transfer is, and what may become of it. Pure.

Each unit that has left the source is in one place: on its way (outstanding), on the target's shelf (received), booked
as damaged or missing, or back at the source (returned). What came without having been sent is booked beside it (found).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from storekeeper.inventory.tracking.model import NOTHING, Names
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState, move
from storekeeper.kernel.trace import Actor

MAX_LINES = 45  # each is a level at either end, and one transaction takes 100 items: a few are left for hot SKUs
MAX_QUANTITY = 1_000_000_000
MAX_RECEIPTS = 100  # a transfer is read whole


class TransferStatus(StrEnum):
    """How far a transfer has come. `received`: nothing is outstanding; `closed`: what was is booked as missing."""

    DRAFT = "draft"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[TransferStatus, frozenset[TransferStatus]] = {
    TransferStatus.DRAFT: frozenset({TransferStatus.IN_TRANSIT, TransferStatus.CANCELLED}),
    TransferStatus.IN_TRANSIT: frozenset({TransferStatus.RECEIVED, TransferStatus.CLOSED, TransferStatus.CANCELLED}),
    TransferStatus.RECEIVED: frozenset(),
    TransferStatus.CLOSED: frozenset(),
    TransferStatus.CANCELLED: frozenset(),
}
TERMINAL = frozenset({TransferStatus.RECEIVED, TransferStatus.CLOSED, TransferStatus.CANCELLED})


class Sums(Struct, frozen=True):
    """Units of a line, or of a whole transfer, by where they are. `quantity` is what shall be sent."""

    quantity: int = 0
    dispatched: int = 0
    received: int = 0
    damaged: int = 0
    missing: int = 0
    returned: int = 0
    found: int = 0

    @property
    def outstanding(self) -> int:
        """What is on its way."""
        return self.dispatched - self.received - self.damaged - self.missing - self.returned

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__struct_fields__))


class TransferLine(Struct, frozen=True):
    """The units of one SKU; a transfer has one line for each.

    `names`: which serials were sent, or how many of which batches, that have not come by their names.
    """

    sku: str
    units: Sums
    names: Names = NOTHING

    @property
    def outstanding_names(self) -> Names:
        """Those of what is outstanding; none if nobody can say which of them have come, are damaged or missing."""
        return self.names if self.names.units <= self.units.outstanding else NOTHING


class Arrival(Struct, frozen=True):
    """What came of one SKU: units for the shelf, and those that are damaged, will not come, or were not sent.

    `names`: which units are for the shelf, of a SKU whose units are told apart.
    """

    sku: str
    received: int = 0
    damaged: int = 0
    missing: int = 0
    found: int = 0
    reason: str = ""
    names: Names = NOTHING

    @property
    def of_expected(self) -> int:
        """How many are on their way no more."""
        return self.received + self.damaged + self.missing

    @property
    def for_the_shelf(self) -> int:
        """How many can be sold from now on."""
        return self.received + self.found

    @property
    def sums(self) -> Sums:
        """As it adds to a line."""
        return Sums(received=self.received, damaged=self.damaged, missing=self.missing, found=self.found)


class Receipt(Struct, frozen=True):
    """What came at one time, and who took it in; `number` counts from 1 within the transfer."""

    id: str
    number: int
    received_at: datetime
    actor: Actor
    arrivals: tuple[Arrival, ...]


class Transfer(Struct, frozen=True):
    """Units that go from `source_id` to `target_id`. `reason`: why it was closed or cancelled."""

    id: str
    source_id: LocationId
    target_id: LocationId
    lines: tuple[TransferLine, ...]
    reference: str
    notes: str
    expected_at: datetime | None
    created_at: datetime
    updated_at: datetime
    status: TransferStatus = TransferStatus.DRAFT
    dispatched_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    version: int = 1
    receipts: tuple[Receipt, ...] = ()

    @property
    def sums(self) -> Sums:
        """All lines together."""
        return sum_up(line.units for line in self.lines)


def sum_up(units: Iterable[Sums]) -> Sums:
    """All of them together."""
    total = Sums()
    for one in units:
        total = total.plus(one)
    return total


def new_lines(wanted: Iterable[tuple[str, int]]) -> tuple[TransferLine, ...]:
    """Lines of a draft, from SKUs and how many of each shall be sent."""
    return tuple(TransferLine(sku, Sums(quantity=quantity)) for sku, quantity in wanted)


def revised(transfer: Transfer, changes: Mapping[str, Any], *, now: datetime) -> Transfer:
    """The transfer with other `lines`, `reference`, `notes` or `expected_at`.

    Raises:
        WrongState: it is over; or its lines shall change, and they have left.
    """
    if transfer.status in TERMINAL:
        raise WrongState(f"The transfer is {transfer.status}; it can no longer be changed.")
    if "lines" in changes and transfer.status is not TransferStatus.DRAFT:
        raise WrongState("The transfer has left; its lines can no longer be changed.")
    return replace(transfer, **changes, updated_at=max(now, transfer.updated_at), version=transfer.version + 1)


def dispatched(transfer: Transfer, *, now: datetime, names: Mapping[str, Names] | None = None) -> Transfer:
    """The transfer after all that it shall send has left; `names`, by SKU, of the units that were told apart.

    Raises:
        WrongState: it is no draft.
    """
    said = names or {}
    lines = (
        replace(line, units=replace(line.units, dispatched=line.units.quantity), names=said.get(line.sku, NOTHING))
        for line in transfer.lines
    )
    after = _moved(transfer, TransferStatus.IN_TRANSIT, now=now, lines=tuple(lines))
    return replace(after, dispatched_at=after.updated_at)


def closed(transfer: Transfer, *, reason: str, now: datetime) -> Transfer:
    """The transfer after all that is outstanding was given up.

    Raises:
        WrongState: it is not in transit.
    """
    lines = (_added(line, Sums(missing=line.units.outstanding)) for line in transfer.lines)
    return _ended(transfer, TransferStatus.CLOSED, now=now, lines=tuple(lines), reason=reason)


def cancelled(transfer: Transfer, *, reason: str, now: datetime, names: Mapping[str, Names] | None = None) -> Transfer:
    """The transfer after all that is outstanding went back to the source; `names`, by SKU, of those that did by name.

    Raises:
        WrongState: it is over.
    """
    back = names or {}
    lines = (
        _added(line, Sums(returned=line.units.outstanding), came=back.get(line.sku, NOTHING)) for line in transfer.lines
    )
    return _ended(transfer, TransferStatus.CANCELLED, now=now, lines=tuple(lines), reason=reason)


def received(transfer: Transfer, receipt: Receipt, *, now: datetime) -> Transfer:
    """The transfer after a receipt that fits it (see `arrivals`); it is over when nothing is outstanding.

    Raises:
        WrongState: it is not in transit.
    """
    came = {arrival.sku: arrival for arrival in receipt.arrivals}
    lines = tuple(
        _added(line, one.sums, came=one.names) if (one := came.get(line.sku)) else line for line in transfer.lines
    )
    receipts = (*transfer.receipts, receipt)
    if sum_up(line.units for line in lines).outstanding == 0:
        return _ended(transfer, TransferStatus.RECEIVED, now=now, lines=lines, receipts=receipts)
    at = max(now, transfer.updated_at)
    return replace(transfer, lines=lines, receipts=receipts, updated_at=at, version=transfer.version + 1)


def check_in_transit(transfer: Transfer) -> None:
    """Whether something can arrive.

    Raises:
        WrongState: it is not in transit.
    """
    if transfer.status is not TransferStatus.IN_TRANSIT:
        raise WrongState(f"The transfer is {transfer.status}; only what is in_transit can be received.")


def _ended(transfer: Transfer, to: TransferStatus, *, now: datetime, **changes: Any) -> Transfer:
    after = _moved(transfer, to, now=now, **changes)
    return replace(after, ended_at=after.updated_at)


def _moved(transfer: Transfer, to: TransferStatus, *, now: datetime, **changes: Any) -> Transfer:
    status = move(transfer.status, to, TRANSITIONS)
    at = max(now, transfer.updated_at)
    return replace(transfer, **changes, status=status, updated_at=at, version=transfer.version + 1)


def _added(line: TransferLine, units: Sums, *, came: Names = NOTHING) -> TransferLine:
    return replace(line, units=line.units.plus(units), names=line.names.without(came))
