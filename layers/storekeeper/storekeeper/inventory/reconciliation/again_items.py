"""Levels that a run has to look at again, by which look it will be; rows beside what the run has found."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.reconciliation.items import drifts_pk
from storekeeper.inventory.reconciliation.model import place_of
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined
from storekeeper.kernel.paging import Page, cut
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.runs import KEPT

TYPE = "look_again"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#RECONCILED#<run>",
        sk="AGAIN#<look>#<sku>#<location>#<bucket>",
        holds="A level that a run could not judge, and what it suspects of it, for the next look.",
        found_by="Query of its run's partition, by look.",
        written_by="the worker (inventory.reconciliation)",
    ),
)


class Suspicion(Struct, frozen=True):
    """So many units of a level seemed to be owned, as of a version. Seen twice it is a difference."""

    version: int
    owned: int


class Again(Struct, frozen=True):
    """A level to be looked at again."""

    key: Key
    suspicion: Suspicion | None


def put_again(
    tenant_id: TenantId, run_id: str, look: int, level: Level, suspicion: Suspicion | None, *, now: datetime
) -> Put:
    """For look number `look` of a run; what a step that is done again suspects does not replace it."""
    return Put(
        Key(drifts_pk(tenant_id, run_id), joined("AGAIN", str(look), *map(str, place_of(level)))),
        {
            "type": TYPE,
            "schema": 1,
            "sku": level.sku,
            "location_id": level.location_id,
            "bucket": level.bucket,
            "suspected": [suspicion.version, suspicion.owned] if suspicion else None,
            "ttl": clock.to_epoch_s(now + KEPT),
        },
        only_if=ABSENT,
    )


def keep_again(
    table: Table, run_id: str, look: int, levels: Iterable[tuple[Level, Suspicion | None]], *, now: datetime
) -> None:
    """Let levels be looked at again."""
    for level, suspicion in levels:
        try:
            table.write(put_again(table.tenant_id, run_id, look, level, suspicion, now=now))
        except WriteRefused:
            continue  # the step is done again


def read_again(table: Table, run_id: str, look: int, *, after: str | None, limit: int) -> Page[Again]:
    """A page of the levels for look number `look`."""
    pk = drifts_pk(table.tenant_id, run_id)
    rows = table.query(pk, prefix=joined("AGAIN", str(look), ""), after=after, limit=limit + 1, consistent=True)
    page = cut(rows, limit=limit)
    return Page(tuple(_from(table, row) for row in page.entries), page.next_position)


def _from(table: Table, row: Item) -> Again:
    key = level_key(SkuRef(table.tenant_id, row["sku"]), LocationId(row["location_id"]), row["bucket"])
    return Again(key, Suspicion(*row["suspected"]) if "suspected" in row else None)
