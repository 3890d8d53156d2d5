"""What a tenant is."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.money import Currency

Plan: TypeAlias = Literal["free", "pro", "premium"]


class Tenant(Struct, frozen=True):
    """`settings_version` counts every change of the tenant's settings: stores, locations, shipping, tax, itself.

    `currency` is the default for products, and fixed. `cart_events` says whether changes of carts are published.
    """

    id: TenantId
    name: str
    plan: Plan
    currency: Currency
    cart_events: bool
    settings_version: int
    version: int
    created_at: datetime
    updated_at: datetime
