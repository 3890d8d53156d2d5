"""What a merchant does with the downloads of a product: announce a file, confirm it, replace it, rename, withdraw."""

from collections.abc import Callable
from datetime import datetime

from storekeeper.catalog.downloads import store
from storekeeper.catalog.downloads.model import (
    Downloads,
    File,
    FileNotUploaded,
    announced,
    confirmed,
    dropped_keys,
    renamed,
    replacing,
    withdrawn,
)
from storekeeper.catalog.products.store import read_product, stocked_skus
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table


def announce_download(
    product_id: str,
    coming: File,
    *,
    name: str,
    variant_id: str | None,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Downloads] = forget,
) -> Downloads:
    """Give a product, or one variant, one more download, its last; buyers have it once its file is confirmed.

    Raises:
        NotFound: there is no such product.
        Invalid: it has no such variant, or as many downloads as it can have.
    """
    product = read_product(table, product_id)

    def decide(downloads: Downloads) -> Downloads:
        return announced(downloads, product, name=name, variant_id=variant_id, coming=coming, now=now)

    return store.change(table, product_id, decide, expects=expects, remember=remember)


def replace_file(
    product_id: str,
    download_id: str,
    coming: File,
    *,
    table: Table,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Downloads] = forget,
) -> Downloads:
    """Announce another file for a download. Once it is confirmed everybody gets it, those who bought before too.

    Raises:
        NotFound: there is no such product or download.
    """

    def decide(downloads: Downloads) -> Downloads:
        return replacing(downloads, download_id, coming)

    return store.change(table, product_id, decide, expects=expects, remember=remember)


def confirm_file(
    product_id: str,
    download_id: str,
    *,
    keep_file: Callable[[str], int | None],
    delete_file: Callable[[str], None],
    table: Table,
    remember: Remember[Downloads] = forget,
) -> Downloads:
    """Hand the announced file to buyers from now on: it has arrived. Nothing to be confirmed: nothing is changed.

    Raises:
        NotFound: there is no such product or download.
        FileNotUploaded: nothing has arrived, or another file was announced meanwhile.
    """
    before = store.read_downloads(table, product_id)
    found = before.find(download_id)
    if found.coming is None:
        return before
    # Kept before it is written down: an object that is kept for nothing is rubbish, a file that expires is a loss.
    size_bytes = keep_file(found.coming.key)
    if size_bytes is None:
        raise FileNotUploaded("Nothing was uploaded yet; post the file to the upload's url first.")
    arrived = replace(found.coming, size_bytes=size_bytes)

    def decide(downloads: Downloads) -> Downloads:
        return confirmed(downloads, download_id, arrived)

    after = store.change(table, product_id, decide, remember=remember)
    if found.file:
        delete_file(found.file.key)
    return after


def change_download(
    product_id: str,
    download_id: str,
    *,
    name: str | None,
    position: int | None,
    table: Table,
    expects: Callable[[int], None] = any_version,
) -> Downloads:
    """Change a download's name, or its place among the others.

    Raises:
        NotFound: there is no such product or download.
    """

    def decide(downloads: Downloads) -> Downloads:
        return renamed(downloads, download_id, name=name, position=position)

    return store.change(table, product_id, decide, expects=expects)


def withdraw_download(
    product_id: str,
    download_id: str,
    *,
    delete_file: Callable[[str], None],
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Downloads:
    """Take a download off the product. Whoever bought before keeps it; where nobody can have, its file goes too.

    Raises:
        NotFound: there is no such product or download.
    """
    is_sold = bool(stocked_skus(table, read_product(table, product_id)))  # what never had stock was never sold
    dropped: list[str] = []

    def decide(downloads: Downloads) -> Downloads:
        after = withdrawn(downloads, download_id, is_sold=is_sold, now=now)
        dropped[:] = dropped_keys(downloads, after)
        return after

    after = store.change(table, product_id, decide, expects=expects)
    for key in dropped:
        delete_file(key)
    return after
