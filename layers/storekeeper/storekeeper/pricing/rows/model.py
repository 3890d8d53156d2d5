"""A row of a store's settings: the merchant's terms, and what every row has around them."""

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from storekeeper.kernel.ids import StoreId, TenantId

T = TypeVar("T")


class StoreRow(Struct, Generic[T], frozen=True):
    """`terms` is all that a merchant can change."""

    tenant_id: TenantId
    id: str
    store_id: StoreId
    terms: T
    created_at: datetime
    updated_at: datetime
    version: int = 1
