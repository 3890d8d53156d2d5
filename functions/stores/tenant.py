"""Who I am, and my tenant."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import CurrencyCode, Id, InModel, InstantOut, Name, left_out
from storekeeper.kernel import clock
from storekeeper.tenancy import Plan, Scope, Tenant
from storekeeper.tenancy.api_keys.use_cases import find_key
from storekeeper.tenancy.tenants.use_cases import change_tenant, find_tenant

router = APIRouter(tags=["Tenant"])


class TenantOut(BaseModel):
    """The tenant whose key it is. `cart_events`: changes of carts are published as events."""

    id: Annotated[Id, Field(examples=["ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["Harbour Ltd"])]
    plan: Plan
    currency: CurrencyCode
    cart_events: bool
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, tenant: Tenant) -> "TenantOut":
        """The tenant as it is answered."""
        return cls(
            id=tenant.id,
            name=tenant.name,
            plan=tenant.plan,
            currency=tenant.currency.code,
            cart_events=tenant.cart_events,
            version=tenant.version,
            created_at=clock.to_text(tenant.created_at),
            updated_at=clock.to_text(tenant.updated_at),
        )


class TenantPatch(InModel):
    """Changes of the tenant. Plan and currency are the operator's."""

    name: Annotated[Name, Field(examples=["Harbour Ltd"])] = left_out()
    cart_events: bool = left_out()


class MeKey(BaseModel):
    """The key that calls."""

    id: Annotated[str, Field(examples=["key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["Warehouse"])]


class MeOut(BaseModel):
    """Who calls, and what they may do."""

    tenant: TenantOut
    key: MeKey
    scopes: list[Scope]


@router.get("/v1/me")
async def read_me(call: Annotated[Call, requires("tenant:read")]) -> MeOut:
    """Whose key this is, and what it may do."""
    key = find_key(call.access.key_id, table=call.table)
    tenant = TenantOut.of(find_tenant(call.table))
    return MeOut(tenant=tenant, key=MeKey(id=key.id, name=key.name), scopes=sorted(call.access.scopes))


@router.get("/v1/tenant")
async def read_tenant(call: Annotated[Call, requires("tenant:read")], response: Response) -> TenantOut:
    """The tenant."""
    tenant = find_tenant(call.table)
    return tagged(response, TenantOut.of(tenant), version=tenant.version)


@router.patch("/v1/tenant")
async def patch_tenant(
    body: TenantPatch, call: Annotated[Call, requires("tenant:write")], response: Response
) -> TenantOut:
    """Rename the tenant, or have changes of carts published as events."""
    changes = body.model_dump(exclude_unset=True)
    tenant = change_tenant(**changes, table=call.table, now=call.now, expects=call.check_version)
    return tagged(response, TenantOut.of(tenant), version=tenant.version)
