"""Levels: how much of each SKU is where, now or at an instant."""

from typing import Annotated

from fastapi import APIRouter, Query

from inventory.schemas import LevelRowOut, State, state_of
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import Instant
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.lists import LevelFilter, levels_of_sku, list_levels
from storekeeper.kernel.ids import LocationId

router = APIRouter(prefix="/v1/inventory/levels", tags=["Inventory"])


@router.get("")
async def find_levels(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this SKU.")] = None,
    location_id: Annotated[str | None, Query(min_length=1, max_length=64, description="Only at this one.")] = None,
    status: Annotated[State | None, Query(description="Only those with this status.")] = None,
    at: Annotated[Instant | None, Query(description="As they were at this instant, from the ledger.")] = None,
) -> ListOut[LevelRowOut]:
    """Levels, one row per SKU and location. With `sku` they show every write that was answered; else within seconds."""
    wanted = LevelFilter(LocationId(location_id) if location_id else None, state_of(status), at)
    if sku is None:
        page = list_levels(call.table, wanted=wanted, after=params.after(), limit=params.limit)
    else:
        locations = tuple(backend().settings.fresh(call.table).locations)
        page = levels_of_sku(
            call.table, sku, wanted=wanted, locations=locations, after=params.after(), limit=params.limit
        )
    return page_out(page, params.scope, LevelRowOut.of)
