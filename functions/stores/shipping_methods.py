"""A store's shipping methods: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import CountryCode
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.paging import page_of
from storekeeper.kernel.records import replace
from storekeeper.pricing import (
    SHIPPING_METHODS,
    ShippingMethod,
    ShippingTerms,
    change_row,
    create_row,
    delete_row,
    find_row,
    rows_of,
)
from storekeeper.tenancy import load_settings
from stores.shipping_schemas import ShippingMethodIn, ShippingMethodOut, ShippingMethodPatch, new_terms

router = APIRouter(prefix="/v1/stores/{store_id}/shipping-methods", tags=["Shipping methods"])


@router.get("")
async def list_shipping_methods(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("stores:read")],
    active: Annotated[bool | None, Query(description="Only active ones, or only others.")] = None,
    country: Annotated[CountryCode | None, Query(description="Only those that go there.")] = None,
) -> ListOut[ShippingMethodOut]:
    """The store's shipping methods, oldest first."""
    settings, after = load_settings(call.table), params.after() or ""
    store = settings.store(store_id)
    methods = [
        method
        for method in rows_of(SHIPPING_METHODS, settings, store.id)
        if method.id > after and active in (None, method.terms.active) and _goes_to(country, method.terms)
    ]
    page = page_of(methods, limit=params.limit, position=lambda method: method.id)
    return page_out(page, params.scope, ShippingMethodOut.of)


@router.post("", status_code=201)
async def make_shipping_method(
    store_id: str, body: ShippingMethodIn, call: Annotated[Call, requires("stores:write")], response: Response
) -> ShippingMethodOut:
    """Add a method. Shoppers can choose it from then on."""
    method = create_row(
        SHIPPING_METHODS,
        store_id,
        lambda store: new_terms(body, store.currency),
        table=call.table,
        now=call.now,
        remember=call.remembering(ShippingMethodOut.of),
    )
    return tagged(response, ShippingMethodOut.of(method), version=method.version)


@router.get("/{shipping_method_id}")
async def read_shipping_method(
    store_id: str, shipping_method_id: str, call: Annotated[Call, requires("stores:read")], response: Response
) -> ShippingMethodOut:
    """One method."""
    method = find_row(SHIPPING_METHODS, store_id, shipping_method_id, table=call.table)
    return tagged(response, ShippingMethodOut.of(method), version=method.version)


@router.patch("/{shipping_method_id}")
async def patch_shipping_method(
    store_id: str,
    shipping_method_id: str,
    body: ShippingMethodPatch,
    call: Annotated[Call, requires("stores:write")],
    response: Response,
) -> ShippingMethodOut:
    """Change a method. Carts that chose it lose their choice if it no longer applies to them."""

    def amend(method: ShippingMethod) -> ShippingTerms:
        call.check_version(method.version)
        terms = replace(method.terms, **body.changes(method.terms.currency))
        terms.check()
        return terms

    method = change_row(SHIPPING_METHODS, store_id, shipping_method_id, amend, table=call.table, now=call.now)
    return tagged(response, ShippingMethodOut.of(method), version=method.version)


@router.delete("/{shipping_method_id}", status_code=204)
async def remove_shipping_method(
    store_id: str, shipping_method_id: str, call: Annotated[Call, requires("stores:write")]
) -> None:
    """Delete a method. Carts that chose it lose their choice; orders keep its name."""
    delete_row(SHIPPING_METHODS, store_id, shipping_method_id, table=call.table, expects=call.check_version)


def _goes_to(country: str | None, terms: ShippingTerms) -> bool:
    return country is None or not terms.zones or any(zone.country == country for zone in terms.zones)
