"""What a serial is, and what may become of it. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from storekeeper.inventory.tracking.model import Occasion, Place
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.ids import LocationId, TenantId, derived_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import move
from storekeeper.kernel.trace import Actor

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a serial's id follows from its number alone, whenever it first came


class SerialStatus(StrEnum):
    """Where a unit is: on a shelf, there for an order, on its way, with a customer, back on no shelf, or lost."""

    IN_STOCK = "in_stock"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    SOLD = "sold"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"


_S = SerialStatus
SERIAL_TRANSITIONS: Mapping[SerialStatus, frozenset[SerialStatus]] = {
    _S.IN_STOCK: frozenset({_S.RESERVED, _S.IN_TRANSIT, _S.SOLD, _S.WRITTEN_OFF}),
    _S.RESERVED: frozenset({_S.IN_STOCK, _S.SOLD}),
    _S.IN_TRANSIT: frozenset({_S.IN_STOCK, _S.WRITTEN_OFF}),
    _S.SOLD: frozenset({_S.RETURNED, _S.IN_STOCK}),
    _S.RETURNED: frozenset({_S.IN_STOCK, _S.WRITTEN_OFF}),
    _S.WRITTEN_OFF: frozenset({_S.IN_STOCK}),
}
_ON_SHELF = frozenset({_S.IN_STOCK, _S.RESERVED})


class SerialNotFound(NotFound):
    """No such serial of this tenant."""

    code = "serial_unknown"


class SerialTaken(StorekeeperError):
    """The serial is in stock already: a unit is there once."""

    code, kind = "serial_in_stock", "conflict"


class SerialNotThere(StorekeeperError):
    """The serial is not in stock where it is to go from."""

    code, kind = "serial_not_there", "conflict"


class SerialReserved(StorekeeperError):
    """The serial is reserved for another order."""

    code, kind = "serial_reserved", "conflict"


class Step(Struct, frozen=True):
    """One thing that became of a serial: its status from then on, and why."""

    status: SerialStatus
    at: datetime
    actor: Actor
    reference_type: str
    reference_id: str
    location_id: LocationId | None = None
    reason: str = ""


class Serial(Struct, frozen=True):
    """One unit of a SKU. `location_id` while it lies there; `order_id` while it is reserved, sold, or returned."""

    id: str
    sku: str
    number: str
    status: SerialStatus
    location_id: LocationId | None
    order_id: str | None
    history: tuple[Step, ...]
    version: int

    @property
    def is_on_shelf(self) -> bool:
        """Whether its level counts it."""
        return self.status in _ON_SHELF


def serial_id(tenant_id: TenantId, sku: str, number: str) -> str:
    """The id of a SKU's serial: so that a number is one unit, whoever says it first."""
    return derived_id("ser", tenant_id, sku, number, at=_EPOCH)


def arrived(known: Serial | None, number: str, place: Place, occasion: Occasion, *, tenant_id: TenantId) -> Serial:
    """A unit that comes to a shelf: a new one, or one that was gone.

    Raises:
        SerialTaken: it lies on a shelf already.
    """
    if known is None:
        step = _step(SerialStatus.IN_STOCK, occasion, place.location_id)
        made_id = serial_id(tenant_id, place.sku, number)
        return Serial(made_id, place.sku, number, step.status, place.location_id, None, (step,), 1)
    if known.is_on_shelf:
        raise SerialTaken(f"{number} is in stock already.")
    return _moved(known, SerialStatus.IN_STOCK, occasion, location_id=place.location_id)


def gone(
    known: Serial | None,
    number: str,
    place: Place,
    occasion: Occasion,
    *,
    order_id: str | None,
    otherwise: SerialStatus = SerialStatus.WRITTEN_OFF,
) -> Serial:
    """A unit that leaves its shelf: with an order, or (`order_id` None) on its way, or lost, as `otherwise` says.

    Raises:
        SerialNotThere: it does not lie there.
        SerialReserved: it lies there for another order.
    """
    if known is None or not known.is_on_shelf or known.location_id != place.location_id:
        raise SerialNotThere(f"{number} is not in stock there.")
    if known.status is SerialStatus.RESERVED and known.order_id != order_id:
        raise SerialReserved(f"{number} is reserved for order {known.order_id}; release it first.")
    return _moved(known, SerialStatus.SOLD if order_id else otherwise, occasion, order_id=order_id)


def reserved(known: Serial, order_id: str, occasion: Occasion) -> Serial:
    """A unit that is put aside for an order; the same one if it is already.

    Raises:
        SerialReserved: it is put aside for another one.
        WrongState: it is not in stock.
    """
    if known.status is SerialStatus.RESERVED:
        if known.order_id == order_id:
            return known
        raise SerialReserved(f"{known.number} is reserved for order {known.order_id}; release it first.")
    return _moved(known, SerialStatus.RESERVED, occasion, location_id=known.location_id, order_id=order_id)


def set_free(known: Serial, occasion: Occasion) -> Serial:
    """A unit that is put aside for nobody any more.

    Raises:
        WrongState: it was not reserved.
    """
    if known.status is not SerialStatus.RESERVED:
        move(known.status, SerialStatus.RESERVED, dict.fromkeys(SerialStatus, ()))
    return _moved(known, SerialStatus.IN_STOCK, occasion, location_id=known.location_id)


def came_back(known: Serial, occasion: Occasion) -> Serial:
    """A sold unit that is back, and lies on no shelf yet. It is still known which order it was of.

    Raises:
        WrongState: it was not sold.
    """
    return _moved(known, SerialStatus.RETURNED, occasion, order_id=known.order_id)


def written_off(known: Serial, occasion: Occasion) -> Serial:
    """A unit that came back, or was on its way, and will not be sold again. What lies on a shelf goes by an adjustment.

    Raises:
        WrongState: it neither came back nor is it on its way.
    """
    if known.status not in {SerialStatus.RETURNED, SerialStatus.IN_TRANSIT}:
        move(known.status, SerialStatus.WRITTEN_OFF, dict.fromkeys(SerialStatus, ()))
    return _moved(known, SerialStatus.WRITTEN_OFF, occasion)


def _moved(
    known: Serial,
    to: SerialStatus,
    occasion: Occasion,
    *,
    location_id: LocationId | None = None,
    order_id: str | None = None,
) -> Serial:
    in_turn = replace(occasion, at=max(occasion.at, known.history[-1].at))  # whatever the clocks say
    step = _step(move(known.status, to, SERIAL_TRANSITIONS), in_turn, location_id or known.location_id)
    return replace(
        known,
        status=to,
        location_id=location_id,
        order_id=order_id,
        history=(*known.history, step),
        version=known.version + 1,
    )


def _step(status: SerialStatus, occasion: Occasion, location_id: LocationId | None) -> Step:
    return Step(
        status,
        occasion.at,
        occasion.actor,
        occasion.reference_type,
        occasion.reference_id,
        location_id,
        occasion.reason,
    )
