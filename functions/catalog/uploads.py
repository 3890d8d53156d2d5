"""How files come: straight to object storage, by a form that is signed for one key. No caller ever names a key."""

from catalog.image_schemas import ImageIn
from storekeeper.catalog import Image
from storekeeper.catalog.downloads.model import MAX_FILE_BYTES, File, new_file
from storekeeper.catalog.images import MAX_IMAGE_BYTES, new_image
from storekeeper.edge.call import Call
from storekeeper.kernel.aws.storage import UploadForm, sign_file_upload, sign_upload


def coming_image(owner_id: str, body: ImageIn, call: Call) -> tuple[Image, UploadForm]:
    """An image of a product, a category or a collection that is about to be uploaded, and the form for it."""
    image = new_image(call.tenant_id, owner_id, content_type=body.content_type, alt=body.alt, now=call.now)
    return image, sign_upload(image.key, content_type=body.content_type, max_bytes=MAX_IMAGE_BYTES, now=call.now)


def coming_file(product_id: str, content_type: str, call: Call) -> tuple[File, UploadForm]:
    """A file of a product's download that is about to be uploaded, and the form for it."""
    coming = new_file(call.tenant_id, product_id, content_type=content_type, now=call.now)
    return coming, sign_file_upload(coming.key, content_type=content_type, max_bytes=MAX_FILE_BYTES, now=call.now)
