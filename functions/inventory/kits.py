"""Kits: SKUs that are made of components, and whose stock is that of those."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from inventory.kit_schemas import KitIn, KitOut, KitPatch, KitStockOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Sku
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.kits import use_cases
from storekeeper.inventory.kits.store import get_kit, list_kits, stock_of_kit
from storekeeper.kernel.ids import LocationId, StoreId
from storekeeper.tenancy import Settings

router = APIRouter(prefix="/v1/inventory/kits", tags=["Kits"])


@router.get("")
async def find_kits(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[Sku | None, Query(description="Only the kit that this SKU is.")] = None,
    component: Annotated[Sku | None, Query(description="Only kits with this component.")] = None,
) -> ListOut[KitOut]:
    """Kits, by SKU. With a filter it shows every write that was answered; all of them follow within seconds."""
    page = list_kits(sku=sku, component=component, after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, KitOut.of)


@router.post(
    "",
    status_code=201,
    responses={
        404: {"description": "No variant has this SKU."},
        409: {"description": "The SKU has stock, is a kit, or is in one."},
    },
)
async def make_kit(body: KitIn, call: Annotated[Call, requires("inventory:write")], response: Response) -> KitOut:
    """Make a variant a kit.

    409 `sku_stocked` where it has, or had, stock of its own, `sku_in_kits` where it is a component, `kit_exists` where
    it is a kit.
    """
    kit = use_cases.create_kit(
        body.sku, body.parts(), table=call.table, now=call.now, remember=call.remembering(KitOut.of)
    )
    return tagged(response, KitOut.of(kit), version=kit.version)


@router.get("/{kit_id}")
async def read_kit(kit_id: str, call: Annotated[Call, requires("inventory:read")], response: Response) -> KitOut:
    """One kit."""
    kit = get_kit(kit_id, table=call.table)
    return tagged(response, KitOut.of(kit), version=kit.version)


@router.patch("/{kit_id}")
async def patch_kit(
    kit_id: str, body: KitPatch, call: Annotated[Call, requires("inventory:write")], response: Response
) -> KitOut:
    """Have it made of other components. Orders that are placed keep those that they bought."""
    kit = use_cases.change_kit(kit_id, body.parts(), table=call.table, now=call.now, expects=call.check_version)
    return tagged(response, KitOut.of(kit), version=kit.version)


@router.delete("/{kit_id}", status_code=204)
async def remove_kit(kit_id: str, call: Annotated[Call, requires("inventory:write")]) -> None:
    """Have a kit no more: the variant stays, and can get stock of its own. Open orders keep what they bought."""
    use_cases.delete_kit(kit_id, table=call.table, now=call.now, expects=call.check_version)


@router.get("/{kit_id}/availability")
async def count_kits(
    kit_id: str,
    call: Annotated[Call, requires("inventory:read")],
    store_id: Annotated[
        str | None, Query(max_length=64, description="Only where this store sells from, in its order.")
    ] = None,
) -> KitStockOut:
    """How many there are at this moment, in all locations and at each, and which components are the scarcest."""
    kit = get_kit(kit_id, table=call.table)
    places = _places(backend().settings.fresh(call.table), store_id)
    return KitStockOut.of(kit, stock_of_kit(kit, locations=places, table=call.table))


def _places(settings: Settings, store_id: str | None) -> list[LocationId]:
    """Where it may be sold from: the store's locations, or all that are active."""
    if store_id is not None:
        return [one.id for one in settings.locations_for(settings.store(StoreId(store_id)).id)]
    return [one.id for one in settings.locations.values() if one.active]
