"""Downloads in the table: one item beside their product, read when they are managed or fetched, never by a cart."""

from msgspec.structs import asdict

from storekeeper.catalog.downloads.model import Download, Downloads, File
from storekeeper.catalog.products.items import product_key, product_pk
from storekeeper.catalog.products.model import ProductInUse
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import ProductId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.writes import ABSENT, PRESENT, Check, Delete, Put

SCHEMA = 1

ENTITIES = (
    Entity(
        name="downloads",
        pk="T#<tenant>#P#<product>",
        sk="DOWNLOADS",
        holds="The files that come with a product: names, keys in object storage, sizes; also those withdrawn.",
        found_by="The product's id.",
        written_by="announce_download, and every change of a download",
    ),
)


def downloads_key(tenant_id: TenantId, product_id: str) -> Key:
    """A product's downloads. (They stand before `PRODUCT`, where reads of a whole product begin.)"""
    return Key(product_pk(tenant_id, product_id), "DOWNLOADS")


def create_downloads(tenant_id: TenantId, downloads: Downloads) -> Put:
    """A product's first download."""
    return Put(downloads_key(tenant_id, downloads.product_id), as_item(downloads), only_if=ABSENT)


def change_downloads(tenant_id: TenantId, downloads: Downloads) -> Put:
    """All of them, one version on; refused if any changed since they were read."""
    return Put(
        downloads_key(tenant_id, downloads.product_id),
        as_item(downloads),
        only_if="version = :version",
        values={":version": downloads.version - 1},
    )


def product_stands(tenant_id: TenantId, product_id: str) -> Check:
    """Goes with the first download, so that none is made of a product that is being deleted."""
    return Check(product_key(tenant_id, product_id), only_if=PRESENT, otherwise=NotFound("There is no such product."))


def drop_no_downloads(tenant_id: TenantId, product_id: str) -> Delete:
    """Goes with a product's deletion; refused while it has downloads, whose files would be left behind."""
    return Delete(
        downloads_key(tenant_id, product_id),
        only_if="attribute_not_exists(pk) OR downloads = :none",
        values={":none": []},
        otherwise=ProductInUse("It has downloads; delete them first."),
    )


def as_item(downloads: Downloads) -> Item:
    """All of them."""
    return {
        "type": "downloads",
        "schema": SCHEMA,
        "product_id": downloads.product_id,
        "version": downloads.version,
        "downloads": [_download_as_item(download) for download in downloads.entries],
    }


def downloads_from(item: Item | None, product_id: str) -> Downloads:
    """The downloads of an item; none where there is no item."""
    if item is None:
        return Downloads(ProductId(product_id))
    return Downloads(ProductId(product_id), tuple(map(_download_from, item["downloads"])), item["version"])


def _download_as_item(download: Download) -> Item:
    stored: Item = {
        "id": download.id,
        "name": download.name,
        "variant_id": download.variant_id,
        "file": asdict(download.file) if download.file else None,
        "coming": asdict(download.coming) if download.coming else None,
        "withdrawn_at": clock.to_text(download.withdrawn_at) if download.withdrawn_at else None,
    }
    return {name: value for name, value in stored.items() if value is not None}


def _download_from(stored: Item) -> Download:
    return Download(
        id=stored["id"],
        name=stored["name"],
        variant_id=stored.get("variant_id"),
        file=File(**stored["file"]) if "file" in stored else None,
        coming=File(**stored["coming"]) if "coming" in stored else None,
        withdrawn_at=clock.from_text(stored["withdrawn_at"]) if "withdrawn_at" in stored else None,
    )
