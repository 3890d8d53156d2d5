"""Bookkeepers: reconciliation by day, while everything moves; and by night, after somebody wrote figures by hand."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storekeeper.inventory.reconciliation.model import DriftKind
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.inventory.reconciliation.use_cases import Reconciler, start_reconciliation
from storekeeper.orders.reserved import OrderOwners
from storekeeper.runs import Run, Step, work_on
from tests.simulation.dynamo.memory import Memory
from tests.simulation.environments import Call
from tests.simulation.keyed import once
from tests.simulation.repair_rules import Repairs
from tests.simulation.staff import Clerk
from tests.simulation.world import START

BUSY = 0.2  # of all histories: those in which anybody looks through the stock
PAUSES_S = (1.0, 120.0, 300.0)
REPAIRS = 0.7  # of runs mend what they find
TWO_AT_WORK = 0.3
NEARLY_OVER = 0.15  # how often a worker has no time left for another step
TURNS, TURN_S = 12, 120.0  # a worker comes again, until the run is over: its claim lasts so long
QUIET_S = 180.0  # a level of which nothing was heard for so long is at rest
TAMPERED = (0, 1, 1, 2)  # levels in a night
BY_HAND: tuple[dict[str, int], ...] = (
    {"on_hand": 1, "available": 1},
    {"on_hand": 2, "available": 2},
    {"on_hand": -1, "available": -1},
    {"available": 1},
    {"available": -1},
    {"reserved": 1, "available": -1},
    {"reserved": -1, "available": 1},
    {"incoming": 1},
)


def bookkeepers_today(seed: int) -> Iterator[random.Random]:
    """The chance of the one there is. It is not the history's own, so that other days are as they would be."""
    day = random.Random(f"bookkeeping {seed}")
    if day.random() < BUSY:
        yield random.Random(f"bookkeeper {seed}")


@dataclass
class Bookkeeper(Clerk):
    """Somebody who has the stock looked through, and works on these runs as workers do."""

    memory: Memory = field(kw_only=True)

    def live(self) -> None:
        """A run or two, while people buy."""
        for _ in range(self.chance.randint(1, 2)):
            self.scheduler.sleep(self.chance.random() * self.chance.choice(PAUSES_S))
            self._reconcile(repairing=self.chance.random() < REPAIRS)

    def work_by_night(self, repairs: Repairs) -> None:
        """All is at rest. Somebody writes into the table; it is looked at, and mended, whatever goes wrong."""
        self.scheduler.sleep(QUIET_S)
        levels = sorted(repairs.levels_of(self.shop.tenant_id))
        for place in self.chance.sample(levels, k=self.chance.choice(TAMPERED)):
            repairs.tamper(place, self.chance.choice(BY_HAND))
        if self.chance.random() < 1 - REPAIRS:
            self._reconcile(repairing=False)
        self._reconcile(repairing=True)

    def work_in_the_morning(self) -> None:
        """Nothing goes wrong any more: what was left is mended, and then there is nothing to be found."""
        self.scheduler.sleep(QUIET_S)
        self._reconcile(repairing=True)
        self.scheduler.sleep(QUIET_S)
        self._reconcile(repairing=False)

    def _reconcile(self, *, repairing: bool) -> None:
        run_id, key = self._key("run"), self._key("key")
        repair = tuple(DriftKind) if repairing else ()

        def start(call: Call) -> None:
            once(
                call,
                key,
                lambda remember: start_reconciliation(
                    call.table, run_id=run_id, repair=repair, now=call.now, remember=remember
                ),
            )

        self.ask(start)
        if self.chance.random() < TWO_AT_WORK:
            after = self.chance.random() * TURN_S
            self.scheduler.spawn(f"{self.name}, beside", lambda: self._work_on(run_id), after=after, is_actor=True)
        self._work_on(run_id)

    def _work_on(self, run_id: str) -> None:
        step = Reconciler(OrderOwners()).step
        for _ in range(TURNS):
            run = self.ask(lambda call: self._turn(call, run_id, step))
            if run and not run.is_open:
                return
            self.scheduler.sleep(self.chance.random() * TURN_S)

    def _turn(self, call: Call, run_id: str, step: Step) -> Run:
        """As the worker does it."""
        return work_on(
            call.table,
            run_id,
            steps={RECONCILIATION: step},
            now=self._now,
            is_nearly_over=lambda: self.chance.random() < NEARLY_OVER,
        )

    def _now(self) -> datetime:
        return START + timedelta(seconds=self.scheduler.now)
