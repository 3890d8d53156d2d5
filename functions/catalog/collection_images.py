"""The image of a collection: announce, confirm, delete."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog import store_images
from catalog.collection_schemas import CollectionOut
from catalog.image_schemas import ImageIn, NewImageOut
from storekeeper.catalog.pictures import OF_COLLECTIONS
from storekeeper.edge.call import Call, requires

router = APIRouter(prefix="/v1/stores/{store_id}/collections/{collection_id}/image", tags=["Collections"])


@router.post("", status_code=201)
async def announce_collection_image(
    store_id: str,
    collection_id: str,
    body: ImageIn,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> NewImageOut:
    """Announce an image, which replaces the one there was. Upload it by the form in `upload`, then confirm it."""
    return store_images.announced(OF_COLLECTIONS, collection_id, body, store_id=store_id, call=call, response=response)


@router.post("/confirm")
async def confirm_collection_image(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CollectionOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""
    return store_images.confirmed(
        OF_COLLECTIONS,
        collection_id,
        lambda collection: CollectionOut.of(collection, now=call.now),
        store_id=store_id,
        call=call,
        response=response,
    )


@router.delete("", status_code=204)
async def delete_collection_image(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Delete a collection's image and its file."""
    store_images.deleted(OF_COLLECTIONS, collection_id, store_id=store_id, call=call)
