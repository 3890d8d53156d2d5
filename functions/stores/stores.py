"""Stores: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.money import Currency
from storekeeper.kernel.paging import page_of
from storekeeper.tenancy import StoreStatus, load_settings
from storekeeper.tenancy.stores.use_cases import change_store, create_store, delete_store
from stores.schemas import Status, StoreIn, StoreOut, StorePatch, settings_changes

router = APIRouter(tags=["Stores"])


@router.get("/v1/stores")
async def list_stores(
    params: Listed,
    call: Annotated[Call, requires("stores:read")],
    status: Annotated[Status | None, Query(description="Only stores with this status.")] = None,
) -> ListOut[StoreOut]:
    """The tenant's stores, oldest first."""
    after = params.after() or ""
    stores = sorted(load_settings(call.table).stores.values(), key=lambda store: store.id)
    wanted = [store for store in stores if store.id > after and status in (None, store.status)]
    return page_out(page_of(wanted, limit=params.limit, position=lambda store: store.id), params.scope, StoreOut.of)


@router.post("/v1/stores", status_code=201)
async def make_store(body: StoreIn, call: Annotated[Call, requires("stores:write")], response: Response) -> StoreOut:
    """Make a store, with its domains. Shoppers reach it once its status is `active`."""
    store = create_store(
        name=body.name,
        looks=body.looks(),
        settings=settings_changes(body.settings),
        domains=body.domains,
        status=StoreStatus(body.status),
        currency=Currency.of(body.currency) if body.currency else None,
        registry=call.registry(),
        now=call.now,
        remember=call.remembering(StoreOut.of),
    )
    return tagged(response, StoreOut.of(store), version=store.version)


@router.get("/v1/stores/{store_id}")
async def read_store(store_id: str, call: Annotated[Call, requires("stores:read")], response: Response) -> StoreOut:
    """One store."""
    store = load_settings(call.table).store(store_id)
    return tagged(response, StoreOut.of(store), version=store.version)


@router.patch("/v1/stores/{store_id}")
async def patch_store(
    store_id: str, body: StorePatch, call: Annotated[Call, requires("stores:write")], response: Response
) -> StoreOut:
    """Change a store. A store that is not `active` answers shoppers 404 `store_unavailable`."""
    changes = body.model_dump(exclude_unset=True, exclude={"settings"})
    if "status" in changes:
        changes["status"] = StoreStatus(changes["status"])
    store = change_store(
        store_id,
        changes=changes,
        settings=settings_changes(body.settings),
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, StoreOut.of(store), version=store.version)


@router.delete("/v1/stores/{store_id}", status_code=204)
async def remove_store(store_id: str, call: Annotated[Call, requires("stores:write")]) -> None:
    """Delete a store with nothing in it; one that has been used is made `inactive` instead (409 `store_in_use`)."""
    delete_store(store_id, registry=call.registry(), expects=call.check_version)
