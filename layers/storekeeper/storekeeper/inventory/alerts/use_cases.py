"""What is done with alerts: a merchant puts one aside or takes it up again; the sweep wakes it, or tells it late."""

from collections.abc import Callable, Iterable
from datetime import datetime

from storekeeper.inventory.alerts import items
from storekeeper.inventory.alerts.model import Alert
from storekeeper.inventory.alerts.store import read_alert
from storekeeper.inventory.alerts.watching import watch_sku
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import Table, WriteRefused


def dismiss_alert(
    table: Table,
    alert_id: str,
    *,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Alert] = forget,
) -> Alert:
    """Put an alert aside until it comes anew. Safe to repeat.

    Raises:
        AlertUnknown: the tenant has no such alert.
        WrongState: it is resolved.
        Contended: it kept changing.
    """
    return _change(table, alert_id, Alert.dismissed, expects=expects, remember=remember)


def snooze_alert(
    table: Table,
    alert_id: str,
    *,
    until: datetime,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Alert] = forget,
) -> Alert:
    """Put an alert aside until an instant; if it is still so then, it is open again, and told.

    Raises:
        AlertUnknown: the tenant has no such alert.
        Invalid: `until` is past, or over a year away.
        WrongState: it is resolved.
        Contended: it kept changing.
    """
    return _change(table, alert_id, lambda alert: alert.snoozed(until, now=now), expects=expects, remember=remember)


def reopen_alert(
    table: Table,
    alert_id: str,
    *,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Alert] = forget,
) -> Alert:
    """Take up again an alert that was put aside. Safe to repeat.

    Raises:
        AlertUnknown: the tenant has no such alert.
        WrongState: it is resolved.
        Contended: it kept changing.
    """
    return _change(table, alert_id, Alert.reopened, expects=expects, remember=remember)


def _change(
    table: Table,
    alert_id: str,
    decide: Callable[[Alert], Alert],
    *,
    expects: Callable[[int], None],
    remember: Remember[Alert],
) -> Alert:
    def attempt() -> Alert:
        alert = read_alert(table, alert_id)
        expects(alert.version)
        changed = decide(alert)
        own = [items.put_alert(table.tenant_id, changed)] if changed != alert else []
        if writes := (*own, *remember(changed)):
            table.write(*writes)
        return changed

    return until_written(attempt)


def look_after_alert(table: Table, key: Key, *, now: datetime) -> bool:
    """Wake the alert at `key`, or tell what had to wait, if it is time. Safe to run twice."""
    item = table.get(key)
    if item is None:
        return False
    alert = items.alert_from(item)
    if (changed := alert.at_due(now)) == alert:
        return False
    try:
        table.write(items.put_alert(table.tenant_id, changed))
    except WriteRefused:
        return False  # stock, a merchant or another sweep was quicker
    return True


def rebuild_alerts(table: Table, skus: Iterable[str]) -> int:
    """See which alerts the stock of these SKUs gives now; how many SKUs were looked at. What is right stays."""
    count = 0
    for sku in skus:
        watch_sku(table, sku)
        count += 1
    return count
