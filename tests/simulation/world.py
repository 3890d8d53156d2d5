"""What every history begins with: two merchants who sell, made by the real use cases, once for each process."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from storekeeper.catalog import ListingDetails, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.listings.use_cases import create_listing
from storekeeper.catalog.products.model import VariantId
from storekeeper.catalog.products.use_cases import create_product
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.inventory.suppliers.model import SupplierContact, SupplierTerms
from storekeeper.inventory.suppliers.use_cases import create_supplier
from storekeeper.kernel.ids import LocationId, StoreId, TenantId, new_id
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.pricing import SHIPPING_METHODS, FlatRate, ShippingTerms, create_row
from storekeeper.streams import project_batch
from storekeeper.tenancy import NumberLease, Plan, SealerCache, Store, StoreStatus, load_settings
from storekeeper.tenancy.locations.use_cases import create_location
from storekeeper.tenancy.stores.use_cases import create_store
from storekeeper.tenancy.tenants.founding import create_tenant
from storekeeper.tenancy.tenants.use_cases import change_tenant
from tests.simulation.determinism import determined
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.memory import Memory
from tests.simulation.records import lambda_record

TABLE = "simulated"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
FOUNDED = Trace(system_actor("founding"), "req_founding")
SKUS = ("LAMP", "MUG", "BOOK")
# Units by location of each SKU: few, so that buyers meet.
SHELVES = {"harbour": {"LAMP": (1, 1), "MUG": (3, 0), "BOOK": (1, 2)}, "alpine": {"LAMP": (2, 1), "MUG": (1, 1)}}


@dataclass(frozen=True, slots=True)
class Shop:
    """A tenant with one store."""

    tenant_id: TenantId
    store: Store
    locations: tuple[LocationId, ...]
    shipping_method_id: str
    skus: tuple[str, ...]
    sealer: Sealer
    supplier_id: str = ""

    @property
    def store_id(self) -> StoreId:
        """The store's id."""
        return self.store.id


@dataclass(frozen=True, slots=True)
class World:
    """The merchants, and the table with what they have set up; all of it projected."""

    shops: tuple[Shop, ...]
    memory: Memory


@cache
def founded() -> World:
    """The world, before the first shopper comes."""
    memory = Memory()
    wire = DirectWire(memory, START.timestamp)
    with determined(random.Random(0)):
        shops = (
            _found(wire, "harbour", plan="premium", settings={}),
            _found(wire, "alpine", plan="premium", settings={"capture": "manual"}),
        )
        project(memory, wire)
        supplied = tuple(replace(shop, supplier_id=_find_supplier(wire, shop)) for shop in shops)
    return World(supplied, memory)


def _found(wire: DirectWire, name: str, *, plan: Plan, settings: dict[str, str]) -> Shop:
    table = Table(wire, TABLE, tenant_id=TenantId(new_id("ten", at=START)), trace=FOUNDED, registry=True)
    create_tenant(name=name, plan=plan, currency=Currency.of("EUR"), data_key_arn="", registry=table, now=START)
    store = create_store(
        name=name,
        looks={"language": "en", "time_zone": "UTC"},
        settings={"order_prefix": "S-", "payment_methods": ("stripe", "manual"), **settings},
        domains=(f"{name}.localhost",),
        status=StoreStatus.ACTIVE,
        registry=table,
        now=START,
    )
    create_location(name="West", address=None, table=table, now=START)
    change_tenant(cart_events=True, table=table, now=START)
    known = load_settings(table)
    locations = tuple(sorted(known.locations, key=lambda one: not known.locations[one].is_default))
    for sku, units in SHELVES[name].items():
        put_on_sale(table, store, sku, price="7.90" if sku == "MUG" else "25.00", ships=sku != "BOOK")
        for location, count in zip(locations, units, strict=True):
            if count:
                adjustment = Adjustment(sku, MovementType.RESTOCK, count, location_id=location)
                adjust_stock(table, adjustment, settings=load_settings(table), now=START)
    NumberLease().next_number(table, store_id=store.id, prefix="S-")  # it has sold before
    price = Money.parse("4.50", store.currency)
    terms = ShippingTerms(name="Parcel", rate=FlatRate(price), currency=store.currency)
    parcel = create_row(SHIPPING_METHODS, store.id, lambda _: terms, table=table, now=START)
    return Shop(table.tenant_id, store, locations, parcel.id, tuple(SHELVES[name]), SealerCache("").of(table))


def _find_supplier(wire: DirectWire, shop: Shop) -> str:
    """Somebody to order from."""
    table = Table(wire, TABLE, tenant_id=shop.tenant_id, trace=FOUNDED)
    terms = SupplierTerms("Works", "WORKS", shop.store.currency)
    return create_supplier(terms, SupplierContact(), table=table, sealer=shop.sealer, now=START).id


def put_on_sale(table: Table, store: Store, sku: str, *, price: str, ships: bool) -> None:
    """A product of one variant, listed in the store."""
    product = create_product(
        ProductDetails(
            title=sku.title(),
            slug=sku.lower(),
            currency=store.currency,
            status=ProductStatus.ACTIVE,
            price=Money.parse(price, store.currency),
            weight_g=100,
            digital=not ships,
        ),
        [Variant(VariantId(new_id("var", at=START)), sku)],
        table=table,
        now=START,
    )
    create_listing(product.id, ListingDetails(), shop=store, table=table, now=START)


def project(memory: Memory, wire: DirectWire) -> None:
    """Read the stream until nothing new comes of it."""
    done = 0
    while done < len(memory.records):
        records, done = memory.records[done:], len(memory.records)
        answer = project_batch(
            [lambda_record(record) for record in records],
            table_of=lambda tenant_id, _: Table(wire, TABLE, tenant_id=tenant_id, trace=FOUNDED),
        )
        if answer["batchItemFailures"]:
            raise RuntimeError("the world cannot be projected")
