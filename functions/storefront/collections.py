"""The store's collections."""

from typing import Annotated

from fastapi import APIRouter, Depends

from storefront.collection_schemas import CollectionCard, CollectionPage
from storefront.environment import store_and_collections
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.edge.shopper import Visit, visit
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.paging import page_of

router = APIRouter(prefix="/v1/storefront/{domain}/collections", tags=["Storefront"])


@router.get("")
async def browse_collections(params: Listed, visit: Annotated[Visit, Depends(visit)]) -> ListOut[CollectionCard]:
    """The store's collections, in the merchant's order."""
    _, collections = store_and_collections(visit)
    after = params.after() or ""
    left = [one for one in collections.shown if one.place > after]
    page = page_of(left, limit=params.limit, position=lambda one: one.place)
    return page_out(page, params.scope, lambda collection: CollectionCard.of(collection, now=visit.now))


@router.get("/{slug}")
async def show_collection(slug: str, visit: Annotated[Visit, Depends(visit)]) -> CollectionPage:
    """One collection. Its products: `products?collection=`."""
    _, collections = store_and_collections(visit)
    collection = collections.by_slug(slug)
    if collection is None or not collection.details.visible:
        raise NotFound("There is no such collection.")
    return CollectionPage.page(collection, now=visit.now)
