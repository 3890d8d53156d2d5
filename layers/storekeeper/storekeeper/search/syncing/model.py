"""A difference between what was derived and what the facts say. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

from storekeeper.kernel.ids import LocationId, ProductId

Said: TypeAlias = Mapping[str, Any]


class DifferenceKind(StrEnum):
    """What was derived: the card of a product, the state of a level or of a SKU, a row or counts of the status."""

    CARD = "card"
    LEVEL_STATE = "level_state"
    SKU_STATE = "sku_state"
    STATUS = "status"
    COUNTS = "counts"


class Difference(Struct, frozen=True):
    """What was `found`, and what was `expected` and is so now; of members that are alike, nothing is said."""

    kind: DifferenceKind
    product_id: ProductId | None
    sku: str | None
    location_id: LocationId | None
    found: Said
    expected: Said


def difference(
    kind: DifferenceKind,
    found: Said,
    expected: Said,
    *,
    product_id: ProductId | None = None,
    sku: str | None = None,
    location_id: LocationId | None = None,
) -> Difference:
    """The difference of two sayings: only the members that are not alike."""
    names = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
    return Difference(
        kind,
        product_id,
        sku,
        location_id,
        {name: found[name] for name in names if name in found},
        {name: expected[name] for name in names if name in expected},
    )
