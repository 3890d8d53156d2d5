"""Histories of hot SKUs: spread over buckets, leased, evened and folded by a keeper, while everybody buys.

There are few units, and a bucket lends half of what it has: buyers meet, and take from each other's leases.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar
from unittest.mock import patch

from storekeeper.inventory import SPREAD_DUE_KIND, MovementType, look_after_spread, spread_level
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.buckets.items import spread_key
from storekeeper.inventory.leases.model import HELD_FOR
from storekeeper.kernel.errors import StorekeeperError
from tests.simulation import sweeping
from tests.simulation.environments import Call
from tests.simulation.history import History
from tests.simulation.scheduler import Crashed
from tests.simulation.staff import STAFF, Clerk
from tests.simulation.world import Shop

UNITS = 6  # of each SKU, besides what there is
ACTS = 6
PAUSE_S = 40.0
FOLDS = 4  # each a little later than a lease is held
RULES = {"SHARE": 2, "FEWEST_UNITS": 1, "LEASES_A_BUCKET": 2}


@contextmanager
def few_units_are_many() -> Iterator[None]:
    """Leases of small stock; and the keeper, not the sweep, looks after what is spread: that is never done with."""
    swept = tuple(kind for kind in sweeping.SWEPT if kind != SPREAD_DUE_KIND)
    with ExitStack() as stack:
        for name, value in RULES.items():
            stack.enter_context(patch(f"storekeeper.inventory.leases.model.{name}", value))
        stack.enter_context(patch.object(sweeping, "SWEPT", swept))
        yield


class Keeper(Clerk):
    """Brings units, and spreads and folds SKUs."""

    def live(self) -> None:
        """Everything is hot; then this and that."""
        for sku in self.shop.skus:
            self._bring(sku)
            self._spread(sku, 2)
        for _ in range(ACTS):
            self.scheduler.sleep(self.chance.random() * PAUSE_S)
            sku = self.chance.choice(self.shop.skus)
            self.chance.choice((self._look, self._look, lambda one: self._spread(one, self.chance.randint(1, 3))))(sku)

    def _bring(self, sku: str) -> None:
        made = Adjustment(sku, MovementType.RESTOCK, UNITS, location_id=self.shop.locations[0])
        made_id = self._key("adj")

        def bring(call: Call) -> None:
            settings = call.environment.settings.fresh(call.table)
            adjust_stock(call.table, made, settings=settings, now=call.now, adjustment_id=made_id)

        self.ask(bring)

    def _spread(self, sku: str, buckets: int) -> None:
        self.ask(lambda call: spread(call, self.shop, sku, buckets))

    def _look(self, sku: str) -> None:
        place = self.shop.locations[0]

        def look(call: Call) -> None:
            look_after_spread(call.table, spread_key(self.shop.tenant_id, sku, place), now=call.now)

        self.ask(look)


def spread(call: Call, shop: Shop, sku: str, buckets: int) -> None:
    """As a merchant does by hand."""
    place = shop.locations[0]
    spread_level(call.table, sku, place, buckets=buckets, locations=shop.locations, now=call.now)


class HotHistory(History):
    """A history in which everything is hot."""

    changes_of_leases: ClassVar[list[int]] = []

    def run(self) -> None:
        """As ever; but when all is quiet, what is spread is folded before it is judged."""
        self.scheduler.run()
        self.changes_of_leases.append(sum(self._changes()))
        self.scheduler.spawn("keeper", self._fold)
        super().run()

    def _changes(self) -> Iterator[int]:
        for items in self.memory.partitions.values():
            if "LEVEL" in items and "is_open" in items["LEVEL"]:
                yield int(items["LEVEL"]["version"]["N"])

    def _people(self) -> None:
        super()._people()
        for shop in self.shops:
            keeper = Keeper(
                "keeper", shop, self.machines, self.scheduler, self._chance, self._orders_of, self.mood, None
            )
            self.scheduler.spawn(f"keeper of {shop.store.name}", keeper.live, is_actor=True)

    def _fold(self) -> None:
        for _ in range(FOLDS):
            self.scheduler.sleep(1.5 * HELD_FOR.total_seconds())
            for shop in self.shops:
                for sku in shop.skus:
                    self._fold_one(shop, sku)

    def _fold_one(self, shop: Shop, sku: str) -> None:
        try:
            self.machines.run(shop, STAFF, lambda call: spread(call, shop, sku, 1))
        except (StorekeeperError, Crashed) as trouble:
            self.scheduler.note(f"  {trouble!r}")
