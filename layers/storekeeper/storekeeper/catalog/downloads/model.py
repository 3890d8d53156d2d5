"""What a download is, and how a product's downloads may change. Pure.

What was bought stays: a download that is withdrawn is still there for whoever bought before. One whose file is
replaced gives the new file to everybody, those who bought before among them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NewType

from msgspec import Struct

from storekeeper.catalog.products.model import Product, VariantId
from storekeeper.kernel.errors import Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import ProductId, TenantId, new_id
from storekeeper.kernel.records import replace

DownloadId = NewType("DownloadId", str)

MAX_DOWNLOADS = 100  # of a product, with those that are withdrawn; all of them are one item
MAX_FILE_BYTES = 5 * 1024**3  # the most that object storage takes in one upload


class FileNotUploaded(StorekeeperError):
    """Nothing has arrived in object storage under the file's key."""

    code, kind = "not_uploaded", "conflict"


class File(Struct, frozen=True):
    """An object in storage, under a key that begins with its tenant and is never used again. 0 bytes: not there yet."""

    key: str
    content_type: str
    size_bytes: int = 0


class Download(Struct, frozen=True):
    """A file that comes with a product; `variant_id` None: with each of its variants. `name` is what it is saved under.

    `file` is what buyers get; None until the first upload is confirmed. `coming` is announced to take its place.
    """

    id: DownloadId
    name: str
    variant_id: VariantId | None = None
    file: File | None = None
    coming: File | None = None
    withdrawn_at: datetime | None = None

    def is_had_by(self, variant_id: str, *, bought_at: datetime) -> bool:
        """Whether whoever bought the variant at that instant may have it."""
        in_time = self.withdrawn_at is None or bought_at < self.withdrawn_at
        return self.file is not None and in_time and self.variant_id in (None, variant_id)


class Downloads(Struct, frozen=True):
    """All of a product's downloads, in their order. `version` counts every change of any of them; 0: none was made."""

    product_id: ProductId
    entries: tuple[Download, ...] = ()
    version: int = 0

    def find(self, download_id: str) -> Download:
        """The download with this id.

        Raises:
            NotFound: there is none, or it is withdrawn.
        """
        for download in self.entries:
            if download.id == download_id and download.withdrawn_at is None:
                return download
        raise NotFound("There is no such download.")

    @property
    def offered(self) -> tuple[Download, ...]:
        """Those that are not withdrawn."""
        return tuple(download for download in self.entries if download.withdrawn_at is None)


def new_file(tenant_id: TenantId, product_id: str, *, content_type: str, now: datetime) -> File:
    """A file that is about to be uploaded."""
    return File(f"T/{tenant_id}/{product_id}/{new_id('file', at=now)}", content_type)


def announced(
    downloads: Downloads, product: Product, *, name: str, variant_id: str | None, coming: File, now: datetime
) -> Downloads:
    """With one more download, the last; buyers have it once its file is confirmed.

    Raises:
        Invalid: `variant_unknown`, `too_many_downloads`.
    """
    if len(downloads.entries) >= MAX_DOWNLOADS:
        detail = f"At most {MAX_DOWNLOADS} downloads, with those that are withdrawn."
        raise Invalid.field("downloads", "too_many_downloads", detail)
    made = Download(DownloadId(new_id("dl", at=now)), name, known_variant(product, variant_id), coming=coming)
    return _changed(downloads, (*downloads.entries, made))


def replacing(downloads: Downloads, download_id: str, coming: File) -> Downloads:
    """With another file on its way to a download; buyers have the present one until it is confirmed.

    Raises:
        NotFound: there is no such download.
    """
    return _with(downloads, replace(downloads.find(download_id), coming=coming))


def confirmed(downloads: Downloads, download_id: str, arrived: File) -> Downloads:
    """With the file that has arrived as the one that buyers get.

    Raises:
        NotFound: there is no such download.
        FileNotUploaded: it waits for another file by now.
    """
    found = downloads.find(download_id)
    if found.coming is None or found.coming.key != arrived.key:
        raise FileNotUploaded("Another file was announced since; upload that.")
    return _with(downloads, replace(found, file=arrived, coming=None))


def renamed(downloads: Downloads, download_id: str, *, name: str | None, position: int | None) -> Downloads:
    """With one of them under another name, or in another place among those offered (0 is first).

    Raises:
        NotFound: there is no such download.
    """
    found = downloads.find(download_id)
    changed = replace(found, name=found.name if name is None else name)
    if position is None:
        return _with(downloads, changed)
    others = [one for one in downloads.offered if one.id != download_id]
    withdrawn = (one for one in downloads.entries if one.withdrawn_at is not None)
    return _changed(downloads, (*others[:position], changed, *others[position:], *withdrawn))


def withdrawn(downloads: Downloads, download_id: str, *, is_sold: bool, now: datetime) -> Downloads:
    """Without it for whoever buys from now on; `is_sold` False: nobody can have bought it, and it is gone altogether.

    Raises:
        NotFound: there is no such download.
    """
    found = downloads.find(download_id)
    if is_sold and found.file is not None:
        return _with(downloads, replace(found, coming=None, withdrawn_at=now))
    return _changed(downloads, tuple(one for one in downloads.entries if one.id != download_id))


def known_variant(product: Product, variant_id: str | None) -> VariantId | None:
    """The variant of this id; None for all.

    Raises:
        Invalid: `variant_unknown`.
    """
    if variant_id is not None and product.variant(variant_id) is None:
        raise Invalid.field("variant_id", "variant_unknown", "The product has no such variant.")
    return None if variant_id is None else VariantId(variant_id)


def dropped_keys(before: Downloads, after: Downloads) -> list[str]:
    """The objects that no download names any more."""
    left = set(_keys(after.entries))
    return [key for key in _keys(before.entries) if key not in left]


def _keys(downloads: Sequence[Download]) -> list[str]:
    return [file.key for download in downloads for file in (download.file, download.coming) if file]


def _with(downloads: Downloads, changed: Download) -> Downloads:
    return _changed(downloads, tuple(changed if one.id == changed.id else one for one in downloads.entries))


def _changed(downloads: Downloads, entries: tuple[Download, ...]) -> Downloads:
    return replace(downloads, entries=entries, version=downloads.version + 1)
