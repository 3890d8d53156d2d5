"""How the units of a SKU are told apart, and what may be said of units that come or go. Pure.

A level that is tracked counts how many of its units are `named`: how many have a serial number, or lie in a batch. The
others have come without (by a refund's restock) and are named later; they cannot be sold out of the house.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.kernel.trace import Actor

MAX_NAMED = 80  # serials, or batches: each is an item of the transaction that moves them, which takes 100


class Mode(StrEnum):
    """By what the units of a SKU are told apart."""

    SERIAL = "serial"
    BATCH = "batch"


class TrackingInUse(StorekeeperError):
    """Units have serials, or lie in batches, by how the SKU is tracked now."""

    code, kind = "tracking_in_use", "conflict"


class SkuSpread(StorekeeperError):
    """The SKU lies in several buckets: units that are told apart lie in one place."""

    code, kind = "sku_spread", "conflict"


class SkuTracked(StorekeeperError):
    """The SKU's units are told apart, so that they lie in one place."""

    code, kind = "sku_tracked", "conflict"


class NotTracked(StorekeeperError):
    """Units were named of a SKU whose units are not told apart so."""

    code, kind = "sku_not_tracked", "conflict"


class UnitsUnnamed(StorekeeperError):
    """More would be named than there are units that have no name yet."""

    code, kind = "too_few_unnamed", "conflict"


class NamesMissing(StorekeeperError):
    """Units would go of which it was not said which ones; `faults` name the SKUs."""

    code, kind = "names_missing", "conflict"


class NamedElsewhere(StorekeeperError):
    """What was named does not lie where the units go from; `faults` name each."""

    code, kind = "not_there", "conflict"


class TooManyNamed(StorekeeperError):
    """Serials and batches are more than one transaction takes."""

    code, kind = "too_many_named", "conflict"


class BatchUnits(Struct, frozen=True):
    """Units of a batch. When it expires, and who supplied it, is said when it first comes."""

    number: str
    units: int
    expires_on: date | None = None
    supplier_id: str | None = None


class Names(Struct, frozen=True):
    """Which units come or go: serials, or so many of each batch."""

    serials: tuple[str, ...] = ()
    batches: tuple[BatchUnits, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was named at all."""
        return bool(self.serials or self.batches)

    @property
    def units(self) -> int:
        """How many units they are."""
        return len(self.serials) + sum(batch.units for batch in self.batches)

    def without(self, others: "Names") -> "Names":
        """Those that are not among the others: fewer units of a batch, or none."""
        gone = {batch.number: batch.units for batch in others.batches}
        left = (replace(batch, units=batch.units - gone.get(batch.number, 0)) for batch in self.batches)
        serials = tuple(number for number in self.serials if number not in others.serials)
        return Names(serials, tuple(batch for batch in left if batch.units > 0))


NOTHING = Names()


class Occasion(Struct, frozen=True):
    """On what occasion units come or go: by whose doing, at whose order."""

    reference_type: str
    reference_id: str
    actor: Actor
    at: datetime
    reason: str = ""


class Place(Struct, frozen=True):
    """A SKU at a location."""

    sku: str
    location_id: LocationId


def check_names(names: Names, mode: Mode | None, units: int, *, field: str = "") -> None:
    """Whether these names can be meant of so many units. `field`: where the body has them, with a dot behind.

    Raises:
        NotTracked: the SKU is not tracked, or in the other way.
        Invalid: what is named twice; not as many as there are units; more than one transaction takes.
    """
    if not names:
        return
    if not fits(names, mode):
        told = f"tracked by {mode.value}" if mode else "not tracked"
        raise NotTracked(f"The SKU is {told}; see /v1/inventory/tracking.")
    if faults := list(_faults(names, units, field)):
        raise Invalid("The units that are named do not fit; see errors.", faults=faults)


def fits(names: Names, mode: Mode | None) -> bool:
    """Whether units that are tracked so can have these names."""
    return mode is (Mode.SERIAL if names.serials else Mode.BATCH) and not (names.serials and names.batches)


def _faults(names: Names, units: int, field: str) -> Iterator[Fault]:
    said = list(names.serials) or [batch.number for batch in names.batches]
    where = f"{field}{'serials' if names.serials else 'batches'}"
    if len(set(said)) < len(said):
        yield Fault(where, "named_twice", "Name each once.")
    if names.units != units:
        yield Fault(where, "units_do_not_fit", f"{names.units} units are named, of {units} that are counted.")
    if len(said) > MAX_NAMED:
        yield Fault(where, "too_many_named", f"At most {MAX_NAMED} fit into one call; send the others in another.")


def named_after(named: int, on_hand_after: int, change: int) -> int:
    """How many units of a level are named after `change` more are, or (negative) less.

    Raises:
        NamesMissing: units go that have names, and it was not said which.
        UnitsUnnamed: more are named than lie there without a name.
    """
    after = named + change
    if after <= on_hand_after:
        return after
    if change > 0:
        raise UnitsUnnamed(f"{on_hand_after - named} units there have no name yet.")
    raise NamesMissing(f"Of what would be left, {after - on_hand_after} units are to go by name: say which.")
