"""What is told of alerts: that one is raised, and that one that was told is resolved. No address ever is."""

from collections.abc import Iterator
from datetime import datetime

from storekeeper.inventory.alerts.items import TYPE, alert_from
from storekeeper.inventory.alerts.model import Alert, AlertStatus
from storekeeper.inventory.alerts.rules.model import location_at, store_at
from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId

TYPES = frozenset({TYPE})


def events_of(change: Change) -> Iterator[Event]:
    """The facts of one change of an alert."""
    if change.new is None or change.tenant_id is None:
        return
    before, after = alert_from(change.old) if change.old else None, alert_from(change.new)
    if after.told_at is not None and (before is None or before.told_at != after.told_at):
        yield _event("stock.alert_raised", change.tenant_id, after, after.told_at)
    if before and before.is_active and before.told and after.status is AlertStatus.RESOLVED and after.resolved_at:
        yield _event("stock.alert_resolved", change.tenant_id, after, after.resolved_at)


def _event(name: str, tenant_id: TenantId, alert: Alert, at: datetime) -> Event:
    terms = alert.governing.terms
    figures = {
        "alert_id": alert.id,
        "kind": str(alert.kind),
        "sku": alert.sku,
        "product_id": alert.product_id,
        "location_id": location_at(alert.place),
        "available": alert.available,
        "rule_id": alert.governing.rule_id,
        "reorder_point": terms.reorder_point,
        "reorder_quantity": terms.reorder_quantity,
        "channels": [str(channel) for channel in terms.channels],
        "recipients": list(alert.governing.recipients),
    }
    return Event(name, tenant_id, alert.id, alert.version, clock.to_text(at), figures, store_at(alert.place))
