"""A shop in memory that sells one thing, and buyers whose carts are ready."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.hot_sku.clock import Clock
from bench.hot_sku.wire import BuyerWire, Contest
from storekeeper.carts import Addition, CartStore, create_cart
from storekeeper.carts.items import cart_key
from storekeeper.checkout import Till
from storekeeper.checkout.placing.use_cases import Placed, place_order
from storekeeper.inventory import Leases, Level, find_levels, spread_level
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.ids import CartId, LocationId, TenantId, new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Pacing, Table
from storekeeper.kernel.trace import SHOPPER, Trace
from storekeeper.payments import PaymentGateway
from storekeeper.tenancy import NumberLease, SealerCache, SettingsCache, Store, StoreStatus, load_settings
from storekeeper.tenancy.stores.use_cases import create_store
from storekeeper.tenancy.tenants.founding import create_tenant
from tests.simulation.dynamo.direct import DirectWire
from tests.table.carts.shop import put_on_sale, ship_by

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
TABLE = "hot"
SKU = "LAMP"
BUYERS = 100
HOME = Address("US", "Ada", "Byron", line1="12 Quay Street", city="Portland", region="ME", postal_code="04101")


def no_gateway() -> PaymentGateway:
    """Nobody pays by card here."""
    raise AssertionError("a sale by hand asked for the payment provider")


@dataclass
class HotShop:
    """The shop, its table, and the time."""

    contest: Contest
    clock: Clock
    chance: random.Random
    root: Table
    store: Store
    sealer: Sealer
    templates: Sequence[dict[str, Any]]
    settings: SettingsCache = field(default_factory=SettingsCache)

    @property
    def now(self) -> datetime:
        """The instant of the simulation."""
        return START + timedelta(seconds=self.clock.now)

    @property
    def location(self) -> LocationId:
        """Where the stock is."""
        return load_settings(self.root).default_location().id

    def levels(self) -> tuple[Level, ...]:
        """All buckets, as they are."""
        return find_levels(self.root, [SKU], locations=[self.location])[SKU]

    def spread(self, buckets: int) -> None:
        """Have the stock lie in buckets before the sale begins."""
        spread_level(self.root, SKU, self.location, buckets=buckets, locations=[self.location], now=self.now)

    def table(self) -> Table:
        """One request's way to the table."""
        jitter = self.chance.random
        pacing = Pacing(sleep=self.clock.sleep, monotonic=lambda: self.clock.now, jitter=jitter)
        wire = BuyerWire(self.contest)
        return Table(wire, TABLE, tenant_id=self.root.tenant_id, trace=Trace(SHOPPER, "req_hot"), pacing=pacing)

    def ready_cart(self) -> str:
        """Somebody else's cart, complete; made before the time that is measured."""
        cart_id = CartId(new_id("cart", at=START))
        key = cart_key(self.root.tenant_id, cart_id)
        item = {**self.chance.choice(self.templates), "pk": {"S": key.pk}, "id": {"S": cart_id}}
        self.contest.memory.partitions[key.pk] = {key.sk: item}
        return cart_id

    def buy(self, numbers: NumberLease, leases: Leases) -> Placed:
        """A whole checkout, but for the card."""
        return place_order(
            self.ready_cart(),
            store_id=self.store.id,
            method="manual",
            till=Till(self.table(), no_gateway, self.sealer),
            settings=self.settings,
            numbers=numbers,
            leases=leases,
            now=self.now,
        )


def open_hot_shop(contest: Contest, clock: Clock, *, units: int, seed: int) -> HotShop:
    """Founded as an operator and a merchant found one."""
    wire = DirectWire(contest.memory, START.timestamp)
    tenant_id = TenantId(new_id("ten", at=START))
    root = Table(wire, TABLE, tenant_id=tenant_id, trace=Trace(SHOPPER, "req_hot"), registry=True)
    create_tenant(name="Hot", plan="premium", currency=Currency.of("USD"), data_key_arn="", registry=root, now=START)
    store = create_store(
        name="Hot",
        looks={"language": "en", "time_zone": "UTC"},
        settings={"order_prefix": "HB-", "payment_methods": ("manual",)},
        domains=("hot.localhost",),
        status=StoreStatus.ACTIVE,
        registry=root,
        now=START,
    )
    put_on_sale(root, store, SKU, units=units)
    method = ship_by(root, store)
    sealer = SealerCache("").of(root)
    carts = CartStore(root, SettingsCache(), sealer, store_id=store.id)
    templates = [_template(contest, carts, method.id, buyer) for buyer in range(BUYERS)]
    return HotShop(contest, clock, random.Random(seed), root, store, sealer, templates)


def _template(contest: Contest, carts: CartStore, method_id: str, buyer: int) -> dict[str, Any]:
    """A complete cart as the table holds it."""
    details: Any = {
        "email": f"buyer-{buyer}@example.com",
        "shipping_address": HOME,
        "shipping_method_id": method_id,
    }
    cart = create_cart(additions=[Addition(SKU, 1)], details=details, carts=carts, now=START).cart
    key = cart_key(carts.table.tenant_id, cart.id)
    return contest.memory.partitions[key.pk][key.sk]
