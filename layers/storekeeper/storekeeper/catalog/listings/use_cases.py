"""What a merchant does with the listings of a store."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog.categories.store import read_tree
from storekeeper.catalog.listings import items, store
from storekeeper.catalog.listings.model import Listing, ListingDetails, check_listing, listing_id, revised
from storekeeper.catalog.parts import drop_part, put_part
from storekeeper.catalog.products.store import find_product
from storekeeper.catalog.products.writes import count_listing
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import CategoryId, is_id
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.tenancy import Store, mark_used


def create_listing(
    product_id: str,
    details: ListingDetails,
    *,
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Listing] = forget,
) -> Listing:
    """Show a product in a store.

    Raises:
        Invalid: there is no such product, or something that the listing names is not there.
        PriceMissing: the store sells in another currency, and a variant has no price in it.
        ListingExists: the store lists the product already.
    """
    product = find_product(table, product_id) if is_id(product_id, "prd") else None
    if product is None:
        raise Invalid.field("product_id", "product_unknown", "There is no such product.")
    listing = Listing(
        id=listing_id(shop.id, product.id),
        store_id=shop.id,
        product_id=product.id,
        currency=shop.currency,
        details=details,
        version=1,
        created_at=now,
        updated_at=now,
    )
    check_listing(listing, product, categories=_categories(details, shop=shop, table=table))
    unknown = Invalid.field("product_id", "product_unknown", "There is no such product any more.")
    table.write(
        items.create_listing_item(table.tenant_id, listing),
        _put_text(table, listing),
        count_listing(table.tenant_id, product.id, otherwise=unknown),
        *mark_used(shop),
        *remember(listing),
    )
    return listing


def change_listing(
    listing: str,
    revise: Callable[[ListingDetails], ListingDetails],
    *,
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Listing:
    """Change how a store shows a product.

    Raises:
        NotFound: the store has no such listing.
        Invalid: something that the listing names is not there.
        PriceMissing: a variant would have no price in the store's currency.
        Contended: others changed it every time.
    """

    def attempt() -> Listing:
        current = store.read_listing(table, shop.id, listing)
        expects(current.version)
        changed = revised(current, revise(current.details), now=now)
        if (product := find_product(table, current.product_id)) is None:
            raise NotFound("There is no such listing.")
        categories = _categories(changed.details, shop=shop, table=table)
        check_listing(changed, product, categories=categories, was=current)
        table.write(items.put_listing(table.tenant_id, changed), _put_text(table, changed))
        return changed

    return until_written(attempt)


def delete_listing(listing: str, *, shop: Store, table: Table, expects: Callable[[int], None] = any_version) -> None:
    """Show a product in a store no longer. Carts that hold it say so; orders keep what they noted.

    Raises:
        NotFound: the store has no such listing.
        Contended: others changed it every time.
    """

    def attempt() -> None:
        current = store.read_listing(table, shop.id, listing)
        expects(current.version)
        text_key = items.listing_text_key(table.tenant_id, shop.id, current.product_id)
        table.write(items.delete_listing_item(table.tenant_id, current), drop_part(text_key))

    until_written(attempt)


def _categories(details: ListingDetails, *, shop: Store, table: Table) -> set[CategoryId]:
    return set(read_tree(table, shop.id).categories) if details.category_ids else set()


def _put_text(table: Table, listing: Listing) -> Write:
    key = items.listing_text_key(table.tenant_id, listing.store_id, listing.product_id)
    return put_part(key, items.text_item(listing))
