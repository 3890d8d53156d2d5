"""Products: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from catalog.product_schemas import ProductIn, ProductOut, ProductPatch, ProductRow, Status
from storekeeper.catalog.lists import Card
from storekeeper.catalog.products import store, use_cases
from storekeeper.catalog.products.store import ProductFilter
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Sku, Slug, Tag
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.money import Currency
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/products", tags=["Products"])


@router.get("")
async def list_products(
    params: Listed,
    call: Annotated[Call, requires("catalog:read")],
    status: Annotated[Status | None, Query(description="Only products with this status.")] = None,
    tag: Annotated[Tag | None, Query(description="Only products with this tag.")] = None,
    featured: Annotated[bool | None, Query(description="Only featured ones, or only others.")] = None,
    sku: Annotated[Sku | None, Query(description="Only the product that has this SKU.")] = None,
    slug: Annotated[Slug | None, Query(description="Only the product that has this slug.")] = None,
) -> ListOut[ProductRow]:
    """The tenant's products, newest first."""
    wanted = ProductFilter(status, tag, featured)
    page: Page[Card]
    if sku is None and slug is None:
        page = store.list_products(call.table, wanted, after=params.after(), limit=params.limit)
    else:
        page = store.find_card(call.table, wanted, sku=sku, slug=slug)
    return page_out(page, params.scope, lambda card: ProductRow.of(card, now=call.now))


@router.post("", status_code=201)
async def create_product(
    body: ProductIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> ProductOut:
    """Make a product with its variants. A slug or SKU that is taken is refused with 409."""
    code = body.currency
    currency = Currency.of(code) if code else backend().settings.fresh(call.table).tenant.currency
    product = use_cases.create_product(
        body.details(currency),
        body.new_variants(currency, now=call.now),
        table=call.table,
        now=call.now,
        remember=call.remembering(lambda made: ProductOut.of(made, now=call.now)),
    )
    return tagged(response, ProductOut.of(product, now=call.now), version=product.version)


@router.get("/{product_id}")
async def read_product(
    product_id: str, call: Annotated[Call, requires("catalog:read")], response: Response
) -> ProductOut:
    """One product with its variants and images."""
    product = store.read_product(call.table, product_id)
    return tagged(response, ProductOut.of(product, now=call.now), version=product.version)


@router.patch("/{product_id}")
async def change_product(
    product_id: str, body: ProductPatch, call: Annotated[Call, requires("catalog:write")], response: Response
) -> ProductOut:
    """Change a product. Its variants are changed by their own routes."""
    product = use_cases.change_product(
        product_id, body.applied, table=call.table, now=call.now, expects=call.check_version
    )
    return tagged(response, ProductOut.of(product, now=call.now), version=product.version)


@router.delete("/{product_id}", status_code=204)
async def delete_product(product_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
    """Delete a product with its variants and listings; one that has, or had, stock is archived instead (409)."""
    use_cases.delete_product(product_id, table=call.table, expects=call.check_version)
