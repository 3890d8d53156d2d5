"""Fetch what was bought, as often as was sold; and give it anew."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from storekeeper.catalog import downloads_bought
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Put
from storekeeper.orders.grants.items import PREFIX, change_usage, create_usage, usage_from
from storekeeper.orders.grants.model import Grant, find_grant, grants_of, refusal_of, renewed, used
from storekeeper.orders.items import order_pk, still_as_read
from storekeeper.orders.model import Order
from storekeeper.orders.store import get_order


class Granted(Struct, frozen=True):
    """An order with its grants, in the order of its lines."""

    order: Order
    grants: tuple[Grant, ...]


def read_grants(order: Order, *, table: Table) -> Granted:
    """The grants of an order, as they are now."""
    found = downloads_bought(table, [(line.product_id, line.sku) for line in order.lines], at=order.placed_at)
    if not any(found.values()):
        return Granted(order, ())
    downloads = {line.id: found[line.product_id, line.sku] for line in order.lines}
    beside = table.query(order_pk(table.tenant_id, order.id), prefix=PREFIX, consistent=True)
    return Granted(order, grants_of(order, downloads, {item["id"]: usage_from(item) for item in beside}))


def check_grant(granted: Granted, grant_id: str, *, now: datetime, is_counted: bool = False) -> Grant:
    """The grant, if it may be fetched now; see `refusal_of`.

    Raises:
        NotFound: the order has none of this id.
        NotPaid, PaidBack, GrantExpired, NoDownloadsLeft: it may not.
    """
    grant = find_grant(granted.grants, grant_id)
    if refusal := refusal_of(granted.order, grant, now=now, is_counted=is_counted):
        raise refusal
    return grant


def use_grant(
    order_id: str, grant_id: str, *, table: Table, now: datetime, remember: Remember[Grant] = forget
) -> Grant:
    """Count one more time that a download is fetched, in one transaction with the order being as it was read.

    Raises:
        OrderNotFound, NotFound: there is no such order or grant.
        NotPaid, PaidBack, GrantExpired, NoDownloadsLeft: it may not be fetched now; nothing was counted.
    """

    def attempt() -> Grant:
        granted = read_grants(get_order(order_id, table=table), table=table)
        after = used(check_grant(granted, grant_id, now=now), now=now)
        table.write(_written(granted.order, after), still_as_read(granted.order), *remember(after))
        return after

    return until_written(attempt)


def renew_grant(
    order_id: str,
    grant_id: str,
    *,
    valid_until: datetime | None,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Grant] = forget,
) -> Grant:
    """Let a buyer fetch a download as often as was sold once more, and until then.

    Raises:
        OrderNotFound, NotFound: there is no such order or grant.
        StaleVersion: from `expects`.
    """

    def attempt() -> Grant:
        granted = read_grants(get_order(order_id, table=table), table=table)
        grant = find_grant(granted.grants, grant_id)
        expects(grant.usage.version)
        after = renewed(grant, valid_until=valid_until, now=now)
        table.write(_written(granted.order, after), *remember(after))
        return after

    return until_written(attempt)


def _written(order: Order, after: Grant) -> Put:
    return create_usage(order, after) if after.usage.version == 1 else change_usage(order, after)
