"""The one image that a category, or a collection, has: announced, confirmed, deleted. (Products have many.)"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from storekeeper.catalog.categories.model import Category
from storekeeper.catalog.categories.model import revised as revised_category
from storekeeper.catalog.categories.use_cases import change_category_by
from storekeeper.catalog.collections.model import Collection
from storekeeper.catalog.collections.model import revised as revised_collection
from storekeeper.catalog.collections.use_cases import change_collection_by
from storekeeper.catalog.images import Image, NotUploaded
from storekeeper.kernel.attempts import any_version
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store


class Pictured(Protocol):
    """What has one image, or none yet."""

    @property
    def image(self) -> Image | None: ...

    @property
    def version(self) -> int: ...


P = TypeVar("P", bound=Pictured)


class Change(Protocol[P]):
    """Changes one of a store's, and decides again when somebody else was faster."""

    def __call__(
        self,
        owner_id: str,
        change: Callable[[P], P],
        /,
        *,
        shop: Store,
        table: Table,
        expects: Callable[[int], None] = any_version,
        remember: Remember[P] = forget,
    ) -> P: ...


class Pictures(Struct, Generic[P], frozen=True):
    """What a merchant does with the image of one of a store's: `owner` is the word for whose it is."""

    owner: str
    change: Change[P]
    revised: Callable[..., P]

    def announce(
        self, owner_id: str, image: Image, *, shop: Store, table: Table, now: datetime, remember: Remember[P] = forget
    ) -> P:
        """Give it another image, which is shown once it is uploaded and confirmed.

        Raises:
            NotFound: the store has no such category, or collection.
        """
        return self.change(
            owner_id,
            lambda owner: self.revised(owner, now=now, image=image),
            shop=shop,
            table=table,
            remember=remember,
        )

    def confirm(
        self,
        owner_id: str,
        *,
        is_stored: Callable[[str], bool],
        shop: Store,
        table: Table,
        now: datetime,
        remember: Remember[P] = forget,
    ) -> P:
        """Show its image from now on: the upload has arrived.

        Raises:
            NotFound: the store has no such category, or collection, or that has no image.
            NotUploaded: nothing has arrived.
        """

        def confirmed(owner: P) -> P:
            if owner.image is None:
                raise NotFound(f"The {self.owner} has no image.")
            if not is_stored(owner.image.key):
                raise NotUploaded("Nothing was uploaded yet; post the file to the upload's url first.")
            return self.revised(owner, now=now, image=replace(owner.image, ready=True))

        return self.change(owner_id, confirmed, shop=shop, table=table, remember=remember)

    def delete(
        self,
        owner_id: str,
        *,
        delete_stored: Callable[[str], None],
        shop: Store,
        table: Table,
        now: datetime,
        expects: Callable[[int], None] = any_version,
    ) -> P:
        """Take its image away, if it has one.

        Raises:
            NotFound: the store has no such category, or collection.
        """
        dropped: list[str] = []

        def without(owner: P) -> P:
            dropped[:] = [owner.image.key] if owner.image else []
            return self.revised(owner, now=now, image=None)

        owner = self.change(owner_id, without, shop=shop, table=table, expects=expects)
        for key in dropped:
            delete_stored(key)
        return owner


OF_CATEGORIES: Pictures[Category] = Pictures("category", change_category_by, revised_category)
OF_COLLECTIONS: Pictures[Collection] = Pictures("collection", change_collection_by, revised_collection)
