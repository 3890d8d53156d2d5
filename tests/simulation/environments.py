"""The machines that requests run on: each with its own caches, its own block of order numbers and its own clock."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from storekeeper.carts import CartStore
from storekeeper.catalog import TreeCache
from storekeeper.checkout import Till
from storekeeper.inventory import Leases
from storekeeper.kernel.table import Pacing, Table
from storekeeper.kernel.trace import Actor, Trace
from storekeeper.search import PageReader
from storekeeper.tenancy import NumberLease, SettingsCache
from tests.simulation.faults import Fault
from tests.simulation.gateway import SimulatedGateway
from tests.simulation.provider import Provider
from tests.simulation.scheduler import Crashed
from tests.simulation.wire import Backplane, TaskWire
from tests.simulation.world import START, TABLE, Shop

MAX_WARM = 3
SKEW_S = 20.0
TIMEOUT_S = 15.0
NO_TIME_S = 2.0  # what is left to a request that began late, or on a slow machine

T = TypeVar("T")


@dataclass(eq=False)
class Environment:
    """One warm machine. Lambda gives it one request at a time, and throws it away when it crashes."""

    skew_s: float
    settings: SettingsCache = field(default_factory=SettingsCache)
    numbers: NumberLease = field(default_factory=NumberLease)
    leases: Leases = field(default_factory=Leases)
    pages: PageReader = field(init=False)

    def __post_init__(self) -> None:
        self.pages = PageReader(self.settings, TreeCache())


@dataclass(frozen=True, slots=True)
class Call:
    """One request under way, with what the edge of a function makes of it."""

    shop: Shop
    table: Table
    till: Till
    environment: Environment
    now: datetime
    keys: dict[str, str]

    def note_key(self, key: str) -> None:
        """The request came under this key."""
        self.keys[self.table.trace.request_id] = key

    @property
    def carts(self) -> CartStore:
        """The store's carts."""
        return CartStore(self.table, self.environment.settings, self.shop.sealer, store_id=self.shop.store_id)


class Machines:
    """All environments of a history."""

    def __init__(self, plane: Backplane, provider: Provider, chance: random.Random) -> None:
        self._plane, self._provider, self._chance = plane, provider, chance
        self._warm: list[Environment] = []
        self._requests = 0
        self._pacing = Pacing(plane.scheduler.sleep, lambda: plane.scheduler.now, chance.random)

    def run(self, shop: Shop, actor: Actor, work: Callable[[Call], T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Do one request.

        Raises:
            Crashed: the machine went away, time ran out, or the answer was lost; what was written stays written.
            StorekeeperError: what the request answers.
        """
        environment = self._take()
        call = self.call(shop, actor, environment, timeout_s=timeout_s)
        self._note_stale_settings(call)
        try:
            answer = work(call)
        except Crashed:
            raise
        except Exception:
            self._give_back(environment)
            raise
        self._give_back(environment)
        if self._plane.faults.strikes(Fault.ANSWER_LOST):
            self._plane.faults.count(Fault.ANSWER_LOST)
            raise Crashed
        return answer

    def call(self, shop: Shop, actor: Actor, environment: Environment, *, timeout_s: float = TIMEOUT_S) -> Call:
        """The context of a request that begins now."""
        self._requests += 1
        scheduler = self._plane.scheduler
        if self._plane.faults.strikes(Fault.OUT_OF_TIME):  # counted if it is still at work then
            timeout_s = self._chance.random() * NO_TIME_S
        table = self.table(shop, Trace(actor, f"req_{self._requests}"), timeout_s=timeout_s)
        gateway = SimulatedGateway(self._provider, scheduler, self._plane.faults, self._chance)
        skew = 0.0 if self._plane.faults.over else environment.skew_s
        if skew:
            self._plane.faults.count(Fault.CLOCK_SKEW)
        now = START + timedelta(seconds=scheduler.now + skew)
        return Call(shop, table, Till(table, lambda: gateway, shop.sealer), environment, now, self._plane.keys)

    def table(self, shop: Shop, trace: Trace, *, timeout_s: float = TIMEOUT_S) -> Table:
        """The shop's gateway for one request."""
        wire = TaskWire(self._plane, tenant_id=shop.tenant_id, deadline=self._plane.scheduler.now + timeout_s)
        return Table(wire, TABLE, tenant_id=shop.tenant_id, trace=trace, pacing=self._pacing)

    def _take(self) -> Environment:
        if self._warm and self._chance.random() < 0.8:
            return self._warm.pop(self._chance.randrange(len(self._warm)))
        skewed = self._plane.faults.strikes(Fault.CLOCK_SKEW)
        return Environment(self._chance.uniform(-SKEW_S, SKEW_S) if skewed else 0.0)

    def _give_back(self, environment: Environment) -> None:
        self._warm = [*self._warm, environment][-MAX_WARM:]

    def _note_stale_settings(self, call: Call) -> None:
        kept = call.environment.settings._kept.get(call.shop.tenant_id)
        current = self._plane.memory.find((f"T#{call.shop.tenant_id}", "TENANT"))
        if kept and current and str(kept[0].version) != current["settings_version"]["N"]:
            self._plane.faults.count(Fault.STALE_SETTINGS)
