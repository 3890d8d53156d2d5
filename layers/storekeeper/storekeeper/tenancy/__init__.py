"""Who sells, where, and who may do what: tenants, their stores, locations and keys.

- tenant: who sells with us; everything belongs to one
- store: where a tenant sells; shoppers reach it by its domains
- domain, host: a name that one store of the whole system owns (`domain` as the merchant gives it, `host` normalized)
- location: where stock lies; one is the default
- settings: all of the above with shipping and tax, read as one and kept by version
- scope: a right to one kind of route, such as `orders:read`
- access: what a secret opens: a key of a tenant, with its scopes
- sealer: seals personal data under the tenant's own data key
"""

from storekeeper.tenancy.access import Access, AccessCache
from storekeeper.tenancy.api_keys.model import ALL_SCOPES, Scope
from storekeeper.tenancy.data_keys import SealerCache
from storekeeper.tenancy.hosts import HostCache, HostRef, normalized_host
from storekeeper.tenancy.locations.items import mark_stocked
from storekeeper.tenancy.locations.model import Location
from storekeeper.tenancy.numbers import NumberLease
from storekeeper.tenancy.settings import Settings, SettingsCache, load_settings
from storekeeper.tenancy.stores.items import mark_used
from storekeeper.tenancy.stores.model import AtZero, PaymentMethod, Store, StoreSettings, StoreStatus, StoreUnavailable
from storekeeper.tenancy.tenants.items import bump_settings, bump_settings_if_unchanged, settings_key
from storekeeper.tenancy.tenants.model import Plan, Tenant

__all__ = [
    "ALL_SCOPES",
    "Access",
    "AccessCache",
    "AtZero",
    "HostCache",
    "HostRef",
    "Location",
    "NumberLease",
    "PaymentMethod",
    "Plan",
    "Scope",
    "SealerCache",
    "Settings",
    "SettingsCache",
    "Store",
    "StoreSettings",
    "StoreStatus",
    "StoreUnavailable",
    "Tenant",
    "bump_settings",
    "bump_settings_if_unchanged",
    "load_settings",
    "mark_stocked",
    "mark_used",
    "normalized_host",
    "settings_key",
]
