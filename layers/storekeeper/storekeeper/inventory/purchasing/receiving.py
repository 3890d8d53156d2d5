"""What a receipt makes of an order: which units go on the shelf, at which cost. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.purchasing.exchange import ExchangeRate, check_rate
from storekeeper.inventory.purchasing.model import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseOrderId,
    PurchaseStatus,
    changed,
    moved,
)
from storekeeper.inventory.tracking.model import NOTHING, Names
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.trace import Actor


class TooManyUnits(StorekeeperError):
    """More came than is outstanding, and nobody said that this is meant."""

    code, kind = "too_many_units", "conflict"


class NotExpected(StorekeeperError):
    """A level does not expect what the order has on its way there: its ledger must be looked into."""

    code, kind = "not_expected", "conflict"


class Arrival(Struct, frozen=True):
    """Units of a line that have come: `received` go on the shelf, `rejected` do not, for a `reason`.

    The line is named by its id, or by its SKU (and location, where the order has the SKU for several). `unit_cost` is
    what a unit has really cost, in the supplier's currency; None: as agreed. `names` are those of the received units.
    """

    received: int
    rejected: int = 0
    reason: str = ""
    unit_cost: Money | None = None
    line_id: str | None = None
    sku: str | None = None
    location_id: str | None = None
    names: Names = NOTHING

    def means(self, line: PurchaseLine) -> bool:
        """Whether it is of this line."""
        asked = (self.line_id, self.sku, self.location_id)
        return all(one in (None, has) for one, has in zip(asked, (line.id, line.sku, line.location_id), strict=True))


class ReceiptLine(Struct, frozen=True):
    """What came of a line. `of_expected`: so many of them were on their way.

    `unit_cost` is that of one unit in the supplier's currency, `cost` the same in the tenant's. The serials and batches
    keep the `names`, not the receipt.
    """

    line_id: str
    sku: str
    location_id: LocationId
    received: int
    rejected: int
    reason: str
    of_expected: int
    unit_cost: Money
    cost: Money
    names: Names = NOTHING


class Receipt(Struct, frozen=True):
    """What came of an order at one time, and who took it in. Never changed."""

    id: str
    order_id: PurchaseOrderId
    lines: tuple[ReceiptLine, ...]
    exchange_rate: ExchangeRate | None
    actor: Actor
    received_at: datetime


class Delivery(Struct, frozen=True):
    """What a merchant says has come. `rate` None: the order's; `allow_over`: more than outstanding is meant."""

    arrivals: tuple[Arrival, ...]
    rate: ExchangeRate | None = None
    allow_over: bool = False


def receive(
    order: PurchaseOrder, delivery: Delivery, *, currency: Currency, receipt_id: str, actor: Actor, now: datetime
) -> tuple[PurchaseOrder, Receipt]:
    """The order after a delivery, and the receipt of it. `currency` is the tenant's, in which stock is valued.

    Rejected units have come, so they are outstanding no more; what replaces them is another order.

    Raises:
        WrongState: nothing of the order is on its way.
        Invalid: a line that is not in the order, is named twice, or brings nothing; units rejected for no reason; no
            exchange rate where one is needed.
        TooManyUnits: more than is outstanding, and `allow_over` is not set.
    """
    if not order.is_open:
        raise WrongState(f"What is {order.status.value} cannot be received.")
    rate = delivery.rate or order.exchange_rate
    check_rate(rate, supplier=order.currency, tenant=currency)
    meant = [_meant(order, arrival) for arrival in delivery.arrivals]
    _check_arrivals(delivery.arrivals, meant)
    pairs = [(arrival, found[0]) for arrival, found in zip(delivery.arrivals, meant, strict=True)]
    if not delivery.allow_over:
        _check_not_over(pairs)
    lines = tuple(_receipt_line(arrival, line, rate, currency) for arrival, line in pairs)
    receipt = Receipt(receipt_id, order.id, lines, rate, actor, max(now, order.updated_at))
    return _after(order, lines, now=now), receipt


def _meant(order: PurchaseOrder, arrival: Arrival) -> list[PurchaseLine]:
    return [line for line in order.lines if arrival.means(line)]


def _check_arrivals(arrivals: Sequence[Arrival], meant: Sequence[Sequence[PurchaseLine]]) -> None:
    faults = [fault for row, arrival in enumerate(arrivals) for fault in _faults(row, arrival, meant)]
    if faults:
        raise Invalid("A line cannot be received; see errors.", faults=faults)


def _faults(row: int, arrival: Arrival, meant: Sequence[Sequence[PurchaseLine]]) -> Iterator[Fault]:
    at, found = f"lines.{row}", meant[row]
    if not found:
        yield Fault(at, "line_unknown", "The order has no such line.")
    elif len(found) > 1:
        yield Fault(at, "line_ambiguous", "The order has the SKU for several locations; give location_id or line_id.")
    elif any(other[0].id == found[0].id for other in meant[:row] if other):
        yield Fault(at, "line_repeated", "Name each line once.")
    if not arrival.received + arrival.rejected:
        yield Fault(f"{at}.quantity", "nothing_received", "Leave out what has not come.")
    if arrival.rejected and not arrival.reason:
        yield Fault(f"{at}.reason", "reason_missing", "Say why units were rejected.")


def _check_not_over(pairs: Sequence[tuple[Arrival, PurchaseLine]]) -> None:
    faults = [
        Fault(
            f"lines.{row}.quantity",
            TooManyUnits.code,
            f"{line.outstanding} units are outstanding.",
            (("sku", line.sku), ("outstanding", line.outstanding), ("requested", arrival.received + arrival.rejected)),
        )
        for row, (arrival, line) in enumerate(pairs)
        if arrival.received + arrival.rejected > line.outstanding
    ]
    if faults:
        raise TooManyUnits("More came than is outstanding; see errors, or send allow_over.", faults=faults)


def _receipt_line(arrival: Arrival, line: PurchaseLine, rate: ExchangeRate | None, currency: Currency) -> ReceiptLine:
    unit_cost = line.unit_cost if arrival.unit_cost is None else arrival.unit_cost
    return ReceiptLine(
        line_id=line.id,
        sku=line.sku,
        location_id=line.location_id,
        received=arrival.received,
        rejected=arrival.rejected,
        reason=arrival.reason,
        of_expected=min(line.outstanding, arrival.received + arrival.rejected),
        unit_cost=unit_cost,
        cost=rate.convert(unit_cost, currency) if rate else unit_cost,
        names=arrival.names,
    )


def _after(order: PurchaseOrder, came: Sequence[ReceiptLine], *, now: datetime) -> PurchaseOrder:
    by_line = {one.line_id: one for one in came}
    lines = tuple(_line_after(line, by_line[line.id]) if line.id in by_line else line for line in order.lines)
    status = PurchaseStatus.PARTIALLY_RECEIVED if any(line.outstanding for line in lines) else PurchaseStatus.RECEIVED
    if status is order.status:
        return changed(order, now=now, lines=lines)
    return moved(order, status, now=now, lines=lines)


def _line_after(line: PurchaseLine, came: ReceiptLine) -> PurchaseLine:
    return replace(
        line,
        received=line.received + came.received,
        rejected=line.rejected + came.rejected,
        received_cost=line.received_cost + came.unit_cost * came.received,
    )
