"""The image of a category: announce, confirm, delete."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog import store_images
from catalog.category_schemas import CategoryOut
from catalog.image_schemas import ImageIn, NewImageOut
from storekeeper.catalog.pictures import OF_CATEGORIES
from storekeeper.edge.call import Call, requires

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
    return store_images.announced(OF_CATEGORIES, category_id, body, store_id=store_id, call=call, response=response)


@router.post("/confirm")
async def confirm_category_image(
    store_id: str, category_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CategoryOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""
    return store_images.confirmed(
        OF_CATEGORIES,
        category_id,
        lambda category: CategoryOut.of(category, now=call.now),
        store_id=store_id,
        call=call,
        response=response,
    )


@router.delete("", status_code=204)
async def delete_category_image(
    store_id: str, category_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Delete a category's image and its file."""
    store_images.deleted(OF_CATEGORIES, category_id, store_id=store_id, call=call)
