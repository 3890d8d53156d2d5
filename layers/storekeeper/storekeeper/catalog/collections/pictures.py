"""What a merchant does with the image of a collection."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from storekeeper.catalog.collections.model import Collection, revised
from storekeeper.catalog.collections.use_cases import change_one
from storekeeper.catalog.images import Image, NotUploaded
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store


def announce_image(
    collection_id: str,
    image: Image,
    *,
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Collection] = forget,
) -> Collection:
    """Give a collection another image; it is shown once it is uploaded and confirmed.

    Raises:
        NotFound: the store has no such collection.
    """
    return change_one(
        collection_id,
        lambda collection: revised(collection, now=now, image=image),
        shop=shop,
        table=table,
        remember=remember,
    )


def confirm_image(
    collection_id: str,
    *,
    is_stored: Callable[[str], bool],
    shop: Store,
    table: Table,
    now: datetime,
    remember: Remember[Collection] = forget,
) -> Collection:
    """Show the collection's image from now on: its upload has arrived.

    Raises:
        NotFound: the store has no such collection, or the collection no image.
        NotUploaded: nothing has arrived.
    """

    def confirm(collection: Collection) -> Collection:
        if collection.image is None:
            raise NotFound("The collection has no image.")
        if not is_stored(collection.image.key):
            raise NotUploaded("Nothing was uploaded yet; post the file to the upload's url first.")
        return revised(collection, now=now, image=replace(collection.image, ready=True))

    return change_one(collection_id, confirm, shop=shop, table=table, remember=remember)


def delete_image(
    collection_id: str,
    *,
    delete_stored: Callable[[str], None],
    shop: Store,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Collection:
    """Take a collection's image away, if it has one.

    Raises:
        NotFound: the store has no such collection.
    """
    dropped: list[str] = []

    def drop(collection: Collection) -> Collection:
        dropped[:] = [collection.image.key] if collection.image else []
        return revised(collection, now=now, image=None)

    collection = change_one(collection_id, drop, shop=shop, table=table, expects=expects)
    for key in dropped:
        delete_stored(key)
    return collection
