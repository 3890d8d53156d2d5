"""The store's categories."""

from typing import Annotated

from fastapi import APIRouter, Depends

from storefront.category_schemas import CategoryNode, CategoryPage
from storefront.environment import store_and_tree
from storekeeper.edge.lists import ListOut
from storekeeper.edge.shopper import Visit, visit
from storekeeper.kernel.errors import NotFound

router = APIRouter(prefix="/v1/storefront/{domain}/categories", tags=["Storefront"])


@router.get("")
async def browse_categories(visit: Annotated[Visit, Depends(visit)]) -> ListOut[CategoryNode]:
    """The tree of categories, whole: the top ones with those below them."""
    _, tree = store_and_tree(visit)
    roots = [category for category in tree.children(None) if category.details.visible]
    nodes = [CategoryNode.below(tree, category, now=visit.now) for category in roots]
    return ListOut(data=nodes, next_cursor=None)


@router.get("/{slug}")
async def show_category(slug: str, visit: Annotated[Visit, Depends(visit)]) -> CategoryPage:
    """One category, the way to it, and those right below it. Its products: `products?category=`."""
    _, tree = store_and_tree(visit)
    category = tree.by_slug(slug)
    if category is None or not tree.is_shown(category.id):
        raise NotFound("There is no such category.")
    return CategoryPage.page(tree, category, now=visit.now)
