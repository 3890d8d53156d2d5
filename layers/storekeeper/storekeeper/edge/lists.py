"""Lists as the API shows them: `{"data": [...], "next_cursor": ...}`, with `limit` and `cursor`."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from msgspec import Struct
from pydantic import BaseModel

from storekeeper.kernel import paging
from storekeeper.kernel.paging import Page

MAX_CURSOR_LENGTH = 4_096
_OF_THE_PAGE = {"limit", "cursor"}

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class ListOut(BaseModel, Generic[M]):
    """One page; `next_cursor` is null on the last."""

    data: list[M]
    next_cursor: str | None


class ListParams(Struct, frozen=True):
    """The page that is asked for. `scope` names the list: its path and filters; a cursor holds only within it."""

    scope: str
    limit: int
    cursor: str | None

    @classmethod
    def of(cls, request: Request, *, limit: int = paging.DEFAULT_LIMIT, cursor: str | None) -> "ListParams":
        """What a request asks for, whose `limit` and `cursor` were checked."""
        said = request.query_params.multi_items()
        filters = sorted((name, value) for name, value in said if name not in _OF_THE_PAGE)
        return cls(f"{request.url.path} {filters}", limit, cursor)

    def after(self) -> str | None:
        """The position after which this page begins; None for the first.

        Raises:
            Invalid: `cursor_unreadable`.
        """
        return None if self.cursor is None else paging.from_cursor(self.cursor, scope=self.scope)


async def _asked(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=paging.MAX_LIMIT, description="How many entries at most.")
    ] = paging.DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before.")
    ] = None,
) -> ListParams:
    return ListParams.of(request, limit=limit, cursor=cursor)


Listed = Annotated[ListParams, Depends(_asked)]
"""The parameters of a list route: `params: Listed`."""


def page_out(page: Page[T], scope: str, render: Callable[[T], M]) -> ListOut[M]:
    """A page of the list `scope` as it is answered."""
    position = page.next_position
    cursor = None if position is None else paging.to_cursor(position, scope=scope)
    return ListOut(data=[render(entry) for entry in page.entries], next_cursor=cursor)
