"""Images: which there are, in what order, and where each is kept. Browsers upload them straight to object storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import NewType

from msgspec import Struct

from storekeeper.kernel.errors import Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import TenantId, new_id
from storekeeper.kernel.records import replace

ImageId = NewType("ImageId", str)

MAX_IMAGES = 30
MAX_IMAGE_BYTES = 10 * 1024 * 1024
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif"}


class NotUploaded(StorekeeperError):
    """Nothing has arrived in object storage under the image's key."""

    code, kind = "not_uploaded", "conflict"


class Image(Struct, frozen=True):
    """A picture. It is shown once `ready`: uploaded, and confirmed to be there.

    `key` names it in object storage, and begins with its tenant.
    """

    id: ImageId
    key: str
    content_type: str
    alt: str = ""
    ready: bool = False


def media_key(tenant_id: TenantId, owner_id: str, image_id: str, *, content_type: str) -> str:
    """Where an image is kept: `T/<tenant>/<product, category or collection>/<image>.png`."""
    return f"T/{tenant_id}/{owner_id}/{image_id}.{EXTENSIONS[content_type]}"


def new_image(tenant_id: TenantId, owner_id: str, *, content_type: str, alt: str, now: datetime) -> Image:
    """An image that is about to be uploaded, of a product, a category or a collection."""
    image_id = ImageId(new_id("img", at=now))
    return Image(image_id, media_key(tenant_id, owner_id, image_id, content_type=content_type), content_type, alt)


def find_image(images: Sequence[Image], image_id: str) -> Image:
    """The image with this id.

    Raises:
        NotFound: there is none.
    """
    found = next((image for image in images if image.id == image_id), None)
    if found is None:
        raise NotFound("No such image.")
    return found


def with_image(images: Sequence[Image], image: Image) -> tuple[Image, ...]:
    """The images with one more, last.

    Raises:
        Invalid: `too_many_images`.
    """
    if len(images) >= MAX_IMAGES:
        raise Invalid.field("images", "too_many_images", f"At most {MAX_IMAGES} images; delete one first.")
    return (*images, image)


def with_changed(
    images: Sequence[Image], image_id: str, *, alt: str | None = None, position: int | None = None, ready: bool = False
) -> tuple[Image, ...]:
    """The images with one of them changed: its alt text, its place (0 is first; beyond the end is last), or now ready.

    Raises:
        NotFound: there is no such image.
    """
    found = find_image(images, image_id)
    changed = replace(found, alt=found.alt if alt is None else alt, ready=found.ready or ready)
    others = [image for image in images if image.id != image_id]
    at = images.index(found) if position is None else position
    return (*others[:at], changed, *others[at:])


def without_image(images: Sequence[Image], image_id: str) -> tuple[Image, ...]:
    """The images without one of them.

    Raises:
        NotFound: there is no such image.
    """
    found = find_image(images, image_id)
    return tuple(image for image in images if image is not found)
