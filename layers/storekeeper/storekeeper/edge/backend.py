"""What an environment keeps between requests: clients, caches, counts. Made at the first request (SnapStart)."""

import os
from datetime import datetime
from functools import cache

from storekeeper.kernel.aws.tenant_access import own_wire, tenant_wire
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.limits import Limiter
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.untenanted import Lookups
from storekeeper.tenancy import Access, AccessCache, HostCache, HostRef, NumberLease, SealerCache, SettingsCache


class Backend:
    """One environment's way to the table and its caches."""

    def __init__(self) -> None:
        self.table_name = os.environ["TABLE_NAME"]
        self.limiter = Limiter()
        self.settings = SettingsCache()
        self.numbers = NumberLease()
        self._access = AccessCache()
        self._hosts = HostCache()
        self._sealers = SealerCache(os.environ.get("DATA_KEY_ARN", ""))

    def table(self, tenant_id: TenantId, *, trace: Trace, registry: bool = False) -> Table:
        """The tenant's table gateway; `registry` where look-ups are written with the tenant's items."""
        wire = tenant_wire(tenant_id, registry=registry)
        return Table(wire, self.table_name, tenant_id=tenant_id, trace=trace, registry=registry)

    def find_access(self, secret: str, *, now: datetime) -> Access | None:
        """What an API key may do; None if it is unknown or revoked (known within 30 seconds)."""
        return self._access.find(secret, lookups=self._lookups(), table_of=self._access_table, now=now)

    def find_host(self, domain: str, *, now: datetime) -> HostRef | None:
        """The store that owns a host (kept for 30 seconds)."""
        return self._hosts.find(domain, lookups=self._lookups(), now=now)

    def _lookups(self) -> Lookups:
        return Lookups(own_wire().get_item, self.table_name)

    def _access_table(self, tenant_id: TenantId) -> Table:
        return self.table(tenant_id, trace=Trace(system_actor("access"), "access"))

    def sealer(self, table: Table) -> Sealer:
        """For one tenant's personal data."""
        return self._sealers.of(table)


@cache
def backend() -> Backend:
    """This environment's backend."""
    return Backend()
