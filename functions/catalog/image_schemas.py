"""Bodies and answers of images."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from storekeeper.catalog import Image
from storekeeper.catalog.images import MAX_IMAGES
from storekeeper.edge.fields import Id, InModel, InstantOut, Line, left_out
from storekeeper.kernel import clock
from storekeeper.kernel.aws.storage import UploadForm, sign_read

ContentType: TypeAlias = Literal["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]


class ImageIn(InModel):
    """An image that is about to be uploaded: at most 10 MiB."""

    content_type: Annotated[ContentType, Field(examples=["image/png"])]
    alt: Line = ""


class ImagePatch(InModel):
    """An image's alt text, or its place among the others (0 is first)."""

    alt: Line = left_out()
    position: Annotated[int, Field(ge=0, lt=MAX_IMAGES)] = left_out()


class ImageOut(BaseModel):
    """An image. `pending` until its upload is confirmed; `url` shows it for at least half an hour."""

    id: Id
    status: Literal["pending", "ready"]
    url: str | None
    alt: str
    content_type: ContentType

    @classmethod
    def of(cls, image: Image, *, now: datetime) -> "ImageOut":
        """As it is answered."""
        return cls.model_validate(
            {
                "id": image.id,
                "status": "ready" if image.ready else "pending",
                "url": sign_read(image.key, now=now) if image.ready else None,
                "alt": image.alt,
                "content_type": image.content_type,
            }
        )


class UploadOut(BaseModel):
    """How a browser uploads: it posts `multipart/form-data` to `url`: all `fields`, and then the file as `file`."""

    url: str
    fields: dict[str, str]
    expires_at: InstantOut

    @classmethod
    def of(cls, form: UploadForm) -> "UploadOut":
        """As it is answered."""
        return cls(url=form.url, fields=dict(form.fields), expires_at=clock.to_text(form.expires_at))


class NewImageOut(ImageOut):
    """An image with the form by which it is uploaded. `version` is its product's, or category's."""

    upload: UploadOut
    version: int

    @classmethod
    def made(cls, image: Image, form: UploadForm, *, version: int, now: datetime) -> "NewImageOut":
        """As it is answered."""
        return cls(**ImageOut.of(image, now=now).model_dump(), upload=UploadOut.of(form), version=version)


class OwnedImageOut(ImageOut):
    """An image of a product. `version` is the product's."""

    version: int

    @classmethod
    def owned(cls, image: Image, *, version: int, now: datetime) -> "OwnedImageOut":
        """As it is answered."""
        return cls(**ImageOut.of(image, now=now).model_dump(), version=version)
