"""Suppliers: list, create, read, change, delete."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response

from inventory.suppliers_schemas import SupplierIn, SupplierOut, SupplierPatch, SupplierRowOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.inventory.suppliers import use_cases
from storekeeper.inventory.suppliers.items import open_contact
from storekeeper.inventory.suppliers.model import Supplier
from storekeeper.inventory.suppliers.store import SupplierFilter, get_supplier
from storekeeper.inventory.suppliers.store import list_suppliers as suppliers_page

router = APIRouter(prefix="/v1/suppliers", tags=["Suppliers"])


@router.get("")
async def list_suppliers(
    params: Listed,
    call: Annotated[Call, requires("inventory:read")],
    q: Annotated[str | None, Query(min_length=1, max_length=100, description="In the name or the code.")] = None,
    active: Annotated[bool | None, Query(description="Only active ones, or only archived ones.")] = None,
) -> ListOut[SupplierRowOut]:
    """The tenant's suppliers, by name. With narrow filters a page may be short and yet have a `next_cursor`."""
    page = suppliers_page(SupplierFilter(q, active), after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, SupplierRowOut.of)


@router.post("", status_code=201)
async def make_supplier(
    body: SupplierIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> SupplierOut:
    """Make a supplier. 409 `code_taken` where another one has its code."""
    render = _rendering(call)
    supplier = use_cases.create_supplier(
        body.terms(backend().settings.fresh(call.table).tenant.currency),
        body.contact(),
        table=call.table,
        sealer=call.sealer(),
        now=call.now,
        remember=call.remembering(render),
    )
    return tagged(response, render(supplier), version=supplier.version)


@router.get("/{supplier_id}")
async def read_supplier(
    supplier_id: str, call: Annotated[Call, requires("inventory:read")], response: Response
) -> SupplierOut:
    """One supplier."""
    supplier = get_supplier(supplier_id, table=call.table)
    return tagged(response, _rendering(call)(supplier), version=supplier.version)


@router.patch("/{supplier_id}")
async def patch_supplier(
    supplier_id: str, body: SupplierPatch, call: Annotated[Call, requires("inventory:write")], response: Response
) -> SupplierOut:
    """Change a supplier, or archive it (`active` false): then nothing new can be ordered there."""
    supplier = use_cases.change_supplier(
        supplier_id,
        body.applied,
        body.contact_applied,
        table=call.table,
        sealer=call.sealer(),
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, _rendering(call)(supplier), version=supplier.version)


@router.delete("/{supplier_id}", status_code=204)
async def remove_supplier(supplier_id: str, call: Annotated[Call, requires("inventory:write")]) -> None:
    """Delete a supplier of whom nothing was ever bought; archive any other one (409 `supplier_in_use`)."""
    use_cases.delete_supplier(supplier_id, table=call.table, expects=call.check_version)


def _rendering(call: Call) -> Callable[[Supplier], SupplierOut]:
    return lambda supplier: SupplierOut.whole(supplier, open_contact(supplier, sealer=call.sealer()))
