"""Founding tenants, and giving a key to one that has lost its own."""

import os
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from operations.actions import Action, Actions
from storekeeper.edge.backend import backend
from storekeeper.edge.fields import CurrencyCode, Id, InModel, Name
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId, is_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.trace import Trace
from storekeeper.tenancy import ALL_SCOPES, Plan, Scope
from storekeeper.tenancy.api_keys.use_cases import issue_key
from storekeeper.tenancy.tenants.founding import create_tenant, tenant_id_for
from storekeeper.tenancy.tenants.use_cases import find_tenant


class CreateTenant(InModel):
    """A tenant to found. The same `request_id` never founds a second one."""

    request_id: Annotated[str, Field(min_length=16, max_length=255)]
    name: Name
    plan: Plan = "free"
    currency: CurrencyCode = "USD"


class CreateKey(InModel):
    """A key to give; every scope unless some are named."""

    tenant_id: Id
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1)] = Field(default_factory=lambda: list(ALL_SCOPES))


def found_tenant(details: CreateTenant, /, *, trace: Trace, now: datetime) -> dict[str, Any]:
    """`{"tenant_id", "created", "api_key"}`; a repeat answers `created` false and no key: it was shown once."""
    tenant_id = tenant_id_for(details.request_id)
    founding = create_tenant(
        name=details.name,
        plan=details.plan,
        currency=Currency.of(details.currency),
        data_key_arn=os.environ["DATA_KEY_ARN"],
        registry=backend().table(tenant_id, trace=trace, registry=True),
        now=now,
    )
    return {"tenant_id": tenant_id, "created": founding.secret is not None, "api_key": founding.secret}


def give_key(details: CreateKey, /, *, trace: Trace, now: datetime) -> dict[str, Any]:
    """`{"key_id", "api_key"}`. A repeat gives another key."""
    if not is_id(details.tenant_id, "ten"):
        raise NotFound("There is no such tenant.")
    registry = backend().table(TenantId(details.tenant_id), trace=trace, registry=True)
    find_tenant(registry)
    made = issue_key(name=details.name, scopes=details.scopes, registry=registry, now=now)
    return {"key_id": made.key.id, "api_key": made.secret}


ACTIONS: Actions = {
    "create_tenant": Action(CreateTenant, found_tenant),
    "create_key": Action(CreateKey, give_key),
}
