"""What is done with tenants."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy.tenants import items
from storekeeper.tenancy.tenants.model import Tenant


def find_tenant(table: Table) -> Tenant:
    """The gateway's own tenant.

    Raises:
        NotFound: it does not exist.
    """
    item = table.get(items.settings_key(table.tenant_id))
    if item is None:
        raise NotFound("There is no such tenant.")
    return items.tenant_from(item)


def change_tenant(
    *,
    name: str | None = None,
    cart_events: bool | None = None,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Tenant:
    """Rename the tenant, or have changes of carts published or not; `None` leaves as it is.

    Raises:
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Tenant:
        tenant = find_tenant(table)
        expects(tenant.version)
        changed = replace(
            tenant,
            name=tenant.name if name is None else name,
            cart_events=tenant.cart_events if cart_events is None else cart_events,
            settings_version=tenant.settings_version + 1,
            version=tenant.version + 1,
            updated_at=now,
        )
        table.write(items.change_tenant(changed))
        return changed

    return until_written(attempt)
