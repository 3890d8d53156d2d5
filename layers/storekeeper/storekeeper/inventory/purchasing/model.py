"""What a purchase order is, and what may become of it. Receiving: `receiving.py`. Pure.

Each unit ordered is in one place: yet to come (outstanding), on the shelf (received), sent back or thrown away
(rejected), or not coming (short).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from msgspec import Struct

from storekeeper.inventory.purchasing.exchange import ExchangeRate
from storekeeper.inventory.suppliers.model import SupplierId
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency, Money, total
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState, move

PurchaseOrderId = NewType("PurchaseOrderId", str)

MAX_LINES = 90  # each is a level, and one transaction takes 100 items: order, receipt and mark are some of them


class PurchaseStatus(StrEnum):
    """How far an order has come. `closed_short`: what is still outstanding will not come."""

    DRAFT = "draft"
    SENT = "sent"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    CLOSED_SHORT = "closed_short"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[PurchaseStatus, frozenset[PurchaseStatus]] = {
    PurchaseStatus.DRAFT: frozenset({PurchaseStatus.SENT, PurchaseStatus.CANCELLED}),
    PurchaseStatus.SENT: frozenset(
        {PurchaseStatus.PARTIALLY_RECEIVED, PurchaseStatus.RECEIVED, PurchaseStatus.CANCELLED}
    ),
    PurchaseStatus.PARTIALLY_RECEIVED: frozenset({PurchaseStatus.RECEIVED, PurchaseStatus.CLOSED_SHORT}),
    PurchaseStatus.RECEIVED: frozenset(),
    PurchaseStatus.CLOSED_SHORT: frozenset(),
    PurchaseStatus.CANCELLED: frozenset(),
}
TERMINAL = frozenset({PurchaseStatus.RECEIVED, PurchaseStatus.CLOSED_SHORT, PurchaseStatus.CANCELLED})
OPEN = frozenset({PurchaseStatus.SENT, PurchaseStatus.PARTIALLY_RECEIVED})


class PurchaseOrderNotFound(NotFound):
    """No such purchase order of this tenant."""

    def __init__(self) -> None:
        super().__init__("There is no such purchase order.")


class PurchaseLine(Struct, frozen=True):
    """Units of a SKU for a location, which an order names once. `unit_cost` is agreed, in the supplier's currency.

    `received_cost` is what the received units have cost, which may be other than agreed.
    """

    id: str
    sku: str
    location_id: LocationId
    quantity: int
    unit_cost: Money
    received_cost: Money
    supplier_sku: str | None = None
    expected_at: datetime | None = None
    received: int = 0
    rejected: int = 0
    short: int = 0

    @property
    def outstanding(self) -> int:
        """Units that have yet to come; more may have come than were ordered."""
        return max(0, self.quantity - self.received - self.rejected - self.short)

    @property
    def total(self) -> Money:
        """What the line comes to as ordered."""
        return self.unit_cost * self.quantity

    @property
    def outstanding_total(self) -> Money:
        """What has yet to come of it."""
        return self.unit_cost * self.outstanding


class PurchaseOrder(Struct, frozen=True):
    """What is bought of a supplier at one time. Amounts are in the supplier's currency.

    `exchange_rate` is that of receipts which name none. `sealed_notes` are opened only where somebody is to read them.
    `ended_at`, `ending_reason`: when and why nothing more comes.
    """

    id: PurchaseOrderId
    number: str
    supplier_id: SupplierId
    supplier_name: str
    currency: Currency
    lines: tuple[PurchaseLine, ...]
    sealed_notes: str
    created_at: datetime
    updated_at: datetime
    reference: str = ""
    exchange_rate: ExchangeRate | None = None
    expected_at: datetime | None = None
    status: PurchaseStatus = PurchaseStatus.DRAFT
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    ending_reason: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether something is on its way."""
        return self.status in OPEN

    @property
    def total(self) -> Money:
        """What it comes to as ordered."""
        return self._sum(line.total for line in self.lines)

    @property
    def received_total(self) -> Money:
        """What the received units have cost."""
        return self._sum(line.received_cost for line in self.lines)

    @property
    def outstanding_total(self) -> Money:
        """What has yet to come of it."""
        return self._sum(line.outstanding_total for line in self.lines)

    def units(self, name: str) -> int:
        """Units of all lines: `quantity`, `received`, `rejected`, `short` or `outstanding`."""
        return sum(getattr(line, name) for line in self.lines)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, self.currency)


def changed(order: PurchaseOrder, *, now: datetime, **changes: Any) -> PurchaseOrder:
    """The order one version on; time never runs backwards in it."""
    return replace(order, **changes, version=order.version + 1, updated_at=max(now, order.updated_at))


def moved(order: PurchaseOrder, to: PurchaseStatus, *, now: datetime, **changes: Any) -> PurchaseOrder:
    """The order in another status, and with what else that changes.

    Raises:
        WrongState: it cannot become that.
    """
    status = move(order.status, to, TRANSITIONS)
    at = max(now, order.updated_at)
    ended = {"ended_at": at} if status in TERMINAL else {}
    return changed(order, now=now, status=status, **ended, **changes)


def check_change(order: PurchaseOrder, *, with_lines: bool) -> None:
    """Whether what is said of an order may be changed.

    Raises:
        WrongState: it is over, or it was sent and its lines stand.
    """
    if order.status in TERMINAL:
        raise WrongState(f"What is {order.status.value} is not changed any more.")
    if with_lines and order.status is not PurchaseStatus.DRAFT:
        raise WrongState("The lines of an order that was sent stand; order what is missing anew.")


def given_up(order: PurchaseOrder, to: PurchaseStatus, *, reason: str, now: datetime) -> PurchaseOrder:
    """Nothing more comes of the order: what was outstanding is short.

    Raises:
        WrongState: it cannot be cancelled, or closed short, any more or yet.
    """
    if to is PurchaseStatus.CLOSED_SHORT and order.status is PurchaseStatus.SENT:
        raise WrongState("Nothing of it has come: cancel it.")
    if to is PurchaseStatus.CANCELLED and order.status is PurchaseStatus.PARTIALLY_RECEIVED:
        raise WrongState("Some of it has come: close it short.")
    lines = tuple(replace(line, short=line.short + line.outstanding) for line in order.lines)
    return moved(order, to, now=now, lines=lines, ending_reason=reason)
