"""Collections of a store: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from catalog.collection_schemas import CollectionIn, CollectionOut, CollectionPatch
from storekeeper.catalog.collections import finding, use_cases
from storekeeper.catalog.collections import store as collections
from storekeeper.catalog.collections.finding import CollectionFilter, CollectionSort
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Id, Slug
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.aws.storage import delete_stored

router = APIRouter(prefix="/v1/stores/{store_id}/collections", tags=["Collections"])


@router.get("")
async def list_collections(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("catalog:read")],
    q: Annotated[str, Query(max_length=200, description="Words, or parts of them, of title and slug.")] = "",
    slug: Annotated[Slug | None, Query(description="Only the collection with this slug.")] = None,
    visible: Annotated[bool | None, Query(description="Only visible ones, or only others.")] = None,
    product_id: Annotated[Id | None, Query(description="Only those that hold this product.")] = None,
    sort: Annotated[
        CollectionSort, Query(description="`position`: the merchant's order, the oldest first within it.")
    ] = CollectionSort.POSITION,
) -> ListOut[CollectionOut]:
    """The store's collections."""
    store = backend().settings.fresh(call.table).store(store_id)
    wanted = CollectionFilter(q=q, slug=slug, visible=visible, product_id=product_id)
    page = finding.list_collections(call.table, store.id, wanted, sort=sort, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, lambda collection: CollectionOut.of(collection, now=call.now))


@router.post("", status_code=201)
async def create_collection(
    store_id: str, body: CollectionIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CollectionOut:
    """Make a collection. Then put products into it: `POST .../products`."""
    store = backend().settings.fresh(call.table).store(store_id)
    collection = use_cases.create_collection(
        body.details(),
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(lambda made: CollectionOut.of(made, now=call.now)),
    )
    return tagged(response, CollectionOut.of(collection, now=call.now), version=collection.version)


@router.get("/{collection_id}")
async def read_collection(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:read")], response: Response
) -> CollectionOut:
    """One collection."""
    store = backend().settings.fresh(call.table).store(store_id)
    collection = collections.read_collection(call.table, store.id, collection_id)
    return tagged(response, CollectionOut.of(collection, now=call.now), version=collection.version)


@router.patch("/{collection_id}")
async def change_collection(
    store_id: str,
    collection_id: str,
    body: CollectionPatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> CollectionOut:
    """Change what is said of a collection. Its products stay as they are."""
    store = backend().settings.fresh(call.table).store(store_id)
    collection = use_cases.change_collection(
        collection_id, body.applied, shop=store, table=call.table, now=call.now, expects=call.check_version
    )
    return tagged(response, CollectionOut.of(collection, now=call.now), version=collection.version)


@router.delete("/{collection_id}", status_code=204)
async def delete_collection(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Delete a collection. Its products stay in the store."""
    store = backend().settings.fresh(call.table).store(store_id)
    use_cases.delete_collection(
        collection_id, delete_stored=delete_stored, shop=store, table=call.table, expects=call.check_version
    )
