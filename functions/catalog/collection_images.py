"""The image of a collection: announce, confirm, delete."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog.collection_schemas import CollectionOut
from catalog.image_schemas import ImageIn, NewImageOut
from storekeeper.catalog import Collection
from storekeeper.catalog.collections import pictures
from storekeeper.catalog.images import MAX_IMAGE_BYTES, new_image
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.kernel.aws.storage import delete_stored, is_stored, sign_upload

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
    store = backend().settings.fresh(call.table).store(store_id)
    image = new_image(call.tenant_id, collection_id, content_type=body.content_type, alt=body.alt, now=call.now)
    form = sign_upload(image.key, content_type=body.content_type, max_bytes=MAX_IMAGE_BYTES, now=call.now)

    def answer(collection: Collection) -> NewImageOut:
        return NewImageOut.made(image, form, version=collection.version, now=call.now)

    collection = pictures.announce_image(
        collection_id, image, shop=store, table=call.table, now=call.now, remember=call.remembering(answer)
    )
    return tagged(response, answer(collection), version=collection.version)


@router.post("/confirm")
async def confirm_collection_image(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> CollectionOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""
    store = backend().settings.fresh(call.table).store(store_id)

    def answer(collection: Collection) -> CollectionOut:
        return CollectionOut.of(collection, now=call.now)

    collection = pictures.confirm_image(
        collection_id,
        is_stored=is_stored,
        shop=store,
        table=call.table,
        now=call.now,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(collection), version=collection.version)


@router.delete("", status_code=204)
async def delete_collection_image(
    store_id: str, collection_id: str, call: Annotated[Call, requires("catalog:write")]
) -> None:
    """Delete a collection's image and its file."""
    store = backend().settings.fresh(call.table).store(store_id)
    pictures.delete_image(
        collection_id,
        delete_stored=delete_stored,
        shop=store,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
