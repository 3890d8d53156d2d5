"""Rows in the table: they lie in the tenant's own partition, so that the one read of its settings brings them."""

from collections.abc import Callable
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.ids import StoreId, TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.writes import ABSENT, Delete, Put
from storekeeper.pricing.rows.model import StoreRow

SCHEMA = 1

T = TypeVar("T")
R = TypeVar("R", bound=StoreRow)  # type: ignore[type-arg]  # of whatever terms


class RowKind(Struct, Generic[T, R], frozen=True):
    """One kind of row: its names, how its terms are stored, and how many of it a store may have."""

    name: str
    part: Literal["SHIPPING", "TAX"]
    id_prefix: str
    row: type[R]
    terms_as_item: Callable[[T], Item]
    terms_from: Callable[[Item], T]
    most: int
    too_many: type[StorekeeperError]

    def key(self, tenant_id: TenantId, store_id: StoreId, row_id: str) -> Key:
        """Where a row is kept."""
        return Key(tenant_pk(tenant_id), joined("STORE", store_id, self.part, row_id))

    def from_item(self, item: Item, tenant_id: TenantId) -> R:
        """The row of an item."""
        return self.row(
            tenant_id=tenant_id,
            id=item["id"],
            store_id=StoreId(item["store_id"]),
            terms=self.terms_from(item["terms"]),
            created_at=clock.from_text(item["created_at"]),
            updated_at=clock.from_text(item["updated_at"]),
            version=item["version"],
        )

    def as_item(self, row: R) -> Item:
        """The whole row."""
        return {
            "type": self.name,
            "schema": SCHEMA,
            "id": row.id,
            "store_id": row.store_id,
            "terms": self.terms_as_item(row.terms),
            "version": row.version,
            "created_at": clock.to_text(row.created_at),
            "updated_at": clock.to_text(row.updated_at),
        }


def create_row_write(kind: RowKind[T, R], row: R) -> Put:
    """A row that was not there."""
    return Put(kind.key(row.tenant_id, row.store_id, row.id), kind.as_item(row), only_if=ABSENT)


def change_row_write(kind: RowKind[T, R], row: R) -> Put:
    """A changed row, one version on; refused if it changed since it was read."""
    return Put(
        kind.key(row.tenant_id, row.store_id, row.id),
        kind.as_item(row),
        only_if="version = :version",
        values={":version": row.version - 1},
    )


def delete_row_write(kind: RowKind[T, R], row: R) -> Delete:
    """The row gone; refused if it changed since it was read."""
    return Delete(
        kind.key(row.tenant_id, row.store_id, row.id),
        only_if="version = :version",
        values={":version": row.version},
    )
