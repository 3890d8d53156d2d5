"""How shoppers of a store may pay."""

from typing import Annotated, get_args

from fastapi import APIRouter

from storekeeper.edge.call import Call, requires
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.paging import page_of
from storekeeper.tenancy import PaymentMethod, load_settings
from storekeeper.tenancy.stores.use_cases import choose_payment_method
from stores.schemas import PaymentMethodOut, PaymentMethodPatch

router = APIRouter(prefix="/v1/stores/{store_id}/payment-methods", tags=["Payment methods"])

METHODS: tuple[PaymentMethod, ...] = get_args(PaymentMethod)


@router.get("")
async def list_payment_methods(
    store_id: str, params: Listed, call: Annotated[Call, requires("stores:read")]
) -> ListOut[PaymentMethodOut]:
    """Every way to pay that there is, and whether the store takes it."""
    store, after = load_settings(call.table).store(store_id), params.after() or ""
    methods = sorted(method for method in METHODS if method > after)
    page = page_of(methods, limit=params.limit, position=str)
    return page_out(page, params.scope, lambda method: PaymentMethodOut.of(store, method))


@router.get("/{method}")
async def read_payment_method(
    store_id: str, method: str, call: Annotated[Call, requires("stores:read")]
) -> PaymentMethodOut:
    """One way to pay, and whether the store takes it."""
    return PaymentMethodOut.of(load_settings(call.table).store(store_id), _known(method))


@router.patch("/{method}")
async def patch_payment_method(
    store_id: str, method: str, body: PaymentMethodPatch, call: Annotated[Call, requires("stores:write")]
) -> PaymentMethodOut:
    """Let shoppers pay in this way, or no longer."""
    known = _known(method)
    store = choose_payment_method(
        store_id, known, enabled=body.enabled, table=call.table, now=call.now, expects=call.check_version
    )
    return PaymentMethodOut.of(store, known)


def _known(method: str) -> PaymentMethod:
    if method not in METHODS:
        raise NotFound("There is no such payment method.")
    return method
