"""Supplier SKUs: what a supplier sells, and who sells a SKU."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from inventory.suppliers_schemas import SupplierSkuIn, SupplierSkuOut, SupplierSkuPatch
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.suppliers.skus import store, use_cases
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/suppliers", tags=["Suppliers"])


@router.get("/skus")
async def list_suppliers_of_sku(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[str, Query(min_length=1, max_length=64, description="Who sells this SKU?")],
) -> ListOut[SupplierSkuOut]:
    """All who sell a SKU, the longest known supplier first; at most one of them is `preferred`."""
    page = store.list_suppliers_of(sku, after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, SupplierSkuOut.of)


@router.get("/{supplier_id}/skus")
async def list_supplier_skus(
    supplier_id: str,
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    sku: Annotated[str | None, Query(min_length=1, max_length=64, description="Only this one.")] = None,
) -> ListOut[SupplierSkuOut]:
    """What a supplier sells, by SKU. With `sku` it shows every write that was answered; else within seconds."""
    supplier = get_supplier(supplier_id, table=call.table)
    if sku is None:
        page = store.list_skus_of(supplier, after=params.after(), limit=params.limit, table=call.table)
    else:
        page = Page(tuple(store.find_supplier_skus(supplier, [sku], table=call.table).values()), None)
    return page_out(page, params.scope, SupplierSkuOut.of)


@router.post("/{supplier_id}/skus", status_code=201)
async def make_supplier_sku(
    supplier_id: str, body: SupplierSkuIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> SupplierSkuOut:
    """Say that a supplier sells a SKU. 409 `supplier_sku_taken` where that is said already."""
    made = use_cases.add_supplier_sku(
        supplier_id,
        body.sku,
        body.terms,
        preferred=body.preferred,
        table=call.table,
        now=call.now,
        remember=call.remembering(SupplierSkuOut.of),
    )
    return tagged(response, SupplierSkuOut.of(made), version=made.version)


@router.get("/{supplier_id}/skus/{supplier_sku_id}")
async def read_supplier_sku(
    supplier_id: str, supplier_sku_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> SupplierSkuOut:
    """One SKU of a supplier."""
    supplier = get_supplier(supplier_id, table=call.table)
    known = store.get_supplier_sku(supplier.id, supplier_sku_id, table=call.table)
    return tagged(response, SupplierSkuOut.of(known), version=known.version)


@router.patch("/{supplier_id}/skus/{supplier_sku_id}")
async def patch_supplier_sku(
    supplier_id: str,
    supplier_sku_id: str,
    body: SupplierSkuPatch,
    call: Annotated[Call, requires("inventory:write")],
    response: Response,
) -> SupplierSkuOut:
    """Change the terms of a supplier SKU. Orders that are made already keep their cost."""
    known = use_cases.change_supplier_sku(
        supplier_id,
        supplier_sku_id,
        body.applied,
        preferred=body.preferred if "preferred" in body.model_fields_set else None,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, SupplierSkuOut.of(known), version=known.version)


@router.delete("/{supplier_id}/skus/{supplier_sku_id}", status_code=204)
async def remove_supplier_sku(
    supplier_id: str, supplier_sku_id: str, call: Annotated[Call, requires("inventory:write")]
) -> None:
    """Say that a supplier sells a SKU no more. Orders that name it stay as they are."""
    use_cases.remove_supplier_sku(supplier_id, supplier_sku_id, table=call.table, expects=call.check_version)
