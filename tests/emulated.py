"""What table and function tests share: the emulated cloud, and tenants that were founded as an operator founds them.

The two `conftest.py` take these fixtures over by name.
"""

import atexit
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud, emulator_with_table
from storekeeper.edge.backend import backend
from storekeeper.kernel.aws.calls import Wire
from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.aws.tenant_access import own_wire
from storekeeper.kernel.entities import Entity, faults_of
from storekeeper.kernel.ids import TenantId, new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.tenancy import Plan, Store, StoreStatus
from storekeeper.tenancy.stores.use_cases import create_store
from storekeeper.tenancy.tenants.founding import create_tenant
from tools.data_model import declared_entities

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRACE = Trace(system_actor("test"), "req_test")
SAMPLE_TYPE = "sample"  # of items that tests of the gateway itself write

MakeTenant: TypeAlias = Callable[..., Table]
MakeStore: TypeAlias = Callable[..., Store]


@cache
def _cloud() -> DataCloud:
    """One emulator for all tests of a worker, whichever conftest asks first."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(emulator_with_table())


@cache
def _entities() -> list[Entity]:
    return [entity for declared in declared_entities().values() for entity in declared]


@pytest.fixture
def cloud(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataCloud]:
    """The emulator with an empty table, and the environment of a function that uses it: nothing is kept between tests.

    At the end, every item in the table must be one that some `items.py` declares.
    """
    cloud = _cloud()
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Storekeeper")
    backend.cache_clear()
    yield cloud
    written = [item for item in all_items(cloud) if item.get("type") != SAMPLE_TYPE]
    cloud.empty_table()
    if pytestconfig.pluginmanager.has_plugin("tools.mutants.plugin"):
        return  # code that lacks a guard may write anything; only the guard's own test judges that
    faults = {fault for item in written for fault in faults_of(item, _entities())}
    assert not faults, "\n".join(["Items that no ENTITIES declare:", *sorted(faults)])


@pytest.fixture
def wire(cloud: DataCloud) -> Wire:
    """The table's client, as the gateway gets it."""
    return own_wire()


@pytest.fixture
def now() -> datetime:
    """The instant of a test."""
    return NOW


@pytest.fixture
def make_tenant(cloud: DataCloud, wire: Wire) -> MakeTenant:
    """Founds a tenant; gives its table, with the right to write look-ups."""

    def make(name: str = "Harbour", plan: Plan = "premium", currency: str = "USD") -> Table:
        registry = Table(wire, cloud.table, tenant_id=TenantId(new_id("ten", at=NOW)), trace=TRACE, registry=True)
        create_tenant(
            name=name,
            plan=plan,
            currency=Currency.of(currency),
            data_key_arn=cloud.data_key_arn,
            registry=registry,
            now=NOW,
        )
        return registry

    return make


@pytest.fixture
def table(make_tenant: MakeTenant) -> Table:
    """The table of a fresh tenant."""
    return make_tenant()


@pytest.fixture
def other_table(make_tenant: MakeTenant) -> Table:
    """The table of another tenant."""
    return make_tenant(name="Other")


@pytest.fixture
def make_store(table: Table) -> MakeStore:
    """Makes an active store: `make_store(currency="EUR", settings={"prices_include_tax": True}, table=other_table)`."""

    def make(
        *,
        name: str = "Harbour",
        currency: str = "USD",
        domains: tuple[str, ...] = (),
        settings: dict[str, Any] | None = None,
        table: Table = table,
    ) -> Store:
        return create_store(
            name=name,
            looks={"language": "en", "time_zone": "UTC"},
            settings={"order_prefix": "HB-", "payment_methods": ("stripe", "manual"), **(settings or {})},
            domains=domains or (f"{new_id('shop', at=NOW).replace('_', '-')}.localhost",),
            status=StoreStatus.ACTIVE,
            currency=Currency.of(currency),
            registry=table,
            now=NOW,
        )

    return make


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    """An active store in USD, prices without tax, `stripe` and `manual`."""
    return make_store()


def all_items(cloud: DataCloud) -> Iterator[Item]:
    """Everything in the table."""
    return map(item_from_wire, cloud.items())
