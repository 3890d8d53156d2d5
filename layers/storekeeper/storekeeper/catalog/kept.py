"""What an environment keeps of each store, by the version at which it was read."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from storekeeper.kernel.ids import StoreId, TenantId
from storekeeper.kernel.table import Table

MAX_STORES = 100  # kept per environment


class Versioned(Protocol):
    """It says which version it is."""

    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)


class VersionCache(Generic[V]):
    """One environment's copies. Never older than the version that the caller has just read."""

    def __init__(self, load: Callable[[Table, StoreId], V]) -> None:
        self._load = load
        self._kept: OrderedDict[tuple[TenantId, StoreId], V] = OrderedDict()

    def at(self, table: Table, store_id: StoreId, *, version: int) -> V:
        """The store's at the version that was read with something else (0: no item); loaded if another was kept."""
        name = (table.tenant_id, store_id)
        kept = self._kept.get(name)
        if kept is None or kept.version != version:
            kept = self._kept[name] = self._load(table, store_id)
        self._kept.move_to_end(name)
        while len(self._kept) > MAX_STORES:
            self._kept.popitem(last=False)
        return kept

    def last(self, table: Table, store_id: StoreId) -> V | None:
        """What was kept last, of whatever age: a guess of what to read, never an answer."""
        return self._kept.get((table.tenant_id, store_id))
