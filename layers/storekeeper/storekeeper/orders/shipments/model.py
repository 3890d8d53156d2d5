"""Decide what leaves: which units of which lines, from which picks, and what the order is after. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from msgspec import Struct, field

from storekeeper.inventory import Names, SkuPick, demand_of
from storekeeper.kernel.errors import Fault, StorekeeperError
from storekeeper.kernel.ids import LocationId, OrderId, StoreId
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import move
from storekeeper.kernel.table import MAX_TRANSACTION
from storekeeper.orders.model import Order, OrderLine, ShippingChoice, changed
from storekeeper.orders.statuses import (
    FULFILLMENT_TRANSITIONS,
    ORDER_TRANSITIONS,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
)

MAX_LEVELS = MAX_TRANSACTION - 3  # beside them go the order, the shipment and the idempotency mark
NUMBER_SLOT = "{tracking_number}"
_UNPAID = frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED})
_SHIPPING = frozenset({OrderStatus.PROCESSING, OrderStatus.SHIPPED})


class NotFulfillable(StorekeeperError):
    """The order is not one from which anything may leave now."""

    code, kind = "order_not_fulfillable", "conflict"


class NothingToFulfill(StorekeeperError):
    """Every unit has left already."""

    code, kind = "nothing_to_fulfill", "conflict"

    def __init__(self) -> None:
        super().__init__("Nothing of this order is left to fulfill.")


class OverFulfilled(StorekeeperError):
    """More of some lines is to leave than has yet to; `faults` name each."""

    code, kind = "over_fulfilled", "conflict"


class LineUnknown(StorekeeperError):
    """The order has no such line; `faults` name each."""

    code, kind = "line_unknown", "invalid"


class NotReserved(StorekeeperError):
    """The order owns too few units there; `faults` name each SKU."""

    code, kind = "stock_not_reserved", "conflict"


class TooManyLevels(StorekeeperError):
    """The units lie in more levels than one transaction takes."""

    code, kind = "too_many_levels", "conflict"

    def __init__(self, levels: int) -> None:
        super().__init__(f"The units lie in {levels} levels; at most {MAX_LEVELS} go at once: name some of the lines.")


class Wanted(Struct, frozen=True):
    """Units that are to leave, of the line with this id, or of the lines with this SKU, first come first."""

    quantity: int
    line_id: str | None = None
    sku: str | None = None

    def means(self, line: OrderLine) -> bool:
        """Whether it may be units of this line."""
        return line.id == self.line_id if self.line_id is not None else line.sku == self.sku


class Dispatch(Struct, frozen=True):
    """How a shipment goes. `wanted` None: all that is left. `location_id` None: from wherever the units lie.

    `names`: which units go of SKUs whose units are told apart.
    """

    wanted: tuple[Wanted, ...] | None = None
    location_id: LocationId | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    names: Mapping[str, Names] = field(default_factory=dict)


class ShippedLine(Struct, frozen=True):
    """Units of one line in a shipment."""

    line_id: str
    sku: str
    quantity: int


class Shipment(Struct, frozen=True):
    """Units that left together. `picks` says from where. `digital`: they were handed over, and no parcel left."""

    id: str
    order_id: OrderId
    store_id: StoreId
    lines: tuple[ShippedLine, ...]
    picks: tuple[SkuPick, ...]
    shipped_at: datetime
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    digital: bool = False


def plan_shipment(order: Order, dispatch: Dispatch, *, shipment_id: str, now: datetime) -> tuple[Order, Shipment]:
    """The order after the shipment, and the shipment.

    Raises:
        NotFulfillable: the order is not processing, or a card has yet to pay for it.
        NothingToFulfill: all units have left.
        LineUnknown, OverFulfilled: what is wanted does not fit the order's lines.
        NotReserved: the location that was named has too few of the order's units.
        TooManyLevels: it is too much for one transaction.
    """
    _check_fulfillable(order)
    units = _units_by_line(order.lines, dispatch.wanted)
    lines = tuple(ShippedLine(line.id, line.sku, units[line.id]) for line in order.lines if units.get(line.id))
    if not lines:
        raise NothingToFulfill
    asked = demand_of(line.asked(units[line.id]) for line in order.lines if units.get(line.id))
    drawn, left = _draw(order.picks, asked, location_id=dispatch.location_id)
    if len(drawn) > MAX_LEVELS:
        raise TooManyLevels(len(drawn))
    shipment = Shipment(
        id=shipment_id,
        order_id=order.id,
        store_id=order.store_id,
        lines=lines,
        picks=drawn,
        shipped_at=max(now, order.updated_at),
        carrier=dispatch.carrier,
        tracking_number=dispatch.tracking_number,
        tracking_url=dispatch.tracking_url or _tracking_url(order.shipping_method, dispatch.tracking_number),
    )
    after = tuple(replace(line, fulfilled=line.fulfilled + units.get(line.id, 0)) for line in order.lines)
    return with_lines(order, after, picks=left, now=now), shipment


def with_lines(order: Order, lines: tuple[OrderLine, ...], *, picks: tuple[SkuPick, ...], now: datetime) -> Order:
    """The order with these lines and picks, and the statuses that follow.

    It is shipped once all that needs shipping has left.

    Raises:
        WrongState: units that have left do not come back by this.
    """
    fulfillment = fulfillment_status_of(lines)
    if fulfillment is not order.fulfillment_status:
        fulfillment = move(order.fulfillment_status, fulfillment, FULFILLMENT_TRANSITIONS)
    status = order.status
    if status is OrderStatus.PROCESSING and fulfillment is FulfillmentStatus.FULFILLED:
        status = move(status, OrderStatus.SHIPPED, ORDER_TRANSITIONS)
    return changed(order, now=now, lines=lines, picks=picks, fulfillment_status=fulfillment, status=status)


def fulfillment_status_of(lines: Iterable[OrderLine]) -> FulfillmentStatus:
    """How much of these lines has left; units taken off the order count neither way.

    Only what needs shipping counts; where nothing does, what was handed over.
    """
    lines = tuple(lines)
    lines = tuple(line for line in lines if line.requires_shipping and line.quantity > line.cancelled) or lines
    if not any(line.fulfilled for line in lines):
        return FulfillmentStatus.UNFULFILLED
    if any(line.unfulfilled for line in lines):
        return FulfillmentStatus.PARTIALLY_FULFILLED
    return FulfillmentStatus.FULFILLED


def expected_delivery(order: Order, shipment: Shipment) -> tuple[datetime, datetime] | None:
    """Between when and when the shipment should arrive; None if the shipping method does not say."""
    choice = order.shipping_method
    if choice is None or choice.days_min is None or choice.days_max is None:
        return None
    return shipment.shipped_at + timedelta(days=choice.days_min), shipment.shipped_at + timedelta(days=choice.days_max)


def _check_fulfillable(order: Order) -> None:
    if order.status not in _SHIPPING:
        raise NotFulfillable(f"An order that is {order.status.value} cannot be fulfilled.")
    by_card = order.payment is not None and order.payment.provider == "stripe"
    if by_card and order.payment_status in _UNPAID:
        raise NotFulfillable("The card payment has not come yet.")


def _units_by_line(lines: Sequence[OrderLine], wanted: Sequence[Wanted] | None) -> dict[str, int]:
    """How many units of each line are to leave: what each wish takes from the lines it means, in order."""
    if wanted is None:
        return {line.id: line.unfulfilled for line in lines}
    units: dict[str, int] = {}
    unknown: list[Fault] = []
    over: list[Fault] = []
    for at, wish in enumerate(wanted):
        meant = [line for line in lines if wish.means(line)]
        if not meant:
            unknown.append(Fault(f"lines.{at}", LineUnknown.code, "The order has no such line."))
            continue
        missing = wish.quantity
        for line in meant:
            taken = min(missing, line.unfulfilled - units.get(line.id, 0))
            units[line.id] = units.get(line.id, 0) + taken
            missing -= taken
        if missing:
            over.append(_over_fault(at, wish, meant, missing))
    if unknown:
        raise LineUnknown("The order has no such line; see errors.", faults=unknown)
    if over:
        raise OverFulfilled("More is to leave than has yet to; see errors.", faults=over)
    return units


def _over_fault(at: int, wish: Wanted, meant: Sequence[OrderLine], missing: int) -> Fault:
    left = wish.quantity - missing
    facts = (("line_id", meant[0].id), ("sku", meant[0].sku), ("requested", wish.quantity), ("unfulfilled", left))
    return Fault(f"lines.{at}.quantity", OverFulfilled.code, f"{left} units have yet to leave.", facts)


def _draw(
    picks: Sequence[SkuPick], asked: Mapping[str, int], *, location_id: LocationId | None
) -> tuple[tuple[SkuPick, ...], tuple[SkuPick, ...]]:
    """The picks that cover the units asked for, by SKU, and those that stay; in their order, drawn at the named
    location only.
    """
    missing = dict(asked)
    drawn: list[SkuPick] = []
    left: list[SkuPick] = []
    for pick in picks:
        here = location_id is None or pick.location_id == location_id
        units = min(pick.units, missing.get(pick.sku, 0)) if here else 0
        missing[pick.sku] = missing.get(pick.sku, 0) - units
        drawn += [replace(pick, units=units)] if units else []
        left += [replace(pick, units=pick.units - units)] if pick.units > units else []
    if short := {sku: units for sku, units in missing.items() if units}:
        raise NotReserved("The order owns too few units there; see errors.", faults=_short_faults(short, asked))
    return tuple(drawn), tuple(left)


def _short_faults(short: Mapping[str, int], asked: Mapping[str, int]) -> list[Fault]:
    return [
        Fault(
            "location_id",
            NotReserved.code,
            f"{asked[sku] - units} of {asked[sku]} units are reserved there.",
            (("sku", sku), ("requested", asked[sku]), ("reserved", asked[sku] - units)),
        )
        for sku, units in short.items()
    ]


def _tracking_url(choice: ShippingChoice | None, number: str | None) -> str | None:
    if choice is None or choice.tracking_template is None or number is None:
        return None
    return choice.tracking_template.replace(NUMBER_SLOT, quote(number, safe=""))
