"""Listings of a store: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from catalog.listing_schemas import ListingIn, ListingOut, ListingPatch, ListingRow
from storekeeper.catalog import ListingFilter
from storekeeper.catalog.listings import store as listings
from storekeeper.catalog.listings import use_cases
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Id
from storekeeper.edge.lists import Listed, ListOut, page_out

router = APIRouter(prefix="/v1/stores/{store_id}/listings", tags=["Listings"])


@router.get("")
async def list_listings(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("catalog:read")],
    visible: Annotated[bool | None, Query(description="Only visible ones, or only others.")] = None,
    promoted: Annotated[bool | None, Query(description="Only promoted ones, or only others.")] = None,
    category_id: Annotated[Id | None, Query(description="Only those that name this category.")] = None,
    product_id: Annotated[Id | None, Query(description="Only the listing of this product.")] = None,
) -> ListOut[ListingRow]:
    """The store's listings, newest product first."""
    store = backend().settings.fresh(call.table).store(store_id)
    wanted = ListingFilter(visible, promoted, category_id)
    if product_id is None:
        page = listings.list_listings(call.table, store.id, wanted, after=params.after(), limit=params.limit)
    else:
        page = listings.find_listing_card(call.table, store.id, product_id, wanted)
    return page_out(page, params.scope, ListingRow.of_card)


@router.post("", status_code=201)
async def create_listing(
    store_id: str, body: ListingIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> ListingOut:
    """Show a product in the store. One listing per product and store: a second one is 409 `listing_exists`."""
    store = backend().settings.fresh(call.table).store(store_id)
    listing = use_cases.create_listing(
        body.product_id,
        body.details(store.currency),
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(ListingOut.of),
    )
    return tagged(response, ListingOut.of(listing), version=listing.version)


@router.get("/{listing_id}")
async def read_listing(
    store_id: str, listing_id: str, call: Annotated[Call, requires("catalog:read")], response: Response
) -> ListingOut:
    """One listing."""
    store = backend().settings.fresh(call.table).store(store_id)
    listing = listings.read_listing(call.table, store.id, listing_id)
    return tagged(response, ListingOut.of(listing), version=listing.version)


@router.patch("/{listing_id}")
async def change_listing(
    store_id: str,
    listing_id: str,
    body: ListingPatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> ListingOut:
    """Change a listing."""
    store = backend().settings.fresh(call.table).store(store_id)
    listing = use_cases.change_listing(
        listing_id,
        lambda details: body.applied(details, store.currency),
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, ListingOut.of(listing), version=listing.version)


@router.delete("/{listing_id}", status_code=204)
async def delete_listing(store_id: str, listing_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
    """Show the product in the store no longer."""
    store = backend().settings.fresh(call.table).store(store_id)
    use_cases.delete_listing(listing_id, shop=store, table=call.table, expects=call.check_version)
