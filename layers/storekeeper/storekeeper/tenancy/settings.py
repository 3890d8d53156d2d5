"""All settings of a tenant, read in one query and kept as long as their version is the current one."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import LocationId, StoreId, TenantId
from storekeeper.kernel.keys import joined, tenant_pk
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy.locations.items import location_from
from storekeeper.tenancy.locations.model import Location
from storekeeper.tenancy.stores.items import store_from
from storekeeper.tenancy.stores.model import Store, StoreUnavailable
from storekeeper.tenancy.tenants.items import settings_key, tenant_from
from storekeeper.tenancy.tenants.model import Tenant

MAX_TENANTS = 200  # kept per environment
MAX_AGE_S = 60  # a query may meet a transaction that is half applied, under the version of the whole

RowKind: TypeAlias = Literal["SHIPPING", "TAX"]


class Settings(Struct, frozen=True):
    """What a tenant has set, at one `version`. `rows` are items of higher contexts (shipping, tax), by sort key."""

    tenant: Tenant
    stores: Mapping[StoreId, Store]
    locations: Mapping[LocationId, Location]
    version: int
    rows: Mapping[str, Item]

    def store(self, store_id: str) -> Store:
        """The store, open to shoppers or not.

        Raises:
            NotFound: the tenant has none of this id.
        """
        if (store := self.stores.get(StoreId(store_id))) is None:
            raise NotFound("There is no such store.")
        return store

    def open_store(self, store_id: str) -> Store:
        """The store as shoppers may reach it.

        Raises:
            StoreUnavailable: it is pending or inactive.
            NotFound: the tenant has none of this id.
        """
        store = self.store(store_id)
        if not store.is_open:
            raise StoreUnavailable("The store is not open.")
        return store

    def location(self, location_id: str) -> Location:
        """The location.

        Raises:
            NotFound: the tenant has none of this id.
        """
        if (location := self.locations.get(LocationId(location_id))) is None:
            raise NotFound("There is no such location.")
        return location

    def default_location(self) -> Location:
        """Where stock goes when nobody says where; every tenant has exactly one."""
        return next(location for location in self.locations.values() if location.is_default)

    def locations_for(self, store_id: str) -> tuple[Location, ...]:
        """The active locations in the order in which this store takes stock: its priority, the default, the oldest."""
        priority = self.store(store_id).settings.location_priority
        rank = {location_id: place for place, location_id in enumerate(priority)}
        return tuple(
            sorted(
                (location for location in self.locations.values() if location.active),
                key=lambda location: (rank.get(location.id, len(rank)), not location.is_default, location.id),
            )
        )

    def with_stock_at(self, location_id: LocationId) -> "Settings":
        """The same, for who has just marked this location as stocked and need not do so again."""
        location = self.locations[location_id]
        if location.stocked:
            return self
        return replace(self, locations={**self.locations, location_id: replace(location, stocked=True)})

    def rows_of(self, store_id: str, kind: RowKind) -> tuple[Item, ...]:
        """A store's shipping methods or tax rates as items, in the order of their ids."""
        prefix = joined("STORE", store_id, kind) + "#"
        return tuple(item for sk, item in self.rows.items() if sk.startswith(prefix))


def load_settings(table: Table) -> Settings:
    """The tenant's settings as they are now: one query, which sees every write that was answered.

    Raises:
        NotFound: there is no such tenant.
    """
    items = {item["sk"]: item for item in table.query(tenant_pk(table.tenant_id), consistent=True)}
    if (tenant_item := items.pop("TENANT", None)) is None:
        raise NotFound("There is no such tenant.")
    tenant = tenant_from(tenant_item)
    stores = (store_from(item) for item in items.values() if item["type"] == "store")
    locations = (location_from(item) for item in items.values() if item["type"] == "location")
    return Settings(
        tenant=tenant,
        stores={store.id: store for store in stores},
        locations={location.id: location for location in locations},
        version=tenant.settings_version,
        rows={sk: item for sk, item in items.items() if item["type"] not in {"store", "location"}},
    )


class SettingsCache:
    """One environment's settings. Never older than the version that the caller has just read."""

    def __init__(self) -> None:
        self._kept: OrderedDict[TenantId, tuple[Settings, float]] = OrderedDict()

    def at(self, table: Table, *, version: int) -> Settings:
        """The settings, given the `settings_version` that was read with something else; loaded if that is another.

        What is loaded counts as that version even where it shows a later one: a query is no snapshot, so that of a
        change in between it may show the version and not yet the rest. Whoever reads the later version loads again.

        Raises:
            NotFound: there is no such tenant.
        """
        kept = self._kept.get(table.tenant_id)
        if kept is None or kept[0].version != version or kept[1] + MAX_AGE_S < table.monotonic():
            kept = replace(load_settings(table), version=version), table.monotonic()
            self._kept[table.tenant_id] = kept
        self._kept.move_to_end(table.tenant_id)
        while len(self._kept) > MAX_TENANTS:
            self._kept.popitem(last=False)
        return kept[0]

    def fresh(self, table: Table) -> Settings:
        """The settings as they are now: one read of a small item, and the whole query only after a change.

        Raises:
            NotFound: there is no such tenant.
        """
        item = table.get(settings_key(table.tenant_id))
        if item is None:
            raise NotFound("There is no such tenant.")
        return self.at(table, version=item["settings_version"])
