"""Orders of a hot SKU come from the environment's lease, without a look at what all buyers read."""

import pytest

from storekeeper.checkout import Placed, Till, check_out
from storekeeper.inventory import Leases, spread_level
from storekeeper.kernel.records import replace
from storekeeper.tenancy import load_settings
from tests.table.checkout.fakes import SteppedWire, Steps
from tests.table.checkout.shop import NOW, Shop

UNITS, LENT = 256, 4
FIRST_LEASE = 1000


@pytest.fixture
def hot(bare_shop: Shop) -> Shop:
    """Mugs in two buckets, whose leases are open."""
    bare_shop.sell("MUG", units=UNITS)
    bare_shop.ship_by("5.00")
    places = tuple(load_settings(bare_shop.root).locations)
    spread_level(bare_shop.root, "MUG", places[0], buckets=2, locations=places, now=NOW)
    return bare_shop


def buy(shop: Shop, leases: Leases, *, wire: SteppedWire | None = None, units: int = 1) -> Placed:
    """A manual order, by an environment that has these leases."""
    till = shop.till() if wire is None else _on(wire, shop)
    return check_out(
        shop.cart({"MUG": units}),
        store_id=shop.store.id,
        method="manual",
        till=till,
        settings=shop.settings,
        numbers=shop.numbers,
        leases=leases,
        now=NOW,
    )


def _on(wire: SteppedWire, shop: Shop) -> Till:
    return replace(shop.till(), table=shop.table_on(wire))


def test_an_order_takes_its_unit_from_the_environment_s_lease(hot: Shop) -> None:
    leases = Leases()

    orders = [buy(hot, leases).order for _ in range(LENT)]

    numbers = {pick.bucket for order in orders for pick in order.picks}
    assert len(numbers) == 1
    assert min(numbers) >= FIRST_LEASE


def test_what_all_buyers_read_is_not_read_for_each_of_them(hot: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storekeeper.kernel.recent.FRESH_S", 600.0)
    leases = Leases()
    buy(hot, leases)
    buy(hot, leases)  # keeps what it reads
    wire = SteppedWire(hot.wire, Steps())

    buy(hot, leases, wire=wire)

    read = [
        key["pk"]["S"].removeprefix(f"T#{hot.root.tenant_id}").split("#")[1:2]
        for call, request in zip(wire.calls, wire.requests, strict=True)
        if call == "batch_get_item"
        for key in next(iter(request["RequestItems"].values()))["Keys"]
    ]
    assert read == [["CART"], ["CART"], ["SKU"]]
    assert wire.calls == ["batch_get_item", "batch_get_item", "transact_write_items"]


def test_a_cancelled_order_gives_its_unit_back_to_the_lease(hot: Shop) -> None:
    order = buy(hot, Leases()).order

    hot.cancel(order)

    assert hot.stock("MUG") == (UNITS, 0, UNITS)
