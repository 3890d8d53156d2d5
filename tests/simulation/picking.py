"""The stockroom: units that are told apart are taken in, named, put aside, sent, taken back and scrapped, by several
people who mean the same few numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from storekeeper.inventory import BatchUnits, MovementType, Names
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.tracking.model import Place
from storekeeper.inventory.tracking.serials.model import serial_id
from storekeeper.inventory.tracking.serials.use_cases import release_serial, take_serial_back, write_serial_off
from storekeeper.inventory.tracking.use_cases import name_stock
from storekeeper.orders import Dispatch, Order, Wanted, fulfill_order
from storekeeper.orders.shipments.assigning import assign_serials
from tests.simulation.dynamo.memory import Memory, Wired
from tests.simulation.environments import Call
from tests.simulation.goods import LAST_DAYS, MILK, NUMBERS, PHONE, some_names
from tests.simulation.staff import Clerk, any_version
from tests.simulation.warehouse import AT_ONCE

PAUSES_S = (0.5, 60.0, 900.0)
GUESSES = 0.2  # how often somebody names what is not meant


@dataclass
class Picker(Clerk):
    """Somebody who works in the stockroom; they send again what got no answer, as clerks do."""

    memory: Memory = field(kw_only=True)

    def live(self) -> None:
        """Milk gets its batches; then a few acts, often two at once."""
        acts: dict[Callable[[], None], int] = {
            self._put_aside: 5,
            self._send: 6,
            self._take_in: 2,
            self._scrap: 1,
            self._name: 2,
            self._release: 1,
            self._take_back: 3,
            self._write_off: 1,
        }
        self._name_milk()
        for _ in range(self.chance.randint(4, 9)):
            self.scheduler.sleep(self.chance.random() * self.chance.choice(PAUSES_S))
            act, other = self.chance.choices(list(acts), weights=list(acts.values()), k=2)
            if self.chance.random() < AT_ONCE:
                other = self.chance.choice((act, other))
                self.scheduler.spawn(f"{self.name}, besides", other, after=self.chance.random() / 10, is_actor=True)
            act()

    # what comes and goes by hand

    def _take_in(self) -> None:
        kind = self.chance.choice((MovementType.RESTOCK, MovementType.RETURN))
        self._adjust(kind, 1)

    def _scrap(self) -> None:
        self._adjust(self.chance.choice((MovementType.DAMAGE, MovementType.EXPIRED)), -1)

    def _adjust(self, kind: MovementType, units: int) -> None:
        sku, place = self.chance.choice((PHONE, PHONE, MILK)), self.chance.choice(self.shop.locations)
        made = Adjustment(sku, kind, units, "", place, self._some(sku))
        made_id = self._key("adj")

        def adjust(call: Call) -> None:
            settings = call.environment.settings.fresh(call.table)
            adjust_stock(call.table, made, settings=settings, now=call.now, adjustment_id=made_id)

        self.ask(adjust)

    def _name(self) -> None:
        sku, place = self.chance.choice((PHONE, MILK)), self.chance.choice(self.shop.locations)
        names = self._some(sku)
        self.ask(lambda call: name_stock(call.table, Place(sku, place), names, now=call.now))

    def _name_milk(self) -> None:
        batches = tuple(BatchUnits(number, 2, day) for number, day in LAST_DAYS.items())
        place = Place(MILK, self.shop.locations[0])
        self.ask(lambda call: name_stock(call.table, place, Names((), batches), now=call.now))

    def _some(self, sku: str) -> Names:
        if self.chance.random() < GUESSES:
            return Names()
        return some_names(self.chance, sku, 1)

    # what goes with orders

    def _put_aside(self) -> None:
        order = self._order_of(PHONE)
        if order is None:
            return
        numbers = self._numbers(order, order.owned(PHONE) or 1)
        self.ask(
            lambda call: assign_serials(
                order.id, PHONE, numbers, table=call.table, now=call.now, check_version=any_version
            )
        )

    def _send(self) -> None:
        order = self._order_of(PHONE, MILK)
        if order is None:
            return
        wanted = (Wanted(1, line_id=order.lines[0].id),) if self.chance.random() < 0.4 else None
        names: dict[str, Names] = {}
        if owned := order.owned(PHONE):
            names[PHONE] = Names(self._numbers(order, 1 if wanted else owned))
        if order.owned(MILK) == 1 and self.chance.random() < 0.4:
            names[MILK] = self._some(MILK)
        dispatch = Dispatch(wanted, names={sku: said for sku, said in names.items() if said})
        self.ask(
            lambda call: fulfill_order(order.id, dispatch, table=call.table, now=call.now, check_version=any_version)
        )

    def _order_of(self, *skus: str) -> Order | None:
        """One of the orders that have such units."""
        order = self._order("paid", "authorized", "pending")
        return order if order and any(order.owned(sku) for sku in skus) else None

    def _numbers(self, order: Order, units: int) -> tuple[str, ...]:
        """Numbers to take for an order: mostly such as lie there for it, or for nobody."""
        fit = [number for number in NUMBERS if self._fits(number, order) or self.chance.random() < GUESSES]
        return tuple(self.chance.sample(fit, k=min(units, len(fit)))) or (self.chance.choice(NUMBERS),)

    def _fits(self, number: str, order: Order) -> bool:
        serial = self._serial(number)
        if serial is None:
            return False
        mine = serial.get("order_id", {}).get("S") == order.id
        status: str = serial["status"]["S"]
        return status == "in_stock" or (status == "reserved" and mine)

    def _serial(self, number: str) -> Wired | None:
        tenant_id = self.shop.tenant_id
        return self.memory.find((f"T#{tenant_id}#SERIAL#{serial_id(tenant_id, PHONE, number)}", "SERIAL"))

    # what moves no level

    def _release(self) -> None:
        self._move("reserved", release_serial)

    def _take_back(self) -> None:
        self._move("sold", take_serial_back)

    def _write_off(self) -> None:
        self._move("returned", write_serial_off)

    def _move(self, status: str, move: Callable[..., object]) -> None:
        """A serial with this status; now and then one that has another."""
        fit = [serial for number in NUMBERS if (serial := self._serial(number)) and self._looks(serial, status)]
        if fit:
            wanted = self.chance.choice(fit)["id"]["S"]
            self.ask(lambda call: move(call.table, wanted, reason="", now=call.now))

    def _looks(self, serial: Wired, status: str) -> bool:
        return bool(serial["status"]["S"] == status) or self.chance.random() < GUESSES / 4
