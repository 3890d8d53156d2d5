"""The products of a collection: list, add, move, arrange, remove. Each change answers the collection."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response

from catalog.collection_schemas import CollectionOut, CollectionProduct, MoveIn, OrderIn, ProductsIn
from storekeeper.catalog.collections import picking
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.store import list_members, read_ordered
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.ids import ProductId

router = APIRouter(prefix="/v1/stores/{store_id}/collections/{collection_id}", tags=["Collections"])


@router.get("/products")
async def list_collection_products(
    store_id: str, collection_id: str, params: Listed, call: Annotated[Call, requires("catalog:read")]
) -> ListOut[CollectionProduct]:
    """A collection's products in the merchant's order, those too that shoppers do not see now."""
    store = backend().settings.fresh(call.table).store(store_id)
    ordered = read_ordered(call.table, store.id, collection_id)
    page = list_members(call.table, ordered, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, lambda member: CollectionProduct.of(member, now=call.now))


@router.post("/products")
async def add_collection_products(
    store_id: str,
    collection_id: str,
    body: ProductsIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> CollectionOut:
    """Put up to 90 products that the store lists into a collection, which holds up to 1,000.

    What is in it already stays where it is. 422 `product_not_listed` names each product that the store does not list,
    `collection_full` says how much room there is; nothing is added then.
    """
    store = backend().settings.fresh(call.table).store(store_id)

    def answer(collection: Collection) -> CollectionOut:
        return CollectionOut.of(collection, now=call.now)

    collection = picking.add_products(
        collection_id,
        _ids(body.product_ids),
        spot=body.spot(),
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(collection), version=collection.version)


@router.put("/order")
async def arrange_collection_products(
    store_id: str,
    collection_id: str,
    body: OrderIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> CollectionOut:
    """Put a collection's products into a new order, whole or from the top; those not named follow as they stood.

    So nothing is lost that somebody else adds meanwhile. 422 `not_in_collection` names each that it does not have.
    """
    store = backend().settings.fresh(call.table).store(store_id)
    collection = picking.arrange_products(
        collection_id,
        _ids(body.product_ids),
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, CollectionOut.of(collection, now=call.now), version=collection.version)


@router.patch("/products/{product_id}")
async def move_collection_product(
    store_id: str,
    collection_id: str,
    product_id: str,
    body: MoveIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> CollectionOut:
    """Move one product of a collection before or after another one, or to a place. The others stay in their order."""
    store = backend().settings.fresh(call.table).store(store_id)
    collection = picking.move_product(
        collection_id,
        ProductId(product_id),
        spot=body.spot(),
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, CollectionOut.of(collection, now=call.now), version=collection.version)


@router.delete("/products/{product_id}", status_code=204)
async def remove_collection_product(
    store_id: str, collection_id: str, product_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Take a product out of a collection. It stays in the store."""
    store = backend().settings.fresh(call.table).store(store_id)
    picking.remove_product(
        collection_id,
        ProductId(product_id),
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )


def _ids(product_ids: Sequence[str]) -> list[ProductId]:
    return [ProductId(product_id) for product_id in product_ids]
