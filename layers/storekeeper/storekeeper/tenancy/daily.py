"""Once a day, something is to be done for each tenant: an item that is due, and due again a day later."""

from collections.abc import Callable
from datetime import datetime, timedelta

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put

TYPE = "daily"
DUE_KIND = "daily"
DAY = timedelta(days=1)
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#DAILY",
        sk="DAILY",
        holds="When the tenant's daily work is due: at the time of day at which it was founded, so that it is spread.",
        found_by="The sweep.",
        written_by="create_tenant; the sweep, each day",
        indexes={"due": ("DUE#daily#<n>", "<due at>#<pk>#<sk>")},
    ),
)


def daily_key(tenant_id: TenantId) -> Key:
    """Key of a tenant's daily work."""
    return Key(tenant_pk(tenant_id, "DAILY"), "DAILY")


def put_daily(tenant_id: TenantId, *, now: datetime) -> Put:
    """A new tenant's: due a day later."""
    return Put(daily_key(tenant_id), _item(tenant_id, now + DAY), only_if="attribute_not_exists(pk)")


def move_daily(tenant_id: TenantId, *, before: datetime, due_at: datetime) -> Put:
    """Due another day; unless somebody else has seen to that."""
    return Put(
        daily_key(tenant_id),
        _item(tenant_id, due_at),
        only_if="due_at = :before",
        values={":before": clock.to_text(before)},
    )


def _item(tenant_id: TenantId, due_at: datetime) -> Item:
    due = due_attributes(DUE_KIND, daily_key(tenant_id), at=due_at)
    return {"type": TYPE, "schema": 1, "due_at": clock.to_text(due_at), **due}


def begin_day(table: Table, begin: Callable[[str], None], *, now: datetime) -> None:
    """Begin the work of the day that is due, if it is; it is due again at the same time of the next day, however late.

    `begin` is told the day (`2026-11-20`), and may be told it twice: a crash before the end leaves it due.
    """
    item = table.get(daily_key(table.tenant_id))
    if item is None or (due_at := clock.from_text(item["due_at"])) > now:
        return
    begin(item["due_at"][: len("2026-11-20")])
    later = due_at + DAY * ((now - due_at) // DAY + 1)
    try:
        table.write(move_daily(table.tenant_id, before=due_at, due_at=later))
    except WriteRefused:
        return
