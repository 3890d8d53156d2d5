"""Create, read, change and delete rows of a store's settings. Each write makes every kept copy of them stale."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import StoreId, is_id, new_id
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.pricing.rows.items import R, RowKind, change_row_write, create_row_write, delete_row_write
from storekeeper.tenancy import Settings, Store, bump_settings, bump_settings_if_unchanged, load_settings

T = TypeVar("T")


def rows_of(kind: RowKind[T, R], settings: Settings, store_id: str) -> tuple[R, ...]:
    """All rows of this kind that a store has, in the order in which they were made."""
    return tuple(kind.from_item(item, settings.tenant.id) for item in settings.rows_of(store_id, kind.part))


def find_row(kind: RowKind[T, R], store_id: str, row_id: str, *, table: Table) -> R:
    """One row.

    Raises:
        NotFound: the store has none with this id.
    """
    item = table.get(kind.key(table.tenant_id, StoreId(store_id), row_id)) if is_id(row_id, kind.id_prefix) else None
    if item is None:
        raise NotFound(f"This store has no such {kind.name.replace('_', ' ')}.")
    return kind.from_item(item, table.tenant_id)


def create_row(
    kind: RowKind[T, R],
    store_id: str,
    terms: Callable[[Store], T],
    *,
    table: Table,
    now: datetime,
    remember: Remember[R] = forget,
) -> R:
    """A new row. `terms` says what it is to be, given the store (its currency).

    Raises:
        NotFound: no such store.
        StorekeeperError: `kind.too_many`.
        Contended: others kept changing the tenant's settings.
    """

    def attempt() -> R:
        settings = load_settings(table)
        store = settings.store(store_id)
        if len(settings.rows_of(store_id, kind.part)) >= kind.most:
            raise kind.too_many
        row = kind.row(
            tenant_id=table.tenant_id,
            id=new_id(kind.id_prefix, at=now),
            store_id=store.id,
            terms=terms(store),
            created_at=now,
            updated_at=now,
        )
        unchanged = bump_settings_if_unchanged(table.tenant_id, version=settings.version)
        table.write(create_row_write(kind, row), unchanged, *remember(row))
        return row

    return until_written(attempt)


def change_row(
    kind: RowKind[T, R], store_id: str, row_id: str, amend: Callable[[R], T], *, table: Table, now: datetime
) -> R:
    """The row with the terms that `amend` makes of it; it is asked again when somebody else changed the row meanwhile.

    Raises:
        NotFound: the store has none with this id.
        Contended: others kept changing it.
    """

    def attempt() -> R:
        row = find_row(kind, store_id, row_id, table=table)
        terms = amend(row)
        if terms == row.terms:
            return row
        changed = replace(row, terms=terms, updated_at=now, version=row.version + 1)
        table.write(change_row_write(kind, changed), bump_settings(table.tenant_id))
        return changed

    return until_written(attempt)


def delete_row(
    kind: RowKind[T, R],
    store_id: str,
    row_id: str,
    *,
    table: Table,
    expects: Callable[[int], None] = any_version,
) -> None:
    """Remove the row. Carts that chose it lose their choice; orders keep its name.

    Raises:
        NotFound: the store has none with this id.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> None:
        row = find_row(kind, store_id, row_id, table=table)
        expects(row.version)
        table.write(delete_row_write(kind, row), bump_settings(table.tenant_id))

    until_written(attempt)
