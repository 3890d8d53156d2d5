"""The warehouse: porters draft transfers, send them, and receive, close or cancel what others are at as well."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from storekeeper.inventory.tracking.model import NOTHING, Names
from storekeeper.inventory.transfers.drafting import Draft, change_transfer, create_transfer
from storekeeper.inventory.transfers.model import Arrival, Transfer, new_lines
from storekeeper.inventory.transfers.store import read_transfer
from storekeeper.inventory.transfers.use_cases import (
    cancel_transfer,
    close_transfer,
    dispatch_transfer,
    receive_transfer,
)
from tests.simulation.dynamo.memory import Memory
from tests.simulation.environments import Call
from tests.simulation.goods import PHONE, TRACKED, day_of, some_names
from tests.simulation.staff import Clerk

BUSY, BUSY_WITH_UNITS = 0.2, 0.6  # of all histories, and of those with units that are told apart: those with porters
PORTERS = (1, 2, 2, 3)
PAUSES_S = (0.05, 1.0, 60.0)
LOOKS = 0.8  # how often somebody says which units they send or take in
AT_ONCE = 0.5  # how often somebody else in the warehouse does something at the same moment


def porters_today(seed: int) -> Iterator[random.Random]:
    """The chance of each porter. It is not the history's own, so that days without porters are as they would be."""
    day = random.Random(f"warehouse {seed}")
    if day.random() < (BUSY_WITH_UNITS if PHONE in day_of(seed).goods else BUSY):
        for n in range(day.choice(PORTERS)):
            yield random.Random(f"porter {n} {seed}")


@dataclass
class Porter(Clerk):
    """Somebody who works on whatever transfers the shop has; they send again what got no answer, as clerks do."""

    memory: Memory = field(kw_only=True)

    def live(self) -> None:
        """A few acts, mostly on what is on its way, and often two at once."""
        acts: dict[Callable[[], None], int] = {
            self._send: 5,
            self._dispatch: 1,
            self._receive: 6,
            self._close: 2,
            self._cancel_one: 2,
            self._write_on: 1,
        }
        for _ in range(self.chance.randint(3, 7)):
            self.scheduler.sleep(self.chance.random() * self.chance.choice(PAUSES_S))
            act, other = self.chance.choices(list(acts), weights=list(acts.values()), k=2)
            if self.chance.random() < AT_ONCE:
                self.scheduler.spawn(f"{self.name}, besides", other, after=self.chance.random() / 10, is_actor=True)
            act()

    def _transfer(self) -> str | None:
        """One of the last of the shop's transfers."""
        prefix = f"T#{self.shop.tenant_id}#TRANSFER#"
        known = [pk.removeprefix(prefix) for pk in self.memory.partitions if pk.startswith(prefix)]
        return self.chance.choice(known[-2:]) if known else None

    def _send(self) -> None:
        source, target = self.chance.sample(self.shop.locations, k=2)
        skus = self.chance.sample(self.shop.skus, k=self.chance.choice((1, 1, 2)))
        draft = Draft(source, target, new_lines((sku, self.chance.choice((1, 1, 2))) for sku in skus))
        made_id = self._key("trf")

        def make(call: Call) -> Transfer:
            settings = call.environment.settings.fresh(call.table)
            return create_transfer(call.table, draft, settings=settings, now=call.now, transfer_id=made_id)

        if self.ask(make) and self.chance.random() < 0.9:
            self._dispatch_it(made_id)

    def _dispatch(self) -> None:
        if transfer_id := self._transfer():
            self._dispatch_it(transfer_id)

    def _dispatch_it(self, transfer_id: str) -> None:
        found = self.ask(lambda call: read_transfer(call.table, transfer_id))
        names = {line.sku: self._names(line.sku, line.units.quantity) for line in found.lines} if found else {}
        names = {sku: said for sku, said in names.items() if said}

        def send(call: Call) -> Transfer:
            settings = call.environment.settings.fresh(call.table)
            return dispatch_transfer(call.table, transfer_id, settings=settings, now=call.now, names=names)

        self.ask(send)

    def _receive(self) -> None:
        if (transfer_id := self._transfer()) is None:
            return
        found = self.ask(lambda call: read_transfer(call.table, transfer_id))
        said = [self._said(line.sku) for line in found.lines] if found and self.chance.random() < 0.6 else None
        receipt_id = self._key("rec")
        for _ in range(self.chance.choice((1, 1, 1, 2))):  # whoever is impatient sends it again
            self.ask(lambda call: receive_transfer(call.table, transfer_id, said, now=call.now, receipt_id=receipt_id))

    def _said(self, sku: str) -> Arrival:
        kind = self.chance.choice(("received", "received", "damaged", "missing", "found"))
        names = self._names(sku, 1) if kind in {"received", "found"} else NOTHING
        counts = {one: int(one == kind) for one in ("received", "damaged", "missing", "found")}
        return Arrival(sku, **counts, reason="" if kind == "received" else "counted", names=names)

    def _names(self, sku: str, units: int) -> Names:
        """Which units they are, of a SKU that is tracked, if anybody looks."""
        return some_names(self.chance, sku, units) if sku in TRACKED and self.chance.random() < LOOKS else NOTHING

    def _close(self) -> None:
        if transfer_id := self._transfer():
            self.ask(lambda call: close_transfer(call.table, transfer_id, reason="lost", now=call.now))

    def _cancel_one(self) -> None:
        if transfer_id := self._transfer():
            self.ask(lambda call: cancel_transfer(call.table, transfer_id, now=call.now))

    def _write_on(self) -> None:
        if transfer_id := self._transfer():
            self.ask(lambda call: change_transfer(call.table, transfer_id, {"notes": "urgent"}, now=call.now))
