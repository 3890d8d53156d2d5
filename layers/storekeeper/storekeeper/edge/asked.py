"""What one HTTP request brings, whoever asks: the tenant's table for it, the instant, and what its headers demand."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from pydantic import BaseModel

from storekeeper.edge import once
from storekeeper.edge.backend import backend
from storekeeper.kernel.idempotency import Keyed, Remember
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table

T = TypeVar("T")


class Asked(Struct, frozen=True, kw_only=True):
    """Use cases get its parts, never the request itself."""

    now: datetime
    table: Table
    keyed: Keyed | None
    if_match: str | None

    @property
    def tenant_id(self) -> TenantId:
        """Whose data this request may touch."""
        return self.table.tenant_id

    def sealer(self) -> Sealer:
        """For the tenant's personal data."""
        return backend().sealer(self.table)

    def remembering(self, render: Callable[[T], BaseModel], *, status: int = 201) -> Remember[T]:
        """For a use case's `remember`: the answer of this request, if it has an Idempotency-Key."""
        return once.remembering(self.keyed, render, status=status, sealer=self.sealer, now=self.now)

    def check_version(self, version: int) -> None:
        """Refuse if `If-Match` names another version than the current one.

        Raises:
            StaleVersion: it does.
        """
        once.check_version(self.if_match, version)
