"""Judges one level: first by its ledger, then by what is on its way to it, then by who owns what is reserved of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from storekeeper.inventory.reconciliation.again_items import Suspicion
from storekeeper.inventory.reconciliation.deliveries import REFERENCES, coming_of
from storekeeper.inventory.reconciliation.gathered import Gathered, Units
from storekeeper.inventory.reconciliation.looking import Look, named_since
from storekeeper.inventory.reconciliation.model import (
    LOST_AFTER,
    SETTLED_AFTER,
    Drift,
    Place,
    Skipped,
    incoming_drift,
    place_of,
    reserved_drift,
)
from storekeeper.inventory.reconciliation.owners import Owners, units_held
from storekeeper.kernel.table import Table
from storekeeper.runs import Run
from storekeeper.tenancy import load_settings

MAX_NEW_PAGES = 40  # of orders that came while a run went on: with more of them nothing is said of what is reserved
ORDER, HOLD = frozenset({"order"}), frozenset({"hold"})


class Doubt(Struct, frozen=True):
    """Nothing can be said yet, and why; a level with a suspicion may be right or wrong."""

    why: Skipped
    suspicion: Suspicion | None = None


class Judge(Struct, frozen=True, dict=True):
    """Compares levels of one page with what a run has gathered; where that differs, everybody is asked again, now."""

    run: Run
    table: Table
    owners: Owners
    gathered: Gathered
    held: Mapping[Place, int]
    now: datetime

    def by_deliveries(self, look: Look) -> Drift | Doubt | None:
        """Whether as many units are expected as are on their way.

        Whatever changes that, changes the level in the same transaction. So it is enough that the level is the same
        before and after all were asked: those that were on their way when the run began, and whom it names since then.
        """
        level = look.level
        if self.gathered.coming.units[place_of(level)] == level.incoming:
            return None
        named = self._named(look, self.gathered.coming, REFERENCES)
        if named is None or not look.is_told:
            return Doubt(Skipped.BUSY)
        units = Units()
        for coming in coming_of(self.table, named):
            units.add(coming.delivery_id, coming.pick)
        if self._has_changed(look):
            return Doubt(Skipped.BUSY)
        return incoming_drift(level, units.units[place_of(level)], changed_at=look.changed_at)

    def by_owners(self, look: Look, suspected: Suspicion | None) -> Drift | Doubt | None:
        """Whether as many units are reserved as live holds and open orders own.

        A hold that becomes an order changes its owner and not the level, and lists of both are seconds behind. So a
        difference counts if it was seen twice, in two looks that lie apart by more, and nothing changed between them.
        """
        level, place = look.level, place_of(look.level)
        if self.gathered.owned.units[place] + self.held.get(place, 0) == level.reserved:
            return None
        if look.is_busy(self.now) or not look.is_told:
            return Doubt(Skipped.BUSY)
        owned = self._owned_now(look)
        if isinstance(owned, Doubt):
            return owned
        drift = reserved_drift(level, owned, changed_at=look.changed_at)
        seen = Suspicion(level.version, owned)
        return drift if drift is None or seen == suspected else Doubt(Skipped.BUSY, seen)

    def _owned_now(self, look: Look) -> int | Doubt:
        place, fresh = place_of(look.level), self._fresh
        named = self._named(look, self.gathered.owned, ORDER)
        # What finds a SKU's holds is derived, and follows late when a record was set aside; the ledger names them.
        hold_ids = named_since(self.table, look, self.now - LOST_AFTER, kinds=HOLD)
        if named is None or hold_ids is None:
            return Doubt(Skipped.BUSY)
        if fresh is None:
            return Doubt(Skipped.ORDERS)
        units = Units()
        for owned in self.owners.picks_of(self.table, named | fresh.sources.get(place, set())):
            units.add(owned.order_id, owned.pick)
        held = units_held(self.table, {look.level.sku}, hold_ids=hold_ids)
        if self._has_changed(look):
            return Doubt(Skipped.BUSY)
        return units.units[place] + held.get(place, 0)

    def _named(self, look: Look, gathered: Units, kinds: Collection[str]) -> set[str] | None:
        """Who may own units of a level now: who did when the run began, and whom its changes since then name."""
        since = named_since(self.table, look, self.run.asked_at - SETTLED_AFTER, kinds=kinds)
        return None if since is None else since | gathered.sources.get(place_of(look.level), set())

    @cached_property
    def _fresh(self) -> Units | None:
        """What the orders own that have come since the run began; None if there are too many to look through."""
        stores = tuple(load_settings(self.table).stores)
        since, after, fresh = self.run.asked_at - SETTLED_AFTER, None, Units()
        for _ in range(MAX_NEW_PAGES):
            page = self.owners.page(self.table, stores, since=since, after=after, now=self.now)
            for owned in page.entries:
                fresh.add(owned.order_id, owned.pick)
            if (after := page.next_position) is None:
                return fresh
        return None

    def _has_changed(self, look: Look) -> bool:
        item = self.table.get(look.key)
        return item is None or item["version"] != look.level.version
