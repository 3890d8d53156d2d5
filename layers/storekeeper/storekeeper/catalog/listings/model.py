"""What a listing is, and which price it gives. Pure."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from msgspec import Struct, field
from ulid import ULID

from storekeeper.catalog.images import Image, ImageId
from storekeeper.catalog.products.model import Product, ProductStatus, Variant
from storekeeper.catalog.seo import NO_SEO, Seo
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.ids import CategoryId, ListingId, ProductId, StoreId
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

MAX_CATEGORIES = 8  # with all above them they are at most 48 lists: what changes of one card fits one transaction
_TIME_BYTES = 6


class ListingExists(StorekeeperError):
    """The store lists the product already."""

    code, kind = "listing_exists", "conflict"


class PriceMissing(Invalid):
    """The store sells in another currency than the product's, and the listing has no price of its own."""

    code = "price_missing"


class OwnPrice(Struct, frozen=True):
    """What a variant costs in this store."""

    price: Money
    compare_at_price: Money | None = None


class ListingDetails(Struct, frozen=True):
    """What a merchant says about a product in one store; None is as the product has it.

    `markup_bp` (basis points, may be negative) changes the product's prices; `price` replaces them for every variant,
    `variant_prices` for single SKUs. `image_ids` chooses and orders the product's images; empty: all, in their order.
    """

    visible: bool = True
    promoted: bool = False
    sort_order: int = 0
    title: str | None = None
    short_description: str | None = None
    description: str | None = None
    seo: Seo = NO_SEO
    image_ids: tuple[ImageId, ...] = ()
    tags: tuple[str, ...] | None = None
    category_ids: tuple[CategoryId, ...] = ()
    markup_bp: int = 0
    price: Money | None = None
    compare_at_price: Money | None = None
    variant_prices: Mapping[str, OwnPrice] = field(default_factory=dict)


class Listing(Struct, frozen=True):
    """A product in a store. `currency` is the store's."""

    id: ListingId
    store_id: StoreId
    product_id: ProductId
    currency: Currency
    details: ListingDetails
    version: int
    created_at: datetime
    updated_at: datetime

    def images_of(self, product: Product) -> tuple[Image, ...]:
        """The images that the store shows, in its order, or else the product's; only those that are uploaded."""
        ready = {image.id: image for image in product.images if image.ready}
        chosen = tuple(ready[image_id] for image_id in self.details.image_ids if image_id in ready)
        return chosen or tuple(ready.values())


class Price(Struct, frozen=True):
    """What a variant costs in a store; `compare_at` only where it is more."""

    amount: Money
    compare_at: Money | None


def listing_id(store_id: StoreId, product_id: ProductId) -> ListingId:
    """The id of a product's listing in a store: the product's, with its random part masked by the store's."""
    return ListingId(f"lst_{_masked(product_id, store_id)}")


def listed_product(listing: str, store_id: StoreId) -> ProductId:
    """Which product a listing of this store shows; one that no product has if it is another store's listing.

    Raises:
        ValueError: no listing can have this id.
    """
    return ProductId(f"prd_{_masked(listing, store_id)}")


def _masked(identifier: str, store_id: StoreId) -> ULID:
    plain = ULID.from_str(identifier.rpartition("_")[2]).bytes
    mask = hashlib.sha256(store_id.encode()).digest()[: len(plain) - _TIME_BYTES]
    tail = bytes(byte ^ cover for byte, cover in zip(plain[_TIME_BYTES:], mask, strict=True))
    return ULID.from_bytes(plain[:_TIME_BYTES] + tail)


def price_in(listing: Listing, product: Product, variant: Variant) -> Price | None:
    """The store's price of a variant: its own for the SKU, its own for the product, else the product's with markup.

    None where the store has no price of its own and the product is priced in another currency.
    """
    details = listing.details
    if own := details.variant_prices.get(variant.sku):
        return _price(own.price, own.compare_at_price)
    if details.price is not None:
        return _price(details.price, details.compare_at_price)
    base = product.price_of(variant)
    if base is None or base.currency != listing.currency:
        return None
    compare_at = variant.compare_at_price
    if compare_at is None and variant.price is None:
        compare_at = product.details.compare_at_price
    return _price(marked_up(base, details.markup_bp), compare_at and marked_up(compare_at, details.markup_bp))


def is_shown(product: Product, listing: Listing) -> bool:
    """Whether shoppers may know of it, whatever is left of it."""
    return product.status is ProductStatus.ACTIVE and listing.details.visible and bool(sold_variants(product, listing))


def sold_variants(product: Product, listing: Listing) -> tuple[tuple[Variant, Price], ...]:
    """The variants that the store sells, with their prices."""
    priced = ((variant, price_in(listing, product, variant)) for variant in product.variants if variant.active)
    return tuple((variant, price) for variant, price in priced if price is not None)


def marked_up(amount: Money, markup_bp: int) -> Money:
    """The amount and `markup_bp` basis points of it; rounded half away from zero."""
    return amount + amount.share(markup_bp)


def _price(amount: Money, compare_at: Money | None) -> Price:
    return Price(amount, compare_at if compare_at is not None and amount < compare_at else None)


def revised(listing: Listing, details: ListingDetails, *, now: datetime) -> Listing:
    """The listing after a change, one version on."""
    return replace(listing, details=details, version=listing.version + 1, updated_at=now)


def check_listing(
    listing: Listing, product: Product, *, categories: Collection[CategoryId], was: Listing | None = None
) -> None:
    """Whether it fits its product and its store, which has these `categories`.

    Raises:
        Invalid: it names an image, a category or a SKU that is not there; every fault is named. What it named
            before may meanwhile be gone: readers leave that out.
        PriceMissing: a variant has no price in the store's currency.
    """
    faults = list(_unknown(listing.details, product, categories, was.details if was else ListingDetails()))
    if faults:
        raise Invalid(faults[0].detail, faults=faults)
    foreign = listing.currency != product.details.currency and listing.details.price is None
    unpriced = [variant.sku for variant in product.variants if price_in(listing, product, variant) is None]
    if unpriced or (foreign and not listing.details.variant_prices):
        detail = f"The store sells in {listing.currency.code}: give the listing its own price in that."
        raise PriceMissing(detail, faults=[Fault("price", "price_missing", detail)])


def _unknown(
    details: ListingDetails, product: Product, categories: Collection[CategoryId], had: ListingDetails
) -> Iterator[Fault]:
    known_images = {*had.image_ids, *(image.id for image in product.images)}
    for at, image_id in enumerate(details.image_ids):
        if image_id not in known_images:
            yield Fault(f"image_ids.{at}", "image_unknown", "The product has no such image.")
    known_categories = {*had.category_ids, *categories}
    for at, category_id in enumerate(details.category_ids):
        if category_id not in known_categories:
            yield Fault(f"category_ids.{at}", "category_unknown", "The store has no such category.")
    known_skus = {*had.variant_prices, *(variant.sku for variant in product.variants)}
    for sku in details.variant_prices:
        if sku not in known_skus:
            yield Fault("variant_prices", "sku_unknown", f"The product has no variant {sku}.")
