"""By what the units of a SKU are told apart, and naming units that lie there without."""

from typing import Annotated

from fastapi import APIRouter, Response

from inventory.tracking_schemas import NameStockIn, TrackedLevelOut, TrackingIn, TrackingOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.inventory.tracking.model import Place
from storekeeper.inventory.tracking.use_cases import name_stock, read_tracking, track
from storekeeper.kernel.ids import LocationId

router = APIRouter(prefix="/v1/inventory/tracking", tags=["Serials and batches"])


@router.post(
    "/names",
    status_code=201,
    responses={
        404: {"description": "The SKU has no stock at this location."},
        409: {"description": "The units cannot be named so."},
    },
)
async def name_units(body: NameStockIn, call: Annotated[Call, requires("inventory:write")]) -> TrackedLevelOut:
    """Say which units lie at a location, of those that have no name yet: no stock moves.

    409 `too_few_unnamed` says how many have none; 422 `too_many_named` how many fit into one call.
    """
    level = name_stock(
        call.table,
        Place(body.sku, LocationId(body.location_id)),
        body.names(),
        now=call.now,
        remember=call.remembering(TrackedLevelOut.of),
    )
    return TrackedLevelOut.of(level)


@router.get("/{sku:path}", responses={404: {"description": "No variant has this SKU."}})
async def read_sku_tracking(
    sku: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> TrackingOut:
    """How the units of a SKU are told apart, and how many at each location have no name yet."""
    tracking = read_tracking(call.table, sku, settings=backend().settings.fresh(call.table))
    return tagged(response, TrackingOut.of(tracking), version=tracking.version)


@router.put(
    "/{sku:path}",
    responses={
        404: {"description": "No variant has this SKU."},
        409: {"description": "Units are named by how it is tracked now, or it lies in several buckets."},
    },
)
async def track_sku(
    sku: str, body: TrackingIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> TrackingOut:
    """Track a SKU by serial or by batch, or no longer; only while none of its units is named (`tracking_in_use`)."""
    tracking = track(
        call.table,
        sku,
        body.mode(),
        settings=backend().settings.fresh(call.table),
        expects=call.check_version,
        remember=call.remembering(TrackingOut.of, status=200),
    )
    return tagged(response, TrackingOut.of(tracking), version=tracking.version)
