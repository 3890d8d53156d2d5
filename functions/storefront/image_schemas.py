"""Pictures as shoppers see them."""

from datetime import datetime

from pydantic import BaseModel

from storekeeper.catalog import Image
from storekeeper.kernel.aws.storage import sign_read


class Picture(BaseModel):
    """A picture. `url` shows it for at least half an hour."""

    url: str
    alt: str

    @classmethod
    def of(cls, image: Image | None, *, now: datetime) -> "Picture | None":
        """As it is answered, if it is uploaded."""
        return cls(url=sign_read(image.key, now=now), alt=image.alt) if image and image.ready else None
