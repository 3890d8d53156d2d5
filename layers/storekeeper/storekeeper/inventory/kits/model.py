"""What a kit is, how many of one there are, and what components those who want kits need. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NewType

from msgspec import Struct

from storekeeper.catalog import Component
from storekeeper.inventory.errors import Shortage
from storekeeper.kernel.errors import Fault, Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import ProductId
from storekeeper.kernel.records import replace

KitId = NewType("KitId", str)

MAX_COMPONENTS = 20  # each is two items of the transaction that makes the kit
MAX_QUANTITY = 100  # of one component: what has more than that in one level is not what a kit lacks


class KitNotFound(NotFound):
    """No such kit of this tenant."""

    code = "kit_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such kit.")


class KitExists(StorekeeperError):
    """The SKU is a kit already."""

    code, kind = "kit_exists", "conflict"


class SkuStocked(StorekeeperError):
    """The SKU has, or had, stock of its own."""

    code, kind = "sku_stocked", "conflict"


class SkuInKits(StorekeeperError):
    """The SKU is a component of kits, and kits are not made of kits."""

    code, kind = "sku_in_kits", "conflict"


class Kit(Struct, frozen=True):
    """A SKU of which one unit is `components`. It keeps no stock, so it has no levels."""

    id: KitId
    sku: str
    product_id: ProductId
    components: tuple[Component, ...]
    version: int
    created_at: datetime
    updated_at: datetime


class SkuFacts(Struct, frozen=True):
    """What decides whether a SKU can be a kit, or part of one."""

    product_id: ProductId
    stocked: bool
    kit_id: KitId | None
    in_kits: int


class Asked(Struct, frozen=True):
    """Units of a SKU that somebody wants to have; with `components` where it is a kit."""

    sku: str
    units: int
    components: tuple[Component, ...] = ()

    @property
    def demand(self) -> Mapping[str, int]:
        """The units that are kept on shelves, by SKU."""
        if not self.components:
            return {self.sku: self.units}
        return {one.sku: one.quantity * self.units for one in self.components}


def demand_of(asked: Iterable[Asked]) -> dict[str, int]:
    """All that is wanted, by the SKU that is kept on shelves: a kit's components count with what is wanted besides."""
    demand: dict[str, int] = {}
    for one in asked:
        for sku, units in one.demand.items():
            demand[sku] = demand.get(sku, 0) + units
    return demand


def kits_in(components: Sequence[Component], units: Mapping[str, int]) -> int:
    """How many kits so many units of the components make: the scarcest one decides."""
    return min((units.get(one.sku, 0) // one.quantity for one in components), default=0)


def told_shortages(asked: Sequence[Asked], short: Iterable[Shortage]) -> tuple[Shortage, ...]:
    """What is short on shelves, told of what was asked for: who wants a kit does not know its components.

    Lines are served in their order; each that cannot be as a whole is named with what is left for it.
    """
    left = {one.sku: one.available for one in short}
    told: list[Shortage] = []
    for line in asked:
        per_unit = replace(line, units=1).demand
        units = min([line.units, *(max(0, left[sku]) // needed for sku, needed in per_unit.items() if sku in left)])
        for sku in per_unit.keys() & left.keys():
            left[sku] -= per_unit[sku] * units
        if units < line.units:
            told.append(Shortage(line.sku, requested=line.units, available=units))
    return tuple(told)


def check_sku(sku: str, facts: SkuFacts) -> None:
    """Whether a SKU can become a kit.

    Raises:
        KitExists: it is one.
        SkuStocked: it has, or had, stock.
        SkuInKits: it is a component.
    """
    if facts.kit_id:
        raise KitExists(f"{sku} is a kit already; change its components.")
    if facts.stocked:
        raise SkuStocked(f"{sku} has, or had, stock of its own. Make a new variant for the kit.")
    if facts.in_kits:
        raise SkuInKits(f"{sku} is a component of kits, and a kit cannot be one.")


def check_components(sku: str, components: Sequence[Component], *, known: Mapping[str, SkuFacts]) -> None:
    """Whether a kit can be made of these; `known` are those of their SKUs that there are.

    Raises:
        Invalid: names every row that cannot be.
    """
    if not 1 <= len(components) <= MAX_COMPONENTS:
        raise Invalid.field("components", "too_many_components", f"A kit has 1 to {MAX_COMPONENTS} components.")
    if faults := [*_faults(sku, components, known)]:
        raise Invalid("A component cannot be in the kit; see errors.", faults=faults)


def _faults(sku: str, components: Sequence[Component], known: Mapping[str, SkuFacts]) -> Iterator[Fault]:
    names = [one.sku for one in components]
    for row, one in enumerate(components):
        at, facts = f"components.{row}", known.get(one.sku)
        if not 1 <= one.quantity <= MAX_QUANTITY:
            yield Fault(f"{at}.quantity", "quantity_out_of_range", f"A kit has 1 to {MAX_QUANTITY} of a component.")
        if one.sku in names[:row]:
            yield Fault(f"{at}.sku", "component_repeated", "Name each component once, with its quantity.")
        if one.sku == sku:
            yield Fault(f"{at}.sku", "component_is_kit", "A kit cannot be a component of itself.")
        elif facts is None:
            yield Fault(f"{at}.sku", "sku_unknown", "No variant has this SKU.")
        elif facts.kit_id:
            yield Fault(f"{at}.sku", "component_is_kit", f"{one.sku} is a kit: name its components.")
