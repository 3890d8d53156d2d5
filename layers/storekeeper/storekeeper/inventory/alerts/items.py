"""Alerts in the table: one for each SKU, place and kind, under an id that is a function of the three; and the watch.

All of a SKU's alerts are written together with its watch, under the watch's version, by whoever has seen its stock.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from storekeeper.catalog import sku_key
from storekeeper.inventory.alerts.model import Alert, AlertStatus, Seen, Watch
from storekeeper.inventory.alerts.rules.items import terms_as_item, terms_from
from storekeeper.inventory.alerts.rules.model import AlertKind, Governing, Place
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId, derived_id
from storekeeper.kernel.keys import GSI1, GSI2, GSI3, Index, Key, joined, tenant_pk
from storekeeper.kernel.writes import Put

TYPE = "alert"
WATCH = "alert_watch"
DUE_KIND = "alert"
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # of ids that are derived from what never changes

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#ALERT#<alert>",
        sk="ALERT",
        holds="That a SKU is low, critical, out or back at a place; what the merchant made of it; when it was told.",
        found_by="Its id, derived from SKU, place and kind; lists by status, by status and kind, by SKU, newest first.",
        written_by="watch_sku; dismiss_alert, snooze_alert, reopen_alert; look_after_alert",
        indexes={
            "gsi1": ("T#<tenant>#ALERTS#<status>", "<raised at>#<alert>"),
            "gsi2": ("T#<tenant>#ALERTSOF#<sku>", "<raised at>#<alert>"),
            "gsi3": ("T#<tenant>#ALERTS#<status>#<kind>", "<raised at>#<alert>"),
            "due": ("DUE#alert#<n>", "<due at>#<pk>#<sk>"),
        },
    ),
    Entity(
        name=WATCH,
        pk="T#<tenant>#SKU#<sku>",
        sk="ALERTS",
        holds="What was last seen of a SKU for its alerts, by place; nothing of places that are as they should be.",
        found_by="The SKU.",
        written_by="watch_sku",
    ),
)


def alert_id_of(sku: str, place: Place, kind: AlertKind) -> str:
    """The id that the alert of this kind for a SKU at a place has."""
    return derived_id("alr", sku, place, kind, at=_ANY_TIME)


def alert_key(tenant_id: TenantId, alert_id: str) -> Key:
    """Key of an alert."""
    return Key(tenant_pk(tenant_id, "ALERT", alert_id), "ALERT")


def watch_key(tenant_id: TenantId, sku: str) -> Key:
    """Key of a SKU's watch."""
    return Key(sku_key(tenant_id, sku).pk, "ALERTS")


def list_pks(
    tenant_id: TenantId, *, sku: str | None, kind: AlertKind | None, statuses: Iterable[AlertStatus]
) -> tuple[tuple[str, ...], Index]:
    """The most selective partitions that list what is wanted, newest first."""
    if sku is not None:
        return (tenant_pk(tenant_id, "ALERTSOF", sku),), GSI2
    if kind is not None:
        return tuple(kind_pk(tenant_id, status, kind) for status in statuses), GSI3
    return tuple(tenant_pk(tenant_id, "ALERTS", status) for status in statuses), GSI1


def kind_pk(tenant_id: TenantId, status: AlertStatus, kind: AlertKind) -> str:
    """The partition of gsi3 that lists the alerts of a kind in a status."""
    return tenant_pk(tenant_id, "ALERTS", status, kind)


def position(alert: Alert) -> str:
    """An alert's place in every list."""
    return joined(clock.to_text(alert.raised_at), alert.id)


def alert_from(item: Item) -> Alert:
    """The alert that an item holds."""
    rule = item["rule"]
    return Alert(
        id=item["id"],
        sku=item["sku"],
        product_id=item["product_id"],
        place=item["place"],
        kind=AlertKind(item["kind"]),
        governing=Governing(rule["id"], rule["since"], terms_from(rule["terms"]), tuple(rule["recipients"])),
        status=AlertStatus(item["status"]),
        available=item["available"],
        raised_at=clock.from_text(item["raised_at"]),
        told=item["told"],
        told_at=_instant(item, "told_at"),
        due_at=clock.from_text(item["due_sk"].partition("#")[0]) if "due_sk" in item else None,
        snoozed_until=_instant(item, "snoozed_until"),
        resolved_at=_instant(item, "resolved_at"),
        episodes=item["episodes"],
        version=item["version"],
    )


def _instant(item: Item, name: str) -> datetime | None:
    return clock.from_text(item[name]) if item.get(name) else None


def _text(at: datetime | None) -> str | None:
    return clock.to_text(at) if at else None


def put_alert(tenant_id: TenantId, alert: Alert) -> Put:
    """An alert in place of the version before it; version 1 is the first."""
    key = alert_key(tenant_id, alert.id)
    return Put(
        key,
        {
            "type": TYPE,
            "schema": 1,
            "id": alert.id,
            "sku": alert.sku,
            "product_id": alert.product_id,
            "place": alert.place,
            "kind": str(alert.kind),
            "rule": _governing_as_item(alert.governing),
            "status": str(alert.status),
            "available": alert.available,
            "raised_at": clock.to_text(alert.raised_at),
            "told": alert.told,
            "told_at": _text(alert.told_at),
            "snoozed_until": _text(alert.snoozed_until),
            "resolved_at": _text(alert.resolved_at),
            "episodes": alert.episodes,
            "version": alert.version,
            **_index_attributes(tenant_id, alert),
            **(due_attributes(DUE_KIND, key, at=alert.due_at) if alert.due_at else {}),
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": alert.version - 1},
    )


def _index_attributes(tenant_id: TenantId, alert: Alert) -> Item:
    place = position(alert)
    return {
        "gsi1pk": tenant_pk(tenant_id, "ALERTS", alert.status),
        "gsi1sk": place,
        "gsi2pk": tenant_pk(tenant_id, "ALERTSOF", alert.sku),
        "gsi2sk": place,
        "gsi3pk": kind_pk(tenant_id, alert.status, alert.kind),
        "gsi3sk": place,
    }


def _governing_as_item(governing: Governing) -> Item:
    return {
        "id": governing.rule_id,
        "since": governing.since,
        "terms": terms_as_item(governing.terms),
        "recipients": list(governing.recipients),
    }


def watch_from(item: Item) -> Watch:
    """The watch that an item holds."""
    places = {
        place: Seen(AlertKind(one["kind"]) if one["kind"] else None, one["is_out"], one["since"])
        for place, one in item["places"].items()
    }
    return Watch(item["sku"], places, item["version"])


def put_watch(tenant_id: TenantId, watch: Watch) -> Put:
    """A watch in place of the version before it; version 1 is the first."""
    places = {
        place: {"kind": str(seen.kind) if seen.kind else None, "is_out": seen.is_out, "since": seen.since}
        for place, seen in watch.places.items()
    }
    return Put(
        watch_key(tenant_id, watch.sku),
        {"type": WATCH, "schema": 1, "sku": watch.sku, "places": places, "version": watch.version},
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": watch.version - 1},
    )
