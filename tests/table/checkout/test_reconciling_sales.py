"""Reconciliation of a shop that sells: whatever becomes of orders and holds, they own what is reserved."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from storekeeper.carts import hold_cart
from storekeeper.inventory import SkuRef, level_key, projections
from storekeeper.inventory.reconciliation.model import DriftKind
from storekeeper.inventory.reconciliation.use_cases import KIND as RECONCILIATION
from storekeeper.inventory.reconciliation.use_cases import Phase, Position, Reconciler, list_drifts
from storekeeper.kernel.changes import Change
from storekeeper.kernel.writes import PRESENT, Update
from storekeeper.orders import OrderStatus
from storekeeper.orders import projections as of_orders
from storekeeper.orders import reserved as owners
from storekeeper.orders.reserved import OrderOwners
from storekeeper.runs import Run, RunState, start_run
from tests.streaming import Stream
from tests.table.checkout.shop import NOW, Shop

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def stream(bare_shop: Shop) -> Stream:
    """All that is written from the beginning on."""
    return Stream(bare_shop.cloud, bare_shop.root.tenant_id, NOW)


@pytest.fixture
def project(shop: Shop, stream: Stream) -> Callable[[], None]:
    """What projectors make of all that was written since the last call."""

    def project() -> None:
        for change in map(Change.from_record, stream.records()):
            if change.type in projections.TYPES:
                projections.project(change, table=shop.root)
            if change.type in of_orders.TYPES:
                of_orders.project(change, table=shop.root)

    return project


def reconcile(shop: Shop, *, between: Callable[[datetime], object] = lambda _: None) -> Run:
    """A run that repairs all; `between` comes once orders were gathered, and before any level is looked at."""
    asked = {"repair": [kind.value for kind in DriftKind]}
    run = start_run(shop.root, "run_1", RECONCILIATION, asked=asked, now=LATER)
    reconciler = Reconciler(OrderOwners())
    while run.is_open:
        now = max(LATER, run.due_at or LATER) if run.state is RunState.WAITING else run.changed_at
        run = run.claimed(now)
        if Position.of(run).phase is Phase.LEVELS:  # one page
            between(now)
        run = run.advanced(reconciler.step(run, shop.root, now), now=now)
    return run


def found(shop: Shop) -> list[str]:
    return [
        f"{drift.kind}: {drift.cause}" for drift, *_ in list_drifts(shop.root, "run_1", after=None, limit=9).entries
    ]


@pytest.mark.usefixtures("kit")
def test_whatever_became_of_orders_and_holds_nothing_is_wrong(
    shop: Shop, project: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "PAGE", 2)
    shop.buy({"BOX": 1})
    shop.ship(shop.buy_and_pay({"MUG": 2}), {"MUG": 1})
    shop.ship(shop.buy_and_pay({"TEA": 1}))
    shop.cancel(shop.buy({"MUG": 1}))
    hold_cart(shop.cart({"MUG": 1}), carts=shop.carts, now=NOW)
    project()

    run = reconcile(shop)

    assert (found(shop), run.figures["levels"], run.figures["looked_again"]) == ([], 2, 0)


def test_an_order_that_stands_again_meanwhile_owns_its_units(shop: Shop, project: Callable[[], None]) -> None:
    order = shop.buy({"MUG": 2})
    shop.provider.fail("find_intent", times=50)
    shop.provider.fail("cancel", times=50)
    shop.sweep_for(41 * MINUTE)
    shop.provider.recover()
    shop.provider.pay(order.id)
    project()

    def pay(now: datetime) -> None:
        assert shop.order(order).status is OrderStatus.CANCELLED
        shop.settle(order, now=now)
        project()

    run = reconcile(shop, between=pay)

    assert (shop.order(order).status, shop.stock()) == (OrderStatus.PROCESSING, (10, 2, 8))
    assert (found(shop), run.figures["looked_again"], run.figures["skipped_busy"]) == ([], 1, 0)


def test_a_held_cart_that_is_bought_meanwhile_owns_its_units(shop: Shop, project: Callable[[], None]) -> None:
    cart_id = shop.cart({"MUG": 3}, now=LATER)
    hold_cart(cart_id, carts=shop.carts, now=LATER - 10 * MINUTE)
    project()

    def buy(now: datetime) -> None:
        shop.check_out(cart_id, "manual", now=now)
        project()

    run = reconcile(shop, between=buy)

    assert (found(shop), shop.stock(), run.figures["skipped_busy"]) == ([], (10, 3, 7), 0)


def test_units_that_no_order_owns_come_back_and_those_of_orders_stay(shop: Shop, project: Callable[[], None]) -> None:
    order = shop.buy({"MUG": 2})
    project()
    key = level_key(SkuRef(shop.root.tenant_id, "MUG"), shop.locations()[0])
    change = "SET reserved = reserved + :more, available = available - :more"
    shop.root.write(Update(key, change, only_if=PRESENT, values={":more": 3}))

    reconcile(shop)
    project()

    assert (found(shop), shop.stock()) == (["figures: written_outside"], (10, 2, 8))
    assert sum(pick.units for pick in shop.order(order).picks) == 2
