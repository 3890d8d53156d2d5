"""What a refund is, and how much may go back. Pure.

Money, goods and the promise to ship are three things: a refund moves money; with `restock`, units come back with it:
those that had not left are cancelled from the order, those that had are returned to a shelf.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory import Asked, SkuPick, demand_of
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Money, round_ratio, total
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import Actor
from storekeeper.orders import Order, OrderLine, OrderStatus, Wanted, moved, paid_with, with_lines
from storekeeper.payments import RefundState

OPEN_STATES = frozenset({RefundState.PENDING, RefundState.REQUIRES_ACTION})


class RefundTooLarge(StorekeeperError):
    """More than is left of what was captured."""

    code, kind = "refund_too_large", "conflict"

    def __init__(self, refundable: Money) -> None:
        left = f"{refundable} {refundable.currency.code}"
        fault = Fault("amount", self.code, f"At most {left}.", (("refundable", str(refundable)),))
        super().__init__(f"Of what was paid, {left} can still be refunded.", faults=(fault,))


class LineUnits(Struct, frozen=True):
    """Units of one line of an order."""

    line_id: str
    units: int


class RefundRequest(Struct, frozen=True):
    """What the merchant asks. Neither amount nor lines: all that is left. Both: this amount, for those units."""

    reason: str
    amount: Money | None = None
    lines: tuple[Wanted, ...] = ()
    restock: bool = False
    return_to: LocationId | None = None


class Refund(Struct, frozen=True):
    """Money on its way back, or arrived, or refused. `provider_id` is the provider's own id of it."""

    id: str
    order_id: str
    amount: Money
    state: RefundState
    reason: str
    lines: tuple[LineUnits, ...]
    restock: bool
    actor: Actor
    created_at: datetime
    updated_at: datetime
    provider_id: str | None = None
    failure_code: str | None = None
    version: int = 1


class RefundPlan(Struct, frozen=True):
    """The amount, the order after it, and the units that come back: `released` had not left, `returned` had.

    Units are those on shelves: of a kit come its components.
    """

    amount: Money
    after: Order
    lines: tuple[LineUnits, ...]
    released: tuple[SkuPick, ...]
    returned: Mapping[str, int]


def plan_refund(order: Order, request: RefundRequest, *, now: datetime) -> RefundPlan:
    """What a request comes to.

    Raises:
        Invalid: `line_unknown`, `units_exceeded`, `amount_out_of_range`.
        RefundTooLarge: it is more than is left.
    """
    refundable = order.payment.refundable if order.payment else Money.zero(order.currency)
    lines = _named(order, request.lines)
    if not request.lines and request.amount is None:
        lines = _all_units(order)
    amount = request.amount
    if amount is None:
        amount = _amount_of(order, lines) if request.lines else refundable
    if refundable < amount or not refundable:
        raise RefundTooLarge(refundable)
    if amount.minor <= 0:
        raise Invalid.field("amount", "amount_out_of_range", "A refund is more than nothing.")
    return _planned(order, amount, lines, restock=request.restock, now=now)


def _all_units(order: Order) -> tuple[LineUnits, ...]:
    return tuple(LineUnits(line.id, left) for line in order.lines if (left := line.quantity - line.refunded))


def _named(order: Order, wanted: Sequence[Wanted]) -> tuple[LineUnits, ...]:
    """The units that are asked for, by line, of lines that a wish means in their order; every fault at once."""
    units: dict[str, int] = {}
    faults: list[Fault] = []
    for at, wish in enumerate(wanted):
        meant = [line for line in order.lines if wish.means(line)]
        missing = wish.quantity
        for line in meant:
            drawn = min(missing, line.quantity - line.refunded - units.get(line.id, 0))
            units[line.id] = units.get(line.id, 0) + drawn
            missing -= drawn
        if not meant:
            faults.append(Fault(f"lines.{at}", "line_unknown", "The order has no such line."))
        elif missing:
            left = wish.quantity - missing
            detail = f"{left} units of {meant[0].sku} have not been refunded."
            faults.append(Fault(f"lines.{at}.quantity", "units_exceeded", detail, (("left", left),)))
    if faults:
        raise Invalid("These units cannot be refunded; see errors.", faults=faults)
    return tuple(LineUnits(line_id, count) for line_id, count in units.items())


def _amount_of(order: Order, lines: Sequence[LineUnits]) -> Money:
    by_id = {line.id: line for line in order.lines}
    return total((share_of(by_id[asked.line_id], asked.units) for asked in lines), order.currency)


def share_of(line: OrderLine, units: int) -> Money:
    """What the next `units` of a line to be refunded cost, tax included: all its units together give its total."""
    upto = round_ratio(line.total.minor * (line.refunded + units), line.quantity)
    before = round_ratio(line.total.minor * line.refunded, line.quantity)
    return Money(upto - before, line.total.currency)


def _planned(order: Order, amount: Money, lines: Sequence[LineUnits], *, restock: bool, now: datetime) -> RefundPlan:
    asked = {line.line_id: line.units for line in lines}
    after_lines: list[OrderLine] = []
    cancelled: list[Asked] = []
    returned: list[Asked] = []
    for line in order.lines:
        units = asked.get(line.id, 0)
        unshipped, back = _coming_back(order, line, units) if restock else (0, 0)
        cancelled.append(line.asked(unshipped))
        returned.append(line.asked(back))
        off = replace(line, cancelled=line.cancelled + unshipped, returned=line.returned + back)
        after_lines.append(replace(off, refunded=line.refunded + units))
    released, kept = _part_picks(order.picks, demand_of(cancelled))
    after = _refunded(with_lines(order, tuple(after_lines), picks=kept, now=now), amount, now=now)
    return RefundPlan(
        amount,
        replace(after, version=order.version + 1),
        tuple(lines),
        released,
        {sku: units for sku, units in demand_of(returned).items() if units},
    )


def _coming_back(order: Order, line: OrderLine, units: int) -> tuple[int, int]:
    """Of refunded units of a line: how many had not left and are taken off it, and how many had and are returned.

    Units that a former refund took off without this one's money come first: they are back already.
    """
    pending = max(0, line.cancelled - line.refunded)
    left = max(0, units - pending)
    unshipped = 0 if order.status is OrderStatus.CANCELLED else min(left, line.unfulfilled)
    return unshipped, min(left - unshipped, line.fulfilled - line.returned)


def taken_off(order: Order, plan: RefundPlan, *, now: datetime) -> Order:
    """The order without the units that had not left, and before its refund: one version on."""
    cancelled = {after.id: after.cancelled for after in plan.after.lines}
    lines = tuple(replace(line, cancelled=cancelled[line.id]) for line in order.lines)
    return with_lines(order, lines, picks=plan.after.picks, now=now)


def _part_picks(
    picks: Sequence[SkuPick], cancelled: Mapping[str, int]
) -> tuple[tuple[SkuPick, ...], tuple[SkuPick, ...]]:
    """The picks that go back, and those that the order keeps."""
    left = dict(cancelled)
    released, kept = [], []
    for pick in picks:
        units = min(pick.units, left.get(pick.sku, 0))
        left[pick.sku] = left.get(pick.sku, 0) - units
        released.append(replace(pick, units=units))
        kept.append(replace(pick, units=pick.units - units))
    return tuple(pick for pick in released if pick.units), tuple(pick for pick in kept if pick.units)


def _refunded(order: Order, amount: Money, *, now: datetime) -> Order:
    """The order with this much more asked back; one that has nothing left to send, and never sent a thing, is over."""
    if order.payment is None:
        raise ValueError("an order that costs nothing has nothing to refund")
    after = paid_with(order, replace(order.payment, refunded=order.payment.refunded + amount), now=now)
    nothing_leaves = not any(line.unfulfilled or line.fulfilled for line in after.lines)
    if after.status is OrderStatus.PROCESSING and nothing_leaves:
        after = moved(after, OrderStatus.CANCELLED, now=now, cancelled_at=now, cancel_reason="refunded")
    return after


def unrefunded(order: Order, refund: Refund, *, now: datetime) -> Order:
    """The order after its refund was refused in the end: the money is still the merchant's."""
    if order.payment is None:
        raise ValueError("an order that costs nothing has nothing to refund")
    payment = replace(order.payment, refunded=order.payment.refunded - refund.amount)
    units = {asked.line_id: asked.units for asked in refund.lines}
    lines = tuple(replace(line, refunded=line.refunded - units.get(line.id, 0)) for line in order.lines)
    return paid_with(order, payment, now=now, lines=lines)
