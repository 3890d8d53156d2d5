"""Repairs of what is derived: feeding records again, making states and cards anew, closing gaps in the ledger."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from operations.actions import Action, Actions
from storekeeper import search
from storekeeper.catalog.products.store import ProductFilter, list_products, read_product
from storekeeper.edge.backend import backend
from storekeeper.edge.fields import Id, InModel, Sku
from storekeeper.inventory import rebuild_states
from storekeeper.inventory.alerts.use_cases import rebuild_alerts
from storekeeper.inventory.movements.use_cases import close_gaps
from storekeeper.kernel.aws.shelf import BucketShelf
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId, TenantId, is_id
from storekeeper.kernel.paging import MAX_LIMIT
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace
from storekeeper.streams import project_batch, publish_batch, replay, tenant_tables
from storekeeper.streams.replaying import SET_ASIDE
from storekeeper.tenancy import load_settings

REPLAY_S = 780  # of the function's 900
STREAM_LIVES = timedelta(hours=24)


class ReplayRecords(InModel):
    """Feed again what was set aside, below a prefix: one mapping, one shard, one day."""

    prefix: Annotated[str, Field(min_length=len(SET_ASIDE), max_length=512, pattern=f"^{SET_ASIDE}")] = SET_ASIDE


class Rebuild(InModel):
    """Make what is derived from a tenant's products and stock anew."""

    tenant_id: Id


class CloseGaps(InModel):
    """Close the gaps in one level's ledger whose records can no longer come; replay first."""

    tenant_id: Id
    sku: Sku
    location_id: Id
    bucket: Annotated[int, Field(ge=0, le=1_999)] = 0


def replay_records(details: ReplayRecords, /, **_: object) -> dict[str, Any]:
    """`{"fed", "failed", "left"}`: objects fed, names of those that fail again, and how many wait for another run."""
    deadline = time.monotonic() + REPLAY_S
    done = replay(
        BucketShelf(os.environ["RECORDS_BUCKET"]),
        feeds={
            "projector": partial(project_batch, table_of=tenant_tables(os.environ["TABLE_NAME"])),
            "publisher": partial(publish_batch, bus=os.environ["BUS_NAME"]),
        },
        has_time=lambda: time.monotonic() < deadline,
        prefix=details.prefix,
    )
    return {"fed": len(done.fed), "failed": list(done.failed), "left": done.left}


def rebuild(details: Rebuild, /, *, trace: Trace, now: datetime) -> dict[str, Any]:
    """`{"levels", "skus", "products"}`: levels, SKUs and, by store, products that were looked at. Safe to repeat."""
    table = _table(details.tenant_id, trace)
    settings = load_settings(table)
    levels = rebuild_states(table, _skus(table), locations=tuple(settings.locations), now=now)
    skus = rebuild_alerts(table, _skus(table))
    products = {store_id: search.rebuild(table, store_id, now=now) for store_id in settings.stores}
    return {"levels": levels, "skus": skus, "products": products}


def _skus(table: Table) -> Iterator[str]:
    after = None
    while True:
        page = list_products(table, ProductFilter(), after=after, limit=MAX_LIMIT)
        for card in page.entries:
            yield from (variant.sku for variant in read_product(table, card["id"]).variants)
        after = page.next_position
        if after is None:
            return


def close_ledger(details: CloseGaps, /, *, trace: Trace, now: datetime) -> dict[str, Any]:
    """`{"closed": [[first_version, last_version], ...]}`: only gaps older than the stream."""
    table = _table(details.tenant_id, trace)
    location_id = LocationId(details.location_id)
    rows = close_gaps(table, details.sku, location_id, details.bucket, until=now - STREAM_LIVES)
    return {"closed": [[row.first_version, row.version] for row in rows]}


def _table(tenant_id: str, trace: Trace) -> Table:
    if not is_id(tenant_id, "ten"):
        raise NotFound("There is no such tenant.")
    return backend().table(TenantId(tenant_id), trace=trace)


ACTIONS: Actions = {
    "replay": Action(ReplayRecords, replay_records),
    "rebuild": Action(Rebuild, rebuild),
    "close_gaps": Action(CloseGaps, close_ledger),
}
