"""Units on their way to a location: whoever sends them says so, and they are expected there until they have come."""

from storekeeper.inventory.adjustments.items import mark_sku_stocked
from storekeeper.inventory.levels.items import expect_units, put_level
from storekeeper.inventory.levels.model import Cause, Level, SkuRef, empty_level, expected
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel.records import replace
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Location, mark_stocked


def expecting_writes(
    ref: SkuRef, location: Location, level: Level | None, units: int, *, cause: Cause, mode: Mode | None = None
) -> tuple[Write, ...]:
    """For the sender's transaction. Where the SKU has never been kept (`level` is None) this makes its level.

    `mode`: how the SKU is tracked.
    """
    if level is not None:
        return (expect_units(ref, location.id, units, cause=cause),)
    made = replace(empty_level(ref.sku, location.id).after(expected(units)), tracked=mode)
    return (
        put_level(ref, made, cause=cause),
        mark_sku_stocked(ref.tenant_id, ref.sku, mode=mode),
        *mark_stocked(ref.tenant_id, location),
    )
