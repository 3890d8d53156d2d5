"""Who looks after the kit: it is sent, taken back, gets other components, is given up, made again, and counted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from storekeeper.catalog import Component
from storekeeper.inventory.kits.store import kit_of_sku
from storekeeper.inventory.kits.use_cases import change_kit, create_kit, delete_kit
from tests.simulation.dynamo.memory import Memory
from tests.simulation.environments import Call
from tests.simulation.goods import PARTS, SET
from tests.simulation.staff import Clerk
from tests.simulation.warehouse import AT_ONCE

RECIPES = (PARTS, (Component("LAMP", 1), Component("MUG", 1)), (Component("LAMP", 2),))
PAUSES_S = (0.5, 60.0, 900.0)


@dataclass
class Composer(Clerk):
    """Somebody who sends kits, and changes what they are made of while they are sold."""

    memory: Memory = field(kw_only=True)

    def live(self) -> None:
        """A few acts, often two at once."""
        acts: dict[Callable[[], None], int] = {
            self._change: 3,
            self._give_up: 1,
            self._make: 2,
            self._count: 1,
            self._count_kits: 1,
            self._fulfill: 6,
            self._refund: 4,
            self._cancel: 1,
        }
        for _ in range(self.chance.randint(2, 6)):
            self.scheduler.sleep(self.chance.random() * self.chance.choice(PAUSES_S))
            act, other = self.chance.choices(list(acts), weights=list(acts.values()), k=2)
            if self.chance.random() < AT_ONCE:
                self.scheduler.spawn(f"{self.name}, besides", other, after=self.chance.random() / 10, is_actor=True)
            act()

    def _change(self) -> None:
        recipe = self.chance.choice(RECIPES)

        def change(call: Call) -> None:
            if kit := kit_of_sku(SET, table=call.table):
                change_kit(kit.id, recipe, table=call.table, now=call.now)

        self.ask(change)

    def _give_up(self) -> None:
        def give_up(call: Call) -> None:
            if kit := kit_of_sku(SET, table=call.table):
                delete_kit(kit.id, table=call.table, now=call.now)

        self.ask(give_up)

    def _make(self) -> None:
        recipe = self.chance.choice(RECIPES)
        self.ask(lambda call: create_kit(SET, recipe, table=call.table, now=call.now))

    def _count_kits(self) -> None:
        """What is a kit has no stock; what was one may get some."""
        self.wanted, usual = SET, self.wanted
        self._count()
        self.wanted = usual
