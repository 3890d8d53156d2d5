"""What a merchant does with the images of a product: say that one comes, that it has come, how it is shown, drop it."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog import images
from storekeeper.catalog.images import Image, NotUploaded
from storekeeper.catalog.products import store
from storekeeper.catalog.products.model import Product, revised
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table


def announce_image(
    product_id: str,
    image: Image,
    *,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Product] = forget,
) -> Product:
    """Give a product one more image, its last; not shown until it is uploaded and confirmed.

    Raises:
        NotFound: there is no such product.
        Invalid: it has as many images as one can have.
    """

    def decide(product: Product) -> Product:
        return revised(product, now=now, images=images.with_image(product.images, image))

    return store.change(table, product_id, decide, expects=expects, remember=remember)


def confirm_image(
    product_id: str,
    image_id: str,
    *,
    is_stored: Callable[[str], bool],
    table: Table,
    now: datetime,
    remember: Remember[Product] = forget,
) -> Product:
    """Show an image from now on: its upload has arrived. A repeat changes nothing but the version.

    Raises:
        NotFound: there is no such product or image.
        NotUploaded: nothing has arrived.
    """
    found = images.find_image(store.read_product(table, product_id).images, image_id)
    if not is_stored(found.key):
        raise NotUploaded("Nothing was uploaded yet; post the file to the upload's url first.")

    def decide(product: Product) -> Product:
        return revised(product, now=now, images=images.with_changed(product.images, image_id, ready=True))

    return store.change(table, product_id, decide, remember=remember)


def change_image(
    product_id: str,
    image_id: str,
    *,
    alt: str | None,
    position: int | None,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Product:
    """Change an image's alt text, or its place among the others.

    Raises:
        NotFound: there is no such product or image.
    """

    def decide(product: Product) -> Product:
        changed = images.with_changed(product.images, image_id, alt=alt, position=position)
        return revised(product, now=now, images=changed)

    return store.change(table, product_id, decide, expects=expects)


def delete_image(
    product_id: str,
    image_id: str,
    *,
    delete_stored: Callable[[str], None],
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Product:
    """Take an image away. Variants and listings that name it are shown without it.

    Raises:
        NotFound: there is no such product or image.
    """
    dropped: list[str] = []

    def decide(product: Product) -> Product:
        dropped[:] = [images.find_image(product.images, image_id).key]
        return revised(product, now=now, images=images.without_image(product.images, image_id))

    product = store.change(table, product_id, decide, expects=expects)
    # After the write: a file without an image is rubbish, an image without a file would be a hole in the page.
    delete_stored(dropped[0])
    return product
