"""Which lines an order may have, and what they cost unless that is said. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.purchasing.model import MAX_LINES, PurchaseLine, PurchaseOrderId
from storekeeper.inventory.suppliers.skus.model import SupplierSku
from storekeeper.kernel.errors import Fault, Invalid
from storekeeper.kernel.ids import LocationId, derived_id
from storekeeper.kernel.money import Money
from storekeeper.tenancy import Settings


class WantedLine(Struct, frozen=True):
    """A line as a merchant gives it. None: the supplier's cost, the default location, when the rest is expected."""

    sku: str
    quantity: int
    unit_cost: Money | None = None
    location_id: str | None = None
    expected_at: datetime | None = None


class Known(Struct, frozen=True):
    """What lines are decided from: which SKUs there are, what the supplier says of them, and the locations."""

    skus: Collection[str]
    sold: Mapping[str, SupplierSku]
    settings: Settings


def lines_from(
    wanted: Sequence[WantedLine], *, known: Known, order_id: PurchaseOrderId, made_at: datetime
) -> tuple[PurchaseLine, ...]:
    """The lines of an order. A line that stays in a draft keeps its id: SKU and location give it.

    Raises:
        Invalid: too many lines, or each line that cannot be: an unknown SKU or location, a closed location, SKU and
            location named twice, no cost.
    """
    if len(wanted) > MAX_LINES:
        detail = f"An order has at most {MAX_LINES} lines; split it into several orders."
        raise Invalid.field("lines", "too_many_lines", detail)
    default = known.settings.default_location().id
    places = [(line.sku, line.location_id or default) for line in wanted]
    faults = [fault for row, line in enumerate(wanted) for fault in _faults(row, line, places, known)]
    if faults:
        raise Invalid("A line cannot be ordered; see errors.", faults=faults)
    return tuple(
        _line(line, LocationId(place[1]), known, order_id=order_id, made_at=made_at)
        for line, place in zip(wanted, places, strict=True)
    )


def _faults(row: int, line: WantedLine, places: Sequence[tuple[str, str]], known: Known) -> Iterator[Fault]:
    at, location_id = f"lines.{row}", places[row][1]
    if line.sku not in known.skus:
        yield Fault(f"{at}.sku", "sku_unknown", "No variant has this SKU.")
    elif line.unit_cost is None and line.sku not in known.sold:
        yield Fault(f"{at}.unit_cost", "unit_cost_missing", "Say what a unit costs: the supplier has no cost for it.")
    yield from _location_faults(at, location_id, known.settings)
    if places[row] in places[:row]:
        yield Fault(
            f"{at}.sku", "line_repeated", "The order has the SKU for this location already; add the units there."
        )


def check_locations(lines: Sequence[PurchaseLine], *, settings: Settings) -> None:
    """Whether all locations still take units in.

    Raises:
        Invalid: names each line whose location has gone, or is closed.
    """
    rows = enumerate(lines)
    faults = [fault for row, line in rows for fault in _location_faults(f"lines.{row}", line.location_id, settings)]
    if faults:
        raise Invalid("A location takes nothing in; see errors.", faults=faults)


def _location_faults(at: str, location_id: str, settings: Settings) -> Iterator[Fault]:
    if (location := settings.locations.get(LocationId(location_id))) is None:
        yield Fault(f"{at}.location_id", "location_unknown", "There is no such location.")
    elif not location.active:
        yield Fault(f"{at}.location_id", "location_inactive", "The location is closed; activate it, or name another.")


def _line(
    line: WantedLine, location_id: LocationId, known: Known, *, order_id: PurchaseOrderId, made_at: datetime
) -> PurchaseLine:
    sold = known.sold.get(line.sku)
    unit_cost = line.unit_cost if line.unit_cost is not None or sold is None else sold.terms.unit_cost
    if unit_cost is None:
        raise ValueError("a line without a cost is refused before")
    return PurchaseLine(
        id=derived_id("pol", order_id, line.sku, location_id, at=made_at),
        sku=line.sku,
        location_id=location_id,
        quantity=line.quantity,
        unit_cost=unit_cost,
        received_cost=Money.zero(unit_cost.currency),
        supplier_sku=sold.terms.supplier_sku if sold else None,
        expected_at=line.expected_at,
    )
