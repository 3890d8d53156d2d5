"""An order's timeline: who did what when, derived from the table's changes, oldest first.

One row per change, with all facts of it, put once: its key says which version of the order, or which note or shipment,
they were read off.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, TenantId
from storekeeper.kernel.keys import Key, joined, padded
from storekeeper.kernel.paging import Page, page_of
from storekeeper.kernel.schemas import Step, upcast
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders.facts import UPDATED, Fact, changed_visibly, fact_beside, facts_of
from storekeeper.orders.items import order_from, order_pk

SCHEMA = 2
UPCASTS: Mapping[int, Step] = {
    1: lambda item: {**item, "facts": [{"what": item["what"], "data": item.get("data")}]},  # a row for each fact
}
PREFIX = joined("EVENT", "")
_END = PREFIX + "\U0010ffff"

ENTITIES = (
    Entity(
        name="order_event",
        pk="T#<tenant>#ORDER#<order>",
        sk="EVENT#<at>#<version or id>",
        holds="What one change of an order was, for its timeline: facts, who did it, when.",
        found_by="A query beside its order, oldest first.",
        written_by="projector (orders.projections)",
    ),
)


class TimelineEntry(Struct, frozen=True):
    """One thing that happened to an order. `actor`: `key:<id>`, `shopper`, `system:<job>` or `operator`."""

    id: str
    type: str
    at: str
    actor: str
    data: Mapping[str, Any]


def row_of(change: Change) -> Put | None:
    """The row that a change adds to the timeline of its order; None where nothing happened that people see."""
    tenant_id, new = change.tenant_id, change.new
    if tenant_id is None or new is None:
        return None
    if change.type == "order" and (facts := _order_facts(change.old, new, tenant_id)):
        key = _key(tenant_id, OrderId(new["id"]), at=new["updated_at"], source=padded(new["version"]))
        return _row(key, facts, new, at=new["updated_at"])
    if beside := fact_beside(change.type, change.old, new):
        source = new["id"] if beside.version == 1 else f"{new['id']}.{beside.version}"
        key = _key(tenant_id, OrderId(new["order_id"]), at=beside.at, source=source)
        return _row(key, [beside.fact], new, at=beside.at)
    return None


def read_timeline(order_id: OrderId, *, table: Table, after: str | None, limit: int) -> Page[TimelineEntry]:
    """A page of the timeline of an order that is there."""
    start = PREFIX + (after or "").rpartition("#")[0]  # its row may have more to tell
    rows = table.query(order_pk(table.tenant_id, order_id), low=start, high=_END, limit=limit + 2)
    entries = [entry for row in rows for entry in _entries(row) if after is None or entry.id > after]
    return page_of(entries, limit=limit, position=lambda entry: entry.id)


def _order_facts(old: Item | None, new: Item, tenant_id: TenantId) -> tuple[Fact, ...]:
    after = order_from(new, tenant_id=tenant_id)
    before = order_from(old, tenant_id=tenant_id) if old else None
    facts = facts_of(before, after)
    if not facts and before and changed_visibly(before, after):
        return (Fact(UPDATED),)
    return facts


def _key(tenant_id: TenantId, order_id: OrderId, *, at: str, source: str) -> Key:
    return Key(order_pk(tenant_id, order_id), joined("EVENT", at, source))


def _row(key: Key, facts: Iterable[Fact], image: Item, *, at: str) -> Put:
    told = [{"what": fact.type, "data": dict(fact.data) or None} for fact in facts]
    item = {"type": "order_event", "schema": SCHEMA, "at": at, "actor": image["changed_by"], "facts": told}
    return Put(key, item, only_if=ABSENT)


def _entries(row: Item) -> list[TimelineEntry]:
    item = upcast(row, schema=SCHEMA, steps=UPCASTS)
    place = item["sk"].removeprefix(PREFIX)
    return [
        TimelineEntry(f"{place}#{n}", fact["what"], item["at"], item["actor"], fact["data"] or {})
        for n, fact in enumerate(item["facts"])
    ]
