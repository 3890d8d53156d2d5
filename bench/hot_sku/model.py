"""The sale: as many clients as are wanted check out without a pause; the ledger is written as it happens."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from unittest.mock import patch

from bench.hot_sku.clock import Clock
from bench.hot_sku.shop import SKU, HotShop, open_hot_shop
from bench.hot_sku.wire import OVERLAP_S, Contest, DerivingWire
from storekeeper.checkout import InsufficientStock
from storekeeper.inventory import Leases, StockContended, look_after_spread
from storekeeper.inventory.buckets.items import spread_key
from storekeeper.inventory.buckets.model import LOOK_EVERY
from storekeeper.inventory.projections import project
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.table import Table
from storekeeper.kernel.workers import in_turn
from storekeeper.tenancy import NumberLease
from tests.simulation.dynamo.memory import Memory
from tests.simulation.records import lambda_record

PLENTY = 10_000_000
WARM_UP_S = 1.5
TABLE = "hot"


@dataclass(frozen=True)
class Sale:
    """What is tried."""

    buckets: int
    clients: int
    seconds: float = 2.0
    units: int = PLENTY
    overlap_s: float = OVERLAP_S
    mutual: bool = True
    look_every_s: float = 0.0
    deaths: float = 0.0
    warm_up_s: float = WARM_UP_S
    seed: int = 1


@dataclass
class Outcome:
    """What came of it; figures a second are those after the warm-up."""

    sale: Sale
    orders: int = 0
    measured: int = 0
    refused: int = 0
    contended: int = 0
    false_sold_out: int = 0
    lost_or_oversold: int = 0
    units_left: int = 0
    environments_lost: int = 0
    ledger_lag_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    busiest: list[tuple[float, tuple[str, str]]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.measured / self.sale.seconds


def run(sale: Sale) -> Outcome:
    """Simulate one sale."""
    clock = Clock()
    contest = Contest(Memory(), clock, overlap_s=sale.overlap_s, mutual=sale.mutual)
    shop = open_hot_shop(contest, clock, units=sale.units, seed=sale.seed)
    if sale.buckets > 1:
        shop.spread(sale.buckets)
    outcome = Outcome(sale)
    with in_turn(), _attempts_wait_by(clock):
        for number in range(sale.clients):
            numbers = NumberLease()
            numbers.next_number(shop.root, shop.store.id, "HB-")  # an environment that has sold before
            after = number * sale.warm_up_s / sale.clients / 2
            clock.start(partial(_client, shop, numbers, outcome), after=after)
        clock.start(lambda: _ledger(contest, shop))
        if sale.look_every_s:
            clock.start(lambda: _looks(shop, outcome, every_s=sale.look_every_s))
        clock.run(until=sale.warm_up_s)
        contest.limits.taken.clear()
        contest.counts.clear()
        clock.run(until=sale.warm_up_s + sale.seconds)
        clock.close()
    _settle(outcome, shop)
    return outcome


def _settle(outcome: Outcome, shop: HotShop) -> None:
    levels, sale, contest = shop.levels(), outcome.sale, shop.contest
    outcome.ledger_lag_s = contest.limits.debt_s("#MOVES#", now=contest.clock.now)
    outcome.counts, outcome.busiest = contest.counts, list(contest.limits.busiest(sale.seconds))[:60]
    outcome.units_left = sum(level.available for level in levels)
    placed = sum(sk.get("ORDER") is not None for sk in contest.memory.partitions.values())
    reserved, on_hand = (sum(getattr(level, name) for level in levels) for name in ("reserved", "on_hand"))
    outcome.lost_or_oversold = abs(on_hand - sale.units) + abs(placed - reserved) + max(0, placed - sale.units)


def _client(shop: HotShop, numbers: NumberLease, outcome: Outcome) -> None:
    """One buyer after the other in one environment; should it die, what it has leased is left where it is."""
    leases = Leases()
    while True:
        if shop.chance.random() < outcome.sale.deaths:
            leases = Leases()
            outcome.environments_lost += 1
        try:
            shop.buy(numbers, leases)
        except InsufficientStock:
            outcome.refused += 1
            outcome.false_sold_out += any(level.available for level in shop.levels())
            return
        except StockContended:
            outcome.contended += 1
            continue
        outcome.orders += 1
        outcome.measured += shop.clock.now > outcome.sale.warm_up_s


def _ledger(contest: Contest, shop: HotShop) -> None:
    """The projector's part that touches the same partitions."""
    table = Table(DerivingWire(contest), TABLE, tenant_id=shop.root.tenant_id, trace=shop.root.trace)
    done = len(contest.memory.records)
    while True:
        contest.clock.sleep(0.05)
        records, done = contest.memory.records[done:], len(contest.memory.records)
        for record in records:
            if record.place[1] == "LEVEL":
                project(Change.from_record(lambda_record(record)), table=table)


def _looks(shop: HotShop, outcome: Outcome, *, every_s: float) -> None:
    """The sweep, far more often than it comes, until everybody knows that it is sold out."""
    key = spread_key(shop.root.tenant_id, SKU, shop.location)
    for look in count(1):
        shop.clock.sleep(every_s)
        if outcome.refused == outcome.sale.clients:
            return
        with suppress(Contended):
            look_after_spread(shop.table(), key, now=shop.now + look * LOOK_EVERY)


@contextmanager
def _attempts_wait_by(clock: Clock) -> Iterator[None]:
    """What reads, decides and writes again waits in simulated time too."""
    with patch("storekeeper.kernel.attempts.time.sleep", clock.sleep):
        yield
