"""Bodies and answers of downloads."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog import examples
from catalog.image_schemas import UploadOut
from storekeeper.catalog import Download
from storekeeper.catalog.downloads.model import MAX_DOWNLOADS, Downloads
from storekeeper.edge.fields import Id, InModel, InstantOut, left_out
from storekeeper.kernel import clock
from storekeeper.kernel.aws.storage import UploadForm

FileName: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f/\\]*$"),
    Field(description="What buyers see, and save it under.", examples=["handbook.pdf"]),
]
MediaType: TypeAlias = Annotated[
    str,
    Field(max_length=100, pattern=r"^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$", examples=["application/pdf"]),
]


class FileIn(InModel):
    """A file that is about to be uploaded: at most 5 GiB."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FILE]})

    content_type: MediaType


class DownloadIn(FileIn):
    """A download of a product, or of one variant, whose file is about to be uploaded: at most 5 GiB."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DOWNLOAD]})

    name: FileName
    variant_id: Annotated[Id | None, Field(description="Left out: it comes with every variant.")] = None


class DownloadPatch(InModel):
    """A download's name, or its place among the others (0 is first)."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DOWNLOAD_CHANGE]})

    name: FileName = left_out()
    position: Annotated[int, Field(ge=0, lt=MAX_DOWNLOADS)] = left_out()


class DownloadOut(BaseModel):
    """A download. `pending` until its first upload is confirmed; `replacing`: it is there, another file is on its way.

    `withdrawn` ones are there for those who bought before. `version` counts every change of the product's downloads.
    """

    id: Annotated[Id, Field(examples=["dl_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: str
    variant_id: Id | None
    status: Literal["pending", "ready", "replacing", "withdrawn"]
    content_type: str
    size_bytes: Annotated[int | None, Field(examples=[1_048_576])]
    withdrawn_at: InstantOut | None
    version: int

    @classmethod
    def of(cls, download: Download, *, version: int) -> "DownloadOut":
        """As it is answered."""
        shown = download.file or download.coming
        return cls(
            id=download.id,
            name=download.name,
            variant_id=download.variant_id,
            status=_status(download),
            content_type=shown.content_type if shown else "",
            size_bytes=download.file.size_bytes if download.file else None,
            withdrawn_at=clock.to_text(download.withdrawn_at) if download.withdrawn_at else None,
            version=version,
        )


class NewDownloadOut(DownloadOut):
    """A download with the form by which its file is uploaded."""

    upload: UploadOut

    @classmethod
    def made(cls, downloads: Downloads, download_id: str, form: UploadForm) -> "NewDownloadOut":
        """As it is answered."""
        shown = DownloadOut.of(downloads.find(download_id), version=downloads.version)
        return cls(**shown.model_dump(), upload=UploadOut.of(form))


def _status(download: Download) -> Literal["pending", "ready", "replacing", "withdrawn"]:
    if download.withdrawn_at is not None:
        return "withdrawn"
    if download.file is None:
        return "pending"
    return "replacing" if download.coming else "ready"
