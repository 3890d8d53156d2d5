"""The store's products: found by words and filters, or one by its slug."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from storefront.environment import page_reader, store_and_tree, store_tree_and_picked
from storefront.product_schemas import ProductCard, ProductShown
from storekeeper.catalog import CategoryTree
from storekeeper.edge.fields import Amount
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.edge.shopper import Visit, visit
from storekeeper.kernel.ids import CategoryId
from storekeeper.kernel.money import Currency, Money
from storekeeper.search import CardSearch, Search, Sort, terms_of
from storekeeper.tenancy import AtZero

router = APIRouter(prefix="/v1/storefront/{domain}/products", tags=["Storefront"])


@router.get("")
async def browse_products(
    params: Listed,
    visit: Annotated[Visit, Depends(visit)],
    q: Annotated[str, Query(max_length=200, description="Words, or their beginnings, of title, tags and SKU.")] = "",
    category: Annotated[
        str | None, Query(max_length=120, description="Slug or id: products in it or below it.", examples=["kitchen"])
    ] = None,
    collection: Annotated[
        str | None,
        Query(max_length=120, description="Slug or id: products in it, in its own order.", examples=["gifts"]),
    ] = None,
    min_price: Annotated[Amount | None, Query(description="In the store's currency.")] = None,
    max_price: Annotated[Amount | None, Query(description="In the store's currency.")] = None,
    in_stock: Annotated[bool | None, Query(description="Only what can be bought now, or only what cannot.")] = None,
    sort: Annotated[
        Literal["default", "newest", "price_asc", "price_desc", "title"],
        Query(description="`default` is the merchant's order; with `collection` that of the collection."),
    ] = "default",
) -> ListOut[ProductCard]:
    """The store's products; the list follows changes within seconds. What is sold out, the store may hide."""
    if collection is None:
        (store, tree), among = store_and_tree(visit), None
    else:
        store, tree, among = store_tree_and_picked(visit, collection)
    category_id = _shown_category(tree, category) if category is not None else None
    if (category is not None and category_id is None) or (collection is not None and among is None):
        return ListOut(data=[], next_cursor=None)
    at_zero = store.settings.at_zero
    wanted = Search(
        terms=terms_of(q),
        category_id=category_id,
        among=among,
        min_minor=_minor(min_price, store.currency, field="min_price"),
        max_minor=_minor(max_price, store.currency, field="max_price"),
        in_stock=in_stock,
        hides_out=at_zero is AtZero.HIDE,
        sort=Sort(sort),
    )
    found = CardSearch(visit.table).find(wanted, store_id=store.id, after=params.after(), limit=params.limit)
    return page_out(found, params.scope, lambda card: ProductCard.of(card, at_zero=at_zero, now=visit.now))


def _shown_category(tree: CategoryTree, category: str) -> CategoryId | None:
    found = tree.by_slug(category) or tree.categories.get(CategoryId(category))
    return found.id if found and tree.is_shown(found.id) else None


def _minor(amount: str | None, currency: Currency, *, field: str) -> int | None:
    return None if amount is None else Money.parse(amount, currency, field=field).minor


@router.get("/{slug}")
async def show_product(slug: str, visit: Annotated[Visit, Depends(visit)]) -> ProductShown:
    """One product, as it is now: variants with prices and what of each is available. 404 while the store hides it."""
    return ProductShown.of(page_reader().read(visit.table, visit.store_id, slug), now=visit.now)
