"""The image of a category: announce, confirm, delete."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog.category_schemas import CategoryOut
from catalog.image_schemas import ImageIn, NewImageOut
from storekeeper.catalog import Category
from storekeeper.catalog.categories import use_cases
from storekeeper.catalog.images import MAX_IMAGE_BYTES, new_image
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.kernel.aws.storage import delete_stored, is_stored, sign_upload

router = APIRouter(prefix="/v1/stores/{store_id}/categories/{category_id}/image", tags=["Categories"])


@router.post("", status_code=201)
async def announce_category_image(
    store_id: str,
    category_id: str,
    body: ImageIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> NewImageOut:
    """Announce an image, which replaces the one there was. Upload it by the form in `upload`, then confirm it."""
    store = backend().settings.fresh(call.table).store(store_id)
    image = new_image(call.tenant_id, category_id, content_type=body.content_type, alt=body.alt, now=call.now)
    form = sign_upload(image.key, content_type=body.content_type, max_bytes=MAX_IMAGE_BYTES, now=call.now)

    def answer(category: Category) -> NewImageOut:
        return NewImageOut.made(image, form, version=category.version, now=call.now)

    category = use_cases.announce_image(
        category_id, image, shop=store, table=call.table, now=call.now, remember=call.remembering(answer)
    )
    return tagged(response, answer(category), version=category.version)


@router.post("/confirm")
async def confirm_category_image(
    store_id: str, category_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CategoryOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""
    store = backend().settings.fresh(call.table).store(store_id)

    def answer(category: Category) -> CategoryOut:
        return CategoryOut.of(category, now=call.now)

    category = use_cases.confirm_image(
        category_id,
        is_stored=is_stored,
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(category), version=category.version)


@router.delete("", status_code=204)
async def delete_category_image(
    store_id: str, category_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Delete a category's image and its file."""
    store = backend().settings.fresh(call.table).store(store_id)
    use_cases.delete_image(
        category_id,
        delete_stored=delete_stored,
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
