"""What a card is, and how it is derived. Pure."""

from collections.abc import Collection

import msgspec
from msgspec import Struct

from storekeeper.catalog import CategoryTree, Listing, Product, is_shown, sold_variants
from storekeeper.kernel import clock
from storekeeper.kernel.ids import CategoryId, ProductId
from storekeeper.kernel.money import Currency, Money
from storekeeper.search.words import words_of


class Card(Struct, frozen=True):
    """A product as a store's lists show it. `prices_minor`: what its variants cost, each price once, rising."""

    product_id: ProductId
    slug: str
    title: str
    currency: str
    prices_minor: tuple[int, ...]
    compare_at_minor: int | None
    image_key: str | None
    image_alt: str
    in_stock: bool
    featured: bool
    promoted: bool
    sort_order: int
    tags: tuple[str, ...]
    words: tuple[str, ...]
    published_at: str

    @property
    def price(self) -> Money:
        """What its cheapest variant costs."""
        return Money(self.prices_minor[0], Currency.of(self.currency))

    @property
    def highest_price(self) -> Money:
        """What its dearest variant costs."""
        return Money(self.prices_minor[-1], Currency.of(self.currency))

    @property
    def compare_at(self) -> Money | None:
        """What the cheapest variant cost before."""
        minor = self.compare_at_minor
        return None if minor is None else Money(minor, Currency.of(self.currency))

    def to_text(self) -> str:
        """As lists of the table keep it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> "Card":
        """The card of `to_text`."""
        return msgspec.json.decode(text, type=cls)


def make_card(product: Product, listing: Listing, *, in_stock: bool) -> Card | None:
    """The card of a product in a store; None where shoppers may not know of it."""
    if not is_shown(product, listing):
        return None
    prices = [price for _, price in sold_variants(product, listing)]
    cheapest = min(prices, key=lambda price: price.amount.minor)
    details = listing.details
    image = next(iter(listing.images_of(product)), None)
    title = details.title or product.details.title
    tags = product.details.tags if details.tags is None else details.tags
    return Card(
        product_id=product.id,
        slug=product.details.slug,
        title=title,
        currency=listing.currency.code,
        prices_minor=tuple(sorted({price.amount.minor for price in prices})),
        compare_at_minor=cheapest.compare_at.minor if cheapest.compare_at else None,
        image_key=image.key if image else None,
        image_alt=image.alt if image else "",
        in_stock=in_stock,
        featured=product.details.featured,
        promoted=details.promoted,
        sort_order=details.sort_order,
        tags=tags,
        words=words_of((title, *tags, *(variant.sku for variant, _ in sold_variants(product, listing)))),
        published_at=clock.to_text(product.details.published_at or product.created_at),
    )


def places_of(category_ids: Collection[CategoryId], tree: CategoryTree) -> frozenset[CategoryId]:
    """The categories in whose lists a card stands: those that its listing names and all above them."""
    return frozenset(category.id for named in category_ids for category in tree.path(named))
