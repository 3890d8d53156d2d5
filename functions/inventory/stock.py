"""A store's stock: how it stands, what becomes of what is sold out, and the sync that derives all of it anew."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from inventory.runs import run_id_of
from inventory.stock_schemas import (
    AttentionOut,
    DifferenceOut,
    StockCountsOut,
    StockHealthOut,
    StockSettingsIn,
    StockSettingsOut,
    StockStatusOut,
)
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.edge.runs import RunOut
from storekeeper.edge.working import queue_run
from storekeeper.inventory import StockState, open_locations
from storekeeper.inventory.status.model import health_of
from storekeeper.inventory.status.store import count_stock, list_short
from storekeeper.inventory.status.use_cases import SYNC as STOCK_SYNC
from storekeeper.inventory.status.use_cases import start_sync
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.paging import Page
from storekeeper.runs import Run, get_run, list_runs, resume_run
from storekeeper.search import list_differences
from storekeeper.tenancy import AtZero, Store
from storekeeper.tenancy.stores.use_cases import change_store

router = APIRouter(prefix="/v1/stores/{store_id}/stock", tags=["Store stock"])


@router.get("")
async def read_stock_status(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    response: Response,
    state: Annotated[
        Literal["low", "critical", "out"] | None,
        Query(description="`attention`: only products whose worst SKU is in this state."),
    ] = None,
) -> StockStatusOut:
    """How the store stands with what it shows to shoppers, and which products need attention; it follows in seconds.

    Stock is that of all the tenant's open locations: every store sells from it.
    """
    settings = backend().settings.fresh(call.table)
    store = settings.store(store_id)
    at_zero, tally = store.settings.at_zero, count_stock(call.table, store.id)
    short = list_short(
        call.table,
        store.id,
        state=StockState(state) if state else None,
        locations=open_locations(settings),
        after=params.after(),
        limit=params.limit,
    )
    status = StockStatusOut(
        **StockSettingsOut.of(store).model_dump(),
        health=StockHealthOut.of(health_of(tally), skus=tally.skus),
        counts=StockCountsOut.of(tally, at_zero),
        attention=page_out(short, params.scope, lambda one: AttentionOut.of(one, at_zero)),
    )
    return tagged(response, status, version=store.version)


@router.patch("")
async def change_stock_settings(
    store_id: str, body: StockSettingsIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> StockSettingsOut:
    """Say what becomes of what is sold out. It holds for shoppers' next request, in lists, too."""
    store = change_store(
        store_id,
        changes={},
        settings={"at_zero": AtZero(body.at_zero)},
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, StockSettingsOut.of(store), version=store.version)


@router.post("/sync", status_code=202)
async def sync_stock(store_id: str, call: Annotated[Call, requires("inventory:write")], response: Response) -> RunOut:
    """Derive states, cards and counts of all that the store lists anew; it is done by itself all the time. A run."""
    run = start_sync(
        call.table,
        _store(call, store_id).id,
        run_id=run_id_of(call),
        now=call.now,
        remember=call.remembering(RunOut.of, status=202),
    )
    queue_run(call.tenant_id, run.id)
    return tagged(response, RunOut.of(run), version=run.version)


@router.get("/sync")
async def list_stock_syncs(
    store_id: str, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[RunOut]:
    """Syncs of the store of the last 90 days, newest first. A page may be short and yet have a `next_cursor`."""
    store = _store(call, store_id)
    page = list_runs(call.table, STOCK_SYNC, after=params.after(), limit=params.limit)
    own = tuple(run for run in page.entries if run.asked["store_id"] == store.id)
    return page_out(Page(own, page.next_position), params.scope, RunOut.of)


@router.get("/sync/{sync_id}")
async def read_stock_sync(
    store_id: str, sync_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> RunOut:
    """How far it is. `products`: looked at; `repaired`: things that were not as the facts say, and are now."""
    run = _sync(call, store_id, sync_id)
    return tagged(response, RunOut.of(run), version=run.version)


@router.get("/sync/{sync_id}/differences")
async def list_stock_differences(
    store_id: str, sync_id: str, params: Listed, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[DifferenceOut]:
    """What it has found, and mended, so far; by kind."""
    run = _sync(call, store_id, sync_id)
    page = list_differences(call.table, run.id, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, DifferenceOut.of)


@router.post("/sync/{sync_id}/resume", responses={409: {"description": "It has not failed."}})
async def resume_stock_sync(
    store_id: str, sync_id: str, call: Annotated[Call, requires("inventory:write")], response: Response
) -> RunOut:
    """Take it up again where it failed."""
    run = resume_run(
        call.table,
        _sync(call, store_id, sync_id).id,
        kind=STOCK_SYNC,
        now=call.now,
        check_version=call.check_version,
        remember=call.remembering(RunOut.of, status=200),
    )
    queue_run(call.tenant_id, run.id)
    return tagged(response, RunOut.of(run), version=run.version)


def _store(call: Call, store_id: str) -> Store:
    return backend().settings.fresh(call.table).store(store_id)


def _sync(call: Call, store_id: str, sync_id: str) -> Run:
    """The run, if it is one of this store.

    Raises:
        NotFound: there is no such store, or it has no such sync.
    """
    run = get_run(call.table, sync_id, kind=STOCK_SYNC)
    if run.asked["store_id"] != _store(call, store_id).id:
        raise NotFound("There is no such run.")
    return run
