"""Downloads as those who bought them see them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from storekeeper.checkout import Link
from storekeeper.edge.fields import Email, Id, InModel, InstantOut
from storekeeper.kernel import clock
from storekeeper.kernel.aws.storage import sign_download
from storekeeper.orders import Grant, GrantStatus, Order, grant_status_of


class BuyerIn(InModel):
    """Who asks: the order's e-mail address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: Email


class TrackedDownloadOut(BaseModel):
    """A file that was bought. `status` says why it cannot be fetched; no `downloads_left`, `valid_until`: no limit."""

    id: Annotated[Id, Field(examples=["grant_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    sku: str
    name: Annotated[str, Field(examples=["handbook.pdf"])]
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    size_bytes: int
    status: GrantStatus
    downloads_left: int | None
    valid_until: InstantOut | None

    @classmethod
    def of(cls, grant: Grant, order: Order, *, now: datetime) -> Self:
        """The grant as it is answered."""
        return cls(
            id=grant.id,
            sku=grant.line.sku,
            name=grant.download.name,
            content_type=grant.file.content_type,
            size_bytes=grant.file.size_bytes,
            status=grant_status_of(order, grant, now=now),
            downloads_left=grant.left,
            valid_until=clock.to_text(grant.valid_until) if grant.valid_until else None,
        )


class LinkOut(BaseModel):
    """Where the file is to be had until `expires_at`. The address is a secret: whoever has it gets the file."""

    url: str
    expires_at: InstantOut
    name: Annotated[str, Field(examples=["handbook.pdf"])]
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    size_bytes: int
    downloads_left: int | None

    @classmethod
    def of(cls, link: Link, *, now: datetime) -> Self:
        """The link, signed."""
        grant = link.grant
        seconds = max(1, int((link.expires_at - now).total_seconds()))
        name, content_type = grant.download.name, grant.file.content_type
        return cls(
            url=sign_download(grant.file.key, name=name, content_type=content_type, seconds=seconds),
            expires_at=clock.to_text(link.expires_at),
            name=name,
            content_type=content_type,
            size_bytes=grant.file.size_bytes,
            downloads_left=grant.left,
        )
