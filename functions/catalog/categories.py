"""Categories of a store: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from catalog.category_schemas import CategoryIn, CategoryOut, CategoryPatch
from storekeeper.catalog import Category, read_tree
from storekeeper.catalog.categories import use_cases
from storekeeper.catalog.categories.store import category_of
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Id, Slug
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.paging import page_of

router = APIRouter(prefix="/v1/stores/{store_id}/categories", tags=["Categories"])


@router.get("")
async def list_categories(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("catalog:read")],
    parent_id: Annotated[Id | None, Query(description="Only those right below this category.")] = None,
    slug: Annotated[Slug | None, Query(description="Only the category with this slug.")] = None,
    visible: Annotated[bool | None, Query(description="Only visible ones, or only others.")] = None,
) -> ListOut[CategoryOut]:
    """The store's categories, oldest first; `parent_id` and `position` make them a tree."""
    store, after = backend().settings.fresh(call.table).store(store_id), params.after() or ""

    def is_wanted(category: Category) -> bool:
        details = category.details
        return (
            category.id > after
            and parent_id in (None, details.parent_id)
            and slug in (None, details.slug)
            and visible in (None, details.visible)
        )

    found = sorted(filter(is_wanted, read_tree(call.table, store.id).categories.values()), key=lambda one: one.id)
    page = page_of(found, limit=params.limit, position=lambda category: category.id)
    return page_out(page, params.scope, lambda category: CategoryOut.of(category, now=call.now))


@router.post("", status_code=201)
async def create_category(
    store_id: str, body: CategoryIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CategoryOut:
    """Make a category, at the top or below another."""
    store = backend().settings.fresh(call.table).store(store_id)
    category = use_cases.create_category(
        body.details(),
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(lambda made: CategoryOut.of(made, now=call.now)),
    )
    return tagged(response, CategoryOut.of(category, now=call.now), version=category.version)


@router.get("/{category_id}")
async def read_category(
    store_id: str, category_id: str, call: Annotated[Call, requires("catalog:read")], response: Response
) -> CategoryOut:
    """One category."""
    store = backend().settings.fresh(call.table).store(store_id)
    category = category_of(read_tree(call.table, store.id), category_id)
    return tagged(response, CategoryOut.of(category, now=call.now), version=category.version)


@router.patch("/{category_id}")
async def change_category(
    store_id: str,
    category_id: str,
    body: CategoryPatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> CategoryOut:
    """Change a category, or move it with all that is below it."""
    store = backend().settings.fresh(call.table).store(store_id)
    category = use_cases.change_category(
        category_id, body.applied, shop=store, table=call.table, now=call.now, expects=call.check_version
    )
    return tagged(response, CategoryOut.of(category, now=call.now), version=category.version)


@router.delete("/{category_id}", status_code=204)
async def delete_category(store_id: str, category_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
    """Delete a category that has none below it. Its products stay in the store."""
    store = backend().settings.fresh(call.table).store(store_id)
    use_cases.delete_category(category_id, shop=store, table=call.table, expects=call.check_version)
