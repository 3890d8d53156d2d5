"""What one environment has leased. Nothing is leased, or named, before it first sells a hot SKU (SnapStart)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from storekeeper.inventory.leases.items import is_open
from storekeeper.inventory.leases.model import FIRST_UNITS, Lease
from storekeeper.inventory.levels.items import level_from, level_key
from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.ids import LocationId, TenantId, new_id
from storekeeper.kernel.keys import Key
from storekeeper.kernel.recent import RecentReads


class Leases:
    """One environment's leases, one for each SKU at most."""

    def __init__(self) -> None:
        self.recent = RecentReads()  # what else is read for every sale, by an environment that has leases
        self._holder = ""
        self._held: dict[SkuRef, Lease] = {}

    def holder(self, *, now: datetime) -> str:
        """The environment's name."""
        self._holder = self._holder or new_id("env", at=now)
        return self._holder

    def held(self, ref: SkuRef) -> Lease | None:
        """The lease of a SKU."""
        return self._held.get(ref)

    def has_any(self, tenant_id: TenantId) -> bool:
        """Whether a tenant's hot SKUs are sold here."""
        return any(ref.tenant_id == tenant_id for ref in self._held)

    def keep(self, ref: SkuRef, lease: Lease) -> None:
        """It has been filled."""
        self._held[ref] = lease

    def lose(self, ref: SkuRef) -> None:
        """Another environment has it, or nobody can have it any more."""
        self._held.pop(ref, None)

    def next_units(self, ref: SkuRef, *, now: datetime) -> int:
        """How many units to ask for."""
        held = self._held.get(ref)
        return held.next_units(now) if held else FIRST_UNITS

    def keys(self, refs: Iterable[SkuRef]) -> tuple[Key, ...]:
        """What to read of them, together with bucket 0."""
        return tuple(level_key(ref, held.location_id, held.number) for ref in refs if (held := self._held.get(ref)))

    def covering(
        self,
        read: Mapping[Key, Item],
        demand: Mapping[str, int],
        *,
        tenant_id: TenantId,
        locations: Sequence[LocationId],
    ) -> dict[str, tuple[Level]]:
        """The environment's own leases, as they were read, of those SKUs for which they have enough (units by SKU)."""
        own = {sku: self._covering(read, SkuRef(tenant_id, sku), units, locations) for sku, units in demand.items()}
        return {sku: (level,) for sku, level in own.items() if level}

    def _covering(
        self, read: Mapping[Key, Item], ref: SkuRef, units: int, locations: Sequence[LocationId]
    ) -> Level | None:
        held = self._held.get(ref)
        if held is None or held.location_id not in locations:
            return None
        item = read.get(level_key(ref, held.location_id, held.number))
        if item is None or item["holder"] != self._holder:
            self.lose(ref)
            return None
        level = level_from(item)
        if level.available <= 0 and not is_open(item):
            self.lose(ref)  # the SKU is hot no more: it is read as any other
        return level if level.available >= units else None
