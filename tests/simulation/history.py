"""One history: shoppers and staff of two merchants, faults, then quiet; the same for the same seed."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.simulation.determinism import determined, waiting_by
from tests.simulation.environments import Machines
from tests.simulation.faults import Fault, Faults
from tests.simulation.goods import PHONE, SET, day_of, world_of
from tests.simulation.kit_staff import Composer
from tests.simulation.liveness import Ending, check_settled
from tests.simulation.moods import RUSH, some_mood
from tests.simulation.picking import Picker
from tests.simulation.provider import Provider
from tests.simulation.purchasing import Buyer, buyers_today
from tests.simulation.repairs import Bookkeeper, bookkeepers_today
from tests.simulation.safety import Audit
from tests.simulation.scheduler import Scheduler, Violation
from tests.simulation.shoppers import Shopper
from tests.simulation.staff import Clerk
from tests.simulation.streaming import Streams
from tests.simulation.sweeping import Sweeper
from tests.simulation.warehouse import Porter, porters_today
from tests.simulation.webhooks import PaymentEvents
from tests.simulation.wire import Backplane
from tests.simulation.world import Shop

MAX_STEPS = 6_000
MEND_AFTER_S = 900.0  # how long after the last fault somebody replays what was set aside

Hired = TypeVar("Hired", Porter, Buyer, Bookkeeper, Composer, Picker)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a history went."""

    seed: int
    steps: int
    simulated_s: float
    struck: Counter[Fault] = field(default_factory=Counter)
    violation: str | None = None
    trace: tuple[str, ...] = ()


def is_plain(seed: int) -> bool:
    """Whether this is the seed of a day without porters, buyers, bookkeepers, kits and goods that are told apart."""
    at_work = (who for today in (porters_today, buyers_today, bookkeepers_today) for who in today(seed))
    return not day_of(seed).goods and next(at_work, None) is None


class History:
    """All that takes part in one history."""

    def __init__(self, seed: int) -> None:
        self._day = day_of(seed)
        world = world_of(self._day)
        self._chance = random.Random(seed)
        self.shops = world.shops
        by_tenant: dict[str, Shop] = {shop.tenant_id: shop for shop in world.shops}
        self.memory = world.memory.clone()
        self.mood = some_mood(self._chance)
        troubled = self._chance.choice(self.mood.troubled)
        self.faults = Faults(self._chance, away=self.mood.away, away_for_s=self.mood.away_for_s, troubled=troubled)
        self.scheduler = Scheduler(self._chance, max_steps=MAX_STEPS)
        self.scheduler.when_actors_end = self._end_faults
        plane = Backplane(self.memory, self.scheduler, self.faults, self._chance, self._look)
        self.audit = Audit(self.memory, by_tenant, plane.keys)
        self.provider = Provider(self._tell, lambda: self.scheduler.now)
        self.machines = Machines(plane, self.provider, self._chance)
        self.events = PaymentEvents(plane, self.machines, by_tenant)
        self.streams = Streams(plane, self.machines, by_tenant)
        self.sweeper = Sweeper(plane, self.machines, by_tenant)
        self._plane = plane
        self._people()
        self._porters(seed)
        self._buyers(seed)
        self._goods(seed)
        self._bookkeepers = [self._hire(Bookkeeper, "bookkeeper", chance) for chance in bookkeepers_today(seed)]

    def run(self) -> None:
        """From the first request until nothing is left to do.

        Raises:
            Violation: something happened that must not, or did not happen that must.
        """
        self.scheduler.run()
        self._mend_streams()
        for bookkeeper in self._bookkeepers:
            self._go_by_night(bookkeeper)
        if self.provider.over_refunds:
            raise Violation(f"safety: the provider was asked for more than was captured: {self.provider.over_refunds}")
        check_settled(Ending(self.memory, self.shops, self.provider.intents, self.streams, self.audit))

    def _mend_streams(self) -> None:
        self.scheduler.spawn("operator", self.streams.replay_all, after=MEND_AFTER_S)
        self.scheduler.run()

    def _go_by_night(self, bookkeeper: Bookkeeper) -> None:
        """Faults strike once more; in the end the table is right, whoever wrote into it."""
        self.faults.over = False
        self.scheduler.spawn("night", lambda: bookkeeper.work_by_night(self.audit.repairs), is_actor=True)
        self.scheduler.run()
        self._mend_streams()
        self.scheduler.spawn("morning", bookkeeper.work_in_the_morning)
        self.scheduler.run()

    def _people(self) -> None:
        mood, chance = self.mood, self._chance
        spread = chance.choice(mood.arrive_within_s)
        wanted = chance.choice((None, None, "LAMP", "MUG")) if mood.name != RUSH else chance.choice(("LAMP", "MUG"))
        for n in range(chance.choice(mood.shoppers)):
            shop = self.shops[0] if chance.random() < 0.75 else self.shops[1]
            told = (self.machines, self.provider, self._plane, chance, mood)
            shopper = Shopper(f"shopper {n}", shop, *told, self._day.sought(shop, chance) or wanted)
            self.scheduler.spawn(shopper.name, shopper.live, after=chance.random() * spread, is_actor=True)
        for n in range(chance.choice(mood.clerks)):
            shop = self.shops[0] if chance.random() < 0.75 else self.shops[1]
            clerk = Clerk(f"clerk {n}", shop, self.machines, self.scheduler, chance, self._orders_of, mood, wanted)
            self.scheduler.spawn(clerk.name, clerk.live, after=chance.random() * spread, is_actor=True)

    def _porters(self, seed: int) -> None:
        """All of one shop: they work on the same transfers."""
        for n, chance in enumerate(porters_today(seed)):
            self._hire(Porter, f"porter {n}", chance)

    def _buyers(self, seed: int) -> None:
        """All of one shop, too."""
        for n, chance in enumerate(buyers_today(seed)):
            self._hire(Buyer, f"buyer {n}", chance)

    def _goods(self, seed: int) -> None:
        """Who comes for a kit, or for things that are told apart, and whom they keep busy."""
        for n, chance in enumerate(self._day.chances("customer", seed)):
            told = (self.machines, self.provider, self._plane, chance, self.mood)
            customer = Shopper(f"customer {n}", self.shops[0], *told, self._day.sought(self.shops[0], chance))
            self.scheduler.spawn(customer.name, customer.live, after=chance.random(), is_actor=True)
        for n, chance in enumerate(self._day.chances("composer", seed, if_any=SET)):
            self._hire(Composer, f"composer {n}", chance)
        for n, chance in enumerate(self._day.chances("picker", seed, if_any=PHONE)):
            self._hire(Picker, f"picker {n}", chance)

    def _hire(self, whom: type[Hired], name: str, chance: random.Random) -> Hired:
        told = (self.machines, self.scheduler, chance, self._orders_of, self.mood)
        one = whom(name, self.shops[0], *told, wanted=None, memory=self.memory)
        self.scheduler.spawn(name, one.live, after=chance.random(), is_actor=True)
        return one

    def _orders_of(self, shop: Shop) -> Sequence[tuple[str, str]]:
        prefix = f"T#{shop.tenant_id}#ORDER#"
        return [
            (pk.removeprefix(prefix), items["ORDER"]["payment_status"]["S"])
            for pk, items in self.memory.partitions.items()
            if pk.startswith(prefix)
        ]

    def _end_faults(self) -> None:
        self.faults.over = True

    def _look(self) -> None:
        for record in self.audit.look():
            self.streams.carry(record)
            self.sweeper.look_at(record)

    def _tell(self, kind: str, thing: dict[str, Any]) -> None:
        if kind.endswith(("succeeded", "amount_capturable_updated")) and self._was_given_up(thing):
            self.faults.count(Fault.LATE_PAYMENT)
        self.events.tell(kind, thing)

    def _was_given_up(self, thing: dict[str, Any]) -> bool:
        ids = thing["metadata"]
        order = self.memory.find((f"T#{ids['tenant_id']}#ORDER#{ids['order_id']}", "ORDER"))
        return order is not None and order["status"]["S"] == "cancelled"


def run_history(seed: int, *, tracing: bool = False, of: type[History] = History) -> Outcome:
    """Run the history of a seed. Whatever goes wrong in it is its violation."""
    world_of(day_of(seed))
    with determined(random.Random(seed)):
        history = of(seed)
        if tracing:
            history.scheduler.trace = []
        violation = None
        try:
            with waiting_by(history.scheduler.sleep):
                history.run()
        except Violation as found:
            violation = str(found)
        except Exception as error:  # noqa: BLE001 (a fault of ours that nothing expected)
            violation = f"unexpected: {error!r}"
        steps, trace = history.scheduler.steps, history.scheduler.trace or ()
        told = tuple(f"{step:5} {at:10.3f}  {who:<24} {what}" for step, at, who, what in trace)
        now = history.scheduler.now
        history.scheduler.trace = None
        history.scheduler.close()
    return Outcome(seed, steps, now, history.faults.struck, violation, told)


def as_json(outcome: Outcome) -> str:
    """One line for whoever collects outcomes of several processes."""
    return json.dumps(
        {
            "seed": outcome.seed,
            "steps": outcome.steps,
            "simulated_s": outcome.simulated_s,
            "struck": {str(kind): count for kind, count in outcome.struck.items()},
            "violation": outcome.violation,
        }
    )
