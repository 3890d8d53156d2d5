"""How a SKU is tracked, in the table: an attribute of its claim, which whoever makes a level of it reads."""

from storekeeper.catalog import sku_key
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.writes import Update


def mode_of(item: Item | None) -> Mode | None:
    """How a SKU is tracked, by its claim."""
    return Mode(item["tracking"]) if item and "tracking" in item else None


def version_of(item: Item) -> int:
    """How often it was said how the SKU is tracked."""
    return int(item.get("tracking_version", 0))


def track_sku(tenant_id: TenantId, sku: str, mode: Mode | None, *, version: int) -> Update:
    """From now on the SKU is tracked so; `version` is how often it was said before."""
    said = ", tracking = :mode" if mode else " REMOVE tracking"
    return Update(
        sku_key(tenant_id, sku),
        f"SET tracking_version = :next{said}",
        only_if="attribute_exists(pk) AND (attribute_not_exists(tracking_version) OR tracking_version = :read)",
        values={":next": version + 1, ":read": version, ":mode": mode},
    )
