"""How a tenant comes to be: with its data key, a location and a first API key, in one transaction."""

from datetime import UTC, datetime

from msgspec import Struct

from storekeeper.kernel.ids import LocationId, TenantId, derived_id, new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy.api_keys.model import ALL_SCOPES
from storekeeper.tenancy.api_keys.use_cases import key_writes, make_key
from storekeeper.tenancy.daily import put_daily
from storekeeper.tenancy.data_keys import put_data_key
from storekeeper.tenancy.locations.items import put_location
from storekeeper.tenancy.locations.model import Location
from storekeeper.tenancy.tenants import items
from storekeeper.tenancy.tenants.model import Plan, Tenant
from storekeeper.tenancy.tenants.use_cases import find_tenant

FIRST_KEY = "First key"
FIRST_LOCATION = "Main location"
_ID_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # a derived id needs an instant that a repeat knows too


class Founding(Struct, frozen=True):
    """A tenant, and the secret of its first key: None if the tenant was there already."""

    tenant: Tenant
    secret: str | None


def tenant_id_for(request_id: str) -> TenantId:
    """The id of the tenant that a request founds, so that a repeat of it founds no second one."""
    return TenantId(derived_id("ten", request_id, at=_ID_TIME))


def create_tenant(
    *, name: str, plan: Plan, currency: Currency, data_key_arn: str, registry: Table, now: datetime
) -> Founding:
    """Found the gateway's tenant (see `tenant_id_for`): it, its data key, a default location, a key with every scope.

    A repeat answers the tenant as it is, without a secret: what was shown once cannot be shown again.
    """
    tenant = Tenant(
        id=registry.tenant_id,
        name=name,
        plan=plan,
        currency=currency,
        cart_events=False,
        settings_version=1,
        version=1,
        created_at=now,
        updated_at=now,
    )
    made = make_key(name=FIRST_KEY, scopes=ALL_SCOPES, now=now)
    try:
        registry.write(
            items.put_tenant(tenant),
            put_data_key(tenant.id, data_key_arn=data_key_arn),
            put_location(tenant.id, _first_location(now)),
            put_daily(tenant.id, now=now),
            *key_writes(made.key, registry),
        )
    except WriteRefused:
        return Founding(find_tenant(registry), None)
    return Founding(tenant, made.secret)


def _first_location(now: datetime) -> Location:
    return Location(
        id=LocationId(new_id("loc", at=now)),
        name=FIRST_LOCATION,
        address=None,
        is_default=True,
        active=True,
        stocked=False,
        version=1,
        created_at=now,
        updated_at=now,
    )
