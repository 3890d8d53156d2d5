"""Images of a product: announce, confirm, order, describe, delete. The file itself goes straight to object storage."""

from typing import Annotated

from fastapi import APIRouter, Response

from catalog.image_schemas import ImageIn, ImageOut, ImagePatch, NewImageOut, OwnedImageOut
from catalog.uploads import coming_image
from storekeeper.catalog import Product
from storekeeper.catalog.images import find_image
from storekeeper.catalog.products import pictures
from storekeeper.catalog.products.store import read_product
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.aws.storage import delete_stored, is_stored
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/products/{product_id}/images", tags=["Images"])


@router.get("")
async def list_images(
    product_id: str, params: Listed, call: Annotated[Call, requires("catalog:read")]
) -> ListOut[ImageOut]:
    """A product's images, in their order; all on one page."""
    params.after()
    images = read_product(call.table, product_id).images
    return page_out(Page(images, None), params.scope, lambda image: ImageOut.of(image, now=call.now))


@router.post("", status_code=201)
async def announce_image(
    product_id: str, body: ImageIn, call: Annotated[Call, requires("catalog:write")], response: Response
) -> NewImageOut:
    """Announce an image. Upload it by the form in `upload`, then POST to its `/confirm`: from then on it is shown."""
    image, form = coming_image(product_id, body, call)

    def answer(product: Product) -> NewImageOut:
        return NewImageOut.made(image, form, version=product.version, now=call.now)

    product = pictures.announce_image(
        product_id,
        image,
        table=call.table,
        now=call.now,
        expects=call.check_version,
        remember=call.remembering(answer),
    )
    return tagged(response, answer(product), version=product.version)


@router.post("/{image_id}/confirm")
async def confirm_image(
    product_id: str, image_id: str, call: Annotated[Call, requires("catalog:write")], response: Response
) -> OwnedImageOut:
    """Say that the upload is done; 409 `not_uploaded` if nothing has arrived."""

    def answer(product: Product) -> OwnedImageOut:
        return OwnedImageOut.owned(find_image(product.images, image_id), version=product.version, now=call.now)

    product = pictures.confirm_image(
        product_id,
        image_id,
        is_stored=is_stored,
        table=call.table,
        now=call.now,
        remember=call.remembering(answer, status=200),
    )
    return tagged(response, answer(product), version=product.version)


@router.patch("/{image_id}")
async def change_image(
    product_id: str,
    image_id: str,
    body: ImagePatch,
    call: Annotated[Call, requires("catalog:write")],
    response: Response,
) -> OwnedImageOut:
    """Change an image's alt text, or its place."""
    product = pictures.change_image(
        product_id,
        image_id,
        alt=body.alt,
        position=body.position,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
    image = find_image(product.images, image_id)
    answer = OwnedImageOut.owned(image, version=product.version, now=call.now)
    return tagged(response, answer, version=product.version)


@router.delete("/{image_id}", status_code=204)
async def delete_image(product_id: str, image_id: str, call: Annotated[Call, requires("catalog:write")]) -> None:
    """Delete an image and its file."""
    pictures.delete_image(
        product_id,
        image_id,
        delete_stored=delete_stored,
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )
