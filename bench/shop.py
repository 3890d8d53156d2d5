"""A shop to measure: one tenant, one store, a shipping method, a tax, and as many products as are wanted.

Products are of one kind: two variants, three tags, 300 letters of description, a category, stock in one location. The
first few are made as a merchant makes them, and are what is bought. The others are there to be many: copies, under
other ids, of the items that lists and slugs are found by.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.testing import DataCloud
from storekeeper.catalog import ListingDetails, ProductDetails, ProductStatus, Variant
from storekeeper.catalog.categories.model import CategoryDetails
from storekeeper.catalog.categories.use_cases import create_category
from storekeeper.catalog.listings.model import listing_id
from storekeeper.catalog.listings.use_cases import create_listing
from storekeeper.catalog.products.model import VariantId
from storekeeper.catalog.products.use_cases import create_product
from storekeeper.inventory import MovementType
from storekeeper.inventory.adjustments.model import Adjustment
from storekeeper.inventory.adjustments.use_cases import adjust_stock
from storekeeper.kernel.ids import CategoryId, ProductId, TenantId, new_id
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.pricing import SHIPPING_METHODS, TAX_RATES, FlatRate, ShippingTerms, TaxTerms, create_row
from storekeeper.search.cards.items import LIST_SHARDS
from storekeeper.search.projections import refresh
from storekeeper.tenancy import Store, StoreStatus, load_settings
from storekeeper.tenancy.stores.use_cases import create_store
from storekeeper.tenancy.tenants.founding import create_tenant

DOMAIN = "bench.localhost"
USD = Currency.of("USD")
UNITS = 1_000_000
MADE = 16  # products that can be bought
DESCRIPTION = ("Fired twice, glazed by hand, and safe in the dishwasher. " * 6)[:300]
BATCH = 25
SIDE_BY_SIDE = 4
COPIED = frozenset({"product", "product_slug", "listing", "card", "category_card"})
_SHELF_LIFE = datetime(2026, 11, 1, tzinfo=UTC)  # everything was made then: ids and times have the same length each run


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that is open. `slugs` and `skus` are those of its products, a SKU for each."""

    table: Table
    store: Store
    shipping_method_id: str
    category_slug: str
    slugs: Sequence[str]
    skus: Sequence[str]


def open_shop(cloud: DataCloud, *, products: int) -> Shop:
    """Found the tenant and put its products on sale."""
    table = Table(
        cloud.client("dynamodb"),
        cloud.table,
        tenant_id=TenantId(new_id("ten", at=_SHELF_LIFE)),
        trace=Trace(system_actor("bench"), "req_bench"),
        registry=True,
    )
    create_tenant(
        name="Bench", plan="premium", currency=USD, data_key_arn=cloud.data_key_arn, registry=table, now=_SHELF_LIFE
    )
    store = _store(table)
    category = create_category(CategoryDetails("Kitchen", "kitchen"), shop=store, table=table, now=_SHELF_LIFE)
    made = _make(table, store, category.id, many=min(products, MADE))
    if products > len(made):
        made += _copy(cloud, store, made, many=products - len(made))
    return Shop(
        table=table,
        store=store,
        shipping_method_id=_shipping(table, store),
        category_slug=category.details.slug,
        slugs=[f"mug-{one.word.lower()}" for one in made],
        skus=[f"MUG-{one.word}-BLUE" for one in made],
    )


@dataclass(frozen=True, slots=True)
class _Made:
    word: str
    product_id: ProductId
    listing_id: str
    variant_ids: tuple[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """What is different in the items of another product."""
        return (self.product_id, self.listing_id, *self.variant_ids, self.word, self.word.lower())


def _store(table: Table) -> Store:
    return create_store(
        name="Bench",
        looks={"language": "en", "time_zone": "UTC"},
        settings={"order_prefix": "HB-", "payment_methods": ("stripe", "manual")},
        domains=(DOMAIN,),
        status=StoreStatus.ACTIVE,
        currency=USD,
        registry=table,
        now=_SHELF_LIFE,
    )


def _shipping(table: Table, store: Store) -> str:
    rate = TaxTerms(name="Sales tax", country="US", rate_ppm=88_750)
    create_row(TAX_RATES, store.id, lambda _: rate, table=table, now=_SHELF_LIFE)
    terms = ShippingTerms(name="Parcel", rate=FlatRate(Money.parse("5.00", USD)), currency=USD)
    return create_row(SHIPPING_METHODS, store.id, lambda _: terms, table=table, now=_SHELF_LIFE).id


def _make(table: Table, store: Store, category_id: CategoryId, *, many: int) -> list[_Made]:
    made: list[_Made] = []
    settings = load_settings(table)
    for number in range(many):
        word = _word(number)
        variants = tuple(
            Variant(
                VariantId(new_id("var", at=_SHELF_LIFE)),
                f"MUG-{word}-{color.upper()}",
                position=place,
                options={"Color": color},
            )
            for place, color in enumerate(("Blue", "Red"))
        )
        details = ProductDetails(
            title=f"Mug {word}",
            slug=f"mug-{word.lower()}",
            currency=USD,
            status=ProductStatus.ACTIVE,
            description=DESCRIPTION,
            price=Money.parse("12.50", USD),
            weight_g=350,
            options=("Color",),
            tags=("kitchen", "ceramic", "gift"),
        )
        product = create_product(details, variants, table=table, now=_SHELF_LIFE)
        create_listing(
            product.id, ListingDetails(category_ids=(category_id,)), shop=store, table=table, now=_SHELF_LIFE
        )
        for variant in variants:
            restock = Adjustment(variant.sku, MovementType.RESTOCK, UNITS)
            adjust_stock(table, restock, settings=settings, now=_SHELF_LIFE)
        refresh(table, store.id, product.id, now=_SHELF_LIFE)
        variant_ids = variants[0].id, variants[1].id
        made.append(_Made(word, product.id, listing_id(store.id, product.id), variant_ids))
    return made


def _copy(cloud: DataCloud, store: Store, made: Sequence[_Made], *, many: int) -> list[_Made]:
    """More products: the items of one that is in the same shard of the store's list, under other ids."""
    patterns = {_shard(one.product_id): one for one in made}
    texts = {shard: _items_of(cloud, one) for shard, one in patterns.items()}
    copies: list[_Made] = []
    wanted: list[str] = []
    for number in range(len(made), len(made) + many):
        variant_ids = (new_id("var", at=_SHELF_LIFE), new_id("var", at=_SHELF_LIFE))
        product_id = ProductId(new_id("prd", at=_SHELF_LIFE))
        copy = _Made(_word(number), product_id, listing_id(store.id, product_id), variant_ids)
        shard = _shard(product_id)
        for text in texts[shard]:
            for old, new in zip(patterns[shard].names, copy.names, strict=True):
                text = text.replace(old, new)  # noqa: PLW2901 (each name in its turn)
            wanted.append(text)
        copies.append(copy)
    _put_all(cloud, wanted)
    return copies


def _items_of(cloud: DataCloud, made: _Made) -> list[str]:
    """Those of its items that are copied, as text: as DynamoDB's wire has them."""
    found = []
    for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName=cloud.table):
        own = [item for item in page["Items"] if item["type"]["S"] in COPIED and made.product_id in str(item)]
        found += [json.dumps(item) for item in own]
    return found


def _put_all(cloud: DataCloud, texts: Sequence[str]) -> None:
    client: Any = cloud.client("dynamodb")

    def put(batch: Sequence[str]) -> None:
        requests = [{"PutRequest": {"Item": json.loads(text)}} for text in batch]
        client.batch_write_item(RequestItems={cloud.table: requests})

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(put, _batches(texts)))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]


def _word(number: int) -> str:
    """What tells a product's SKU, slug and title from others: unlike anything else in its items."""
    return f"N{number:06d}"


def _shard(product_id: str) -> int:
    return zlib.crc32(product_id.encode()) % LIST_SHARDS
