"""What is on sale on some days besides: a kit of things that are sold alone, and things whose units are told apart."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from storekeeper.catalog import Component
from storekeeper.inventory import BatchUnits, Mode, MovementType, Names
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.kits.use_cases import create_kit
from storekeeper.inventory.tracking.use_cases import track
from storekeeper.kernel.table import Table
from storekeeper.tenancy import load_settings
from tests.simulation.determinism import determined
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.world import FOUNDED, START, TABLE, Shop, World, founded, project, put_on_sale

SET, PHONE, MILK = "SET", "PHONE", "MILK"
PARTS = (Component("LAMP", 1), Component("MUG", 2))
NUMBERS = ("N1", "N2", "N3", "N4", "N5")  # few, so that people mean the same one
AT_FIRST = NUMBERS[:4]
TRACKED = {PHONE: (Mode.SERIAL, len(AT_FIRST)), MILK: (Mode.BATCH, 6)}
SOLD = (SET, PHONE, MILK), (SET,)  # by each merchant
PAST, SOON, EVER = "PAST", "SOON", "EVER"  # batches of milk
LAST_DAYS = {PAST: START.date() - timedelta(days=1), SOON: START.date(), EVER: None}
KITS, TOLD_APART = 0.06, 0.12  # of all histories


@dataclass(frozen=True, slots=True)
class Day:
    """What is sold in a history besides the usual: by both merchants a kit, by the first what is told apart."""

    goods: frozenset[str]

    def chances(self, who: str, seed: int, *, if_any: str = "") -> Iterator[random.Random]:
        """The chance of each of those who come for it today, or work with it."""
        if if_any in self.goods or (self.goods and not if_any):
            for n in range(random.Random(f"{who} {seed}").choice((1, 1, 2, 2))):
                yield random.Random(f"{who} {n} {seed}")

    def sought(self, shop: Shop, chance: random.Random) -> str | None:
        """What a shopper comes for on such a day."""
        found = [sku for sku in shop.skus if sku in self.goods]
        return chance.choice([*found, *found, "LAMP", "MUG"]) if found else None


def day_of(seed: int) -> Day:
    """The day of a history. It is not drawn by the history's own chance, so that other days are as they would be."""
    day = random.Random(f"goods {seed}")
    kit, numbered = (SET,) * (day.random() < KITS), (PHONE, MILK) * (day.random() < TOLD_APART)
    return Day(frozenset((*kit, *numbered)))


def some_names(chance: random.Random, sku: str, units: int) -> Names:
    """So many units of what is tracked, as somebody names them who may be wrong."""
    if TRACKED[sku][0] is Mode.SERIAL:
        return Names(tuple(chance.sample(NUMBERS, k=min(units, len(NUMBERS)))))
    number = chance.choice(list(LAST_DAYS))
    return Names((), (BatchUnits(number, units, LAST_DAYS[number]),))


def world_of(day: Day) -> World:
    """The world that a day begins with."""
    if not day.goods:
        return founded()
    world = stocked()
    shops = (
        replace(shop, skus=(*shop.skus, *(sku for sku in sold if sku in day.goods)))
        for shop, sold in zip(world.shops, SOLD, strict=True)
    )
    return replace(world, shops=tuple(shops))


@cache
def stocked() -> World:
    """The world with all of it."""
    world = founded()
    memory = world.memory.clone()
    wire = DirectWire(memory, START.timestamp)
    with determined(random.Random(1)):
        for shop in world.shops:
            _compose(Table(wire, TABLE, tenant_id=shop.tenant_id, trace=FOUNDED), shop)
        first = world.shops[0]
        _number(Table(wire, TABLE, tenant_id=first.tenant_id, trace=FOUNDED), first)
        project(memory, wire)
    return World(world.shops, memory.clone())


def _compose(table: Table, shop: Shop) -> None:
    """Two kits more than there would be of what is there."""
    for part in PARTS:
        more = Adjustment(part.sku, MovementType.RESTOCK, 2 * part.quantity, location_id=shop.locations[0])
        adjust_stock(table, more, settings=load_settings(table), now=START)
    put_on_sale(table, shop.store, SET, price="30.00", ships=True)
    create_kit(SET, PARTS, table=table, now=START)


def _number(table: Table, shop: Shop) -> None:
    """Phones have numbers from the start, milk gets its batches on the day."""
    for sku, (mode, units) in TRACKED.items():
        put_on_sale(table, shop.store, sku, price="9.00", ships=True)
        names = Names(AT_FIRST) if mode is Mode.SERIAL else Names()
        track(table, sku, mode, settings=load_settings(table))
        adjustment = Adjustment(sku, MovementType.RESTOCK, units, location_id=shop.locations[0], names=names)
        adjust_stock(table, adjustment, settings=load_settings(table), now=START)
