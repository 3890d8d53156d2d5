"""Facts about the catalog, as the bus carries them: made from changes of the table, pure.

A product's every change (its variants and images too) is one new version of it, and so one event; a collection's too
(its products, and their order).
"""

from collections.abc import Iterable

from storekeeper.kernel import clock
from storekeeper.kernel.changes import Change, Event
from storekeeper.kernel.ids import TenantId

_SHOWN = {
    "product": ("title", "slug", "status", "currency"),
    "listing": ("product_id", "visible", "promoted"),
    "category": ("name", "slug", "parent_id", "visible"),
    "collection": ("title", "slug", "visible", "product_count"),
}

TYPES = frozenset(_SHOWN)


def events_of(change: Change) -> Iterable[Event]:
    """What happened, in the past tense; nothing for changes that leave the version as it was."""
    tenant_id = change.tenant_id
    if change.type not in _SHOWN or tenant_id is None:
        return
    before, after = (image["version"] if image else None for image in (change.old, change.new))
    if after is None:
        yield _event(change, tenant_id, "deleted", version=change.item["version"] + 1)
    elif before is None:
        yield _event(change, tenant_id, "created", version=after)
    elif before != after:
        yield _event(change, tenant_id, "updated", version=after)
        if change.type == "product" and change.became("status", "archived"):
            yield _event(change, tenant_id, "archived", version=after)


def _event(change: Change, tenant_id: TenantId, verb: str, *, version: int) -> Event:
    item = change.item
    return Event(
        type=f"{change.type}.{verb}",
        tenant_id=tenant_id,
        entity_id=item["id"],
        version=version,
        occurred_at=clock.to_text(change.at) if verb == "deleted" else item["updated_at"],
        data={"id": item["id"], **{name: item.get(name) for name in _SHOWN[change.type]}},
        store_id=item.get("store_id"),
    )
