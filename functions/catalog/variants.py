"""Variants of a product: list, add, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog.variant_schemas import VariantIn, VariantOut, VariantPatch
from storekeeper.catalog import Product
from storekeeper.catalog.products import variants
from storekeeper.catalog.products.store import read_product
from storekeeper.catalog.products.variants import find_variant
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.paging import page_of

router = APIRouter(prefix="/v1/products/{product_id}/variants", tags=["Variants"])


@router.get("")
async def list_variants(
    product_id: str, params: Listed, call: Annotated[Call, requires("catalog:read")]
) -> ListOut[VariantOut]:
    """A product's variants, in their order."""
    product, after = read_product(call.table, product_id), params.after() or ""
    left = [variant for variant in product.variants if f"{variant.position:06d}" > after]
    page = page_of(left, limit=params.limit, position=lambda variant: f"{variant.position:06d}")
    return page_out(page, params.scope, lambda variant: VariantOut.of(product, variant))


@router.post("", status_code=201)
async def add_variant(
    product_id: str, body: VariantIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> VariantOut:
    """Add a variant, as the last. A product has at most 100."""

    def last(product: Product) -> VariantOut:
        return VariantOut.of(product, product.variants[-1])

    product = variants.add_variant(
        product_id,
        lambda product: body.variant(product.details.currency, now=call.now),
        table=call.table,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(last),
    )
    return tagged(response, last(product), version=product.version)


@router.get("/{variant_id}")
async def read_variant(
    product_id: str, variant_id: str, call: Annotated[Call, requires("catalog:read")], response: Response
) -> VariantOut:
    """One variant."""
    product = read_product(call.table, product_id)
    return tagged(response, VariantOut.of(product, find_variant(product, variant_id)), version=product.version)


@router.patch("/{variant_id}")
async def change_variant(
    product_id: str,
    variant_id: str,
    body: VariantPatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> VariantOut:
    """Change a variant. A SKU that has, or had, stock cannot be renamed (409 `sku_in_use`)."""
    product = variants.change_variant(
        product_id, variant_id, body.applied, table=call.table, now=call.now, expects=call.check_version
    )
    return tagged(response, VariantOut.of(product, find_variant(product, variant_id)), version=product.version)


@router.delete("/{variant_id}", status_code=204)
async def delete_variant(product_id: str, variant_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
    """Delete a variant; one whose SKU has, or had, stock is made inactive instead (409 `sku_in_use`)."""
    variants.delete_variant(product_id, variant_id, table=call.table, now=call.now, expects=call.check_version)
