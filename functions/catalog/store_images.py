"""What the routes of a category's image and of a collection's share: announce, confirm, delete."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Response
from pydantic import BaseModel

from catalog.image_schemas import ImageIn, NewImageOut
from catalog.uploads import coming_image
from storekeeper.catalog.pictures import Pictured, Pictures
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, tagged
from storekeeper.kernel.aws.storage import delete_stored, is_stored
from storekeeper.tenancy import Store

P = TypeVar("P", bound=Pictured)
T = TypeVar("T", bound=BaseModel)


def announced(
    pictures: Pictures[P], owner_id: str, body: ImageIn, *, store_id: str, call: Call, response: Response
) -> NewImageOut:
    """The image that is about to be uploaded, with the form for it."""
    image, form = coming_image(owner_id, body, call)

    def answer(owner: P) -> NewImageOut:
        return NewImageOut.made(image, form, version=owner.version, now=call.now)

    owner = pictures.announce(
        owner_id,
        image,
        shop=_shop(store_id, call),
        table=call.table,
        now=call.now,
        remember=call.remembering(answer),
    )
    return tagged(response, answer(owner), version=owner.version)


def confirmed(
    pictures: Pictures[P], owner_id: str, show: Callable[[P], T], *, store_id: str, call: Call, response: Response
) -> T:
    """Whose image it is, now that it has arrived."""
    owner = pictures.confirm(
        owner_id,
        is_stored=is_stored,
        shop=_shop(store_id, call),
        table=call.table,
        now=call.now,
        remember=call.remembering(show, status=200),
    )
    return tagged(response, show(owner), version=owner.version)


def deleted(pictures: Pictures[P], owner_id: str, *, store_id: str, call: Call) -> None:
    """Take the image and its file away."""
    pictures.delete(
        owner_id,
        delete_stored=delete_stored,
        shop=_shop(store_id, call),
        table=call.table,
        now=call.now,
        expects=call.check_version,
    )


def _shop(store_id: str, call: Call) -> Store:
    return backend().settings.fresh(call.table).store(store_id)
