"""An order's timeline: who did what when, derived from the table's changes, oldest first.

One row per fact, put once: its key says which version of the order, or which note or shipment, it was read off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, TenantId
from storekeeper.kernel.keys import Key, joined, padded
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders.facts import UPDATED, Fact, changed_visibly, fact_beside, facts_of
from storekeeper.orders.items import order_from, order_pk

SCHEMA = 1
PREFIX = joined("EVENT", "")

ENTITIES = (
    Entity(
        name="order_event",
        pk="T#<tenant>#ORDER#<order>",
        sk="EVENT#<at>#<version or id>#<n>",
        holds="One row of an order's timeline: what happened, who did it, when.",
        found_by="A query beside its order, oldest first.",
        written_by="projector (orders.projections)",
    ),
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to an order. `actor`: `key:<id>`, `shopper`, `system:<job>` or `operator`."""

    id: str
    type: str
    at: str
    actor: str
    data: Mapping[str, Any]


def rows_of(change: Change) -> tuple[Put, ...]:
    """The rows that a change adds to the timeline of its order."""
    tenant_id, new = change.tenant_id, change.new
    if tenant_id is None or new is None:
        return ()
    if change.type == "order":
        facts = _order_facts(change.old, new, tenant_id)
        return _rows(OrderId(new["id"]), facts, new, at=new["updated_at"], source=padded(new["version"]), of=tenant_id)
    if change.old is None and (beside := fact_beside(change.type, new)):
        return _rows(OrderId(new["order_id"]), [beside.fact], new, at=beside.at, source=new["id"], of=tenant_id)
    return ()


def read_timeline(order_id: OrderId, *, table: Table, after: str | None, limit: int) -> Page[TimelineEntry]:
    """A page of the timeline of an order that is there."""
    start = PREFIX + after if after is not None else None
    rows = table.query(order_pk(table.tenant_id, order_id), prefix=PREFIX, after=start, limit=limit + 1)
    entries = tuple(map(_entry, cut(rows, limit=limit).entries))
    return Page(entries, entries[-1].id if len(rows) > limit else None)


def _order_facts(old: Item | None, new: Item, tenant_id: TenantId) -> tuple[Fact, ...]:
    after = order_from(new, tenant_id=tenant_id)
    before = order_from(old, tenant_id=tenant_id) if old else None
    facts = facts_of(before, after)
    if not facts and before and changed_visibly(before, after):
        return (Fact(UPDATED),)
    return facts


def _rows(
    order_id: OrderId, facts: Iterable[Fact], image: Item, *, at: str, source: str, of: TenantId
) -> tuple[Put, ...]:
    return tuple(
        Put(
            Key(order_pk(of, order_id), joined("EVENT", at, source, str(n))),
            {
                "type": "order_event",
                "schema": SCHEMA,
                "what": fact.type,
                "at": at,
                "actor": image["changed_by"],
                "data": dict(fact.data) or None,
            },
            only_if=ABSENT,
        )
        for n, fact in enumerate(facts)
    )


def _entry(item: Item) -> TimelineEntry:
    return TimelineEntry(item["sk"].removeprefix(PREFIX), item["what"], item["at"], item["actor"], item.get("data", {}))
