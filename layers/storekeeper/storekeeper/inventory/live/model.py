"""How changes of stock are told: in pages, one after the other, as long as somebody listens. Pure.

A page is made by whoever listens, of the movements that are marked as untold, in one transaction with unmarking them.
So the order of pages is the order in which they were told; clocks and delays have no part in it.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.records import replace

WATCHED = timedelta(hours=1)  # after somebody listened; then movements are marked no more, and positions end
RENEW_BELOW = timedelta(minutes=50)
KNOWN_AFTER = timedelta(seconds=6)  # by then every projector has looked whether somebody listens
OLDEST = timedelta(minutes=5)  # longer than a request or a step of a run takes from its clock to its write
KEPT = timedelta(hours=24)
ROWS_IN_PAGE = 90  # each is unmarked in the page's transaction
WHOLE = 999  # of a page: all of its rows


class Position(Struct, frozen=True):
    """Up to where somebody was told: of a page, so many rows."""

    page: int
    rows: int

    def __str__(self) -> str:
        return f"{self.page}.{self.rows}"

    @classmethod
    def of(cls, text: str) -> "Position":
        """From its text.

        Raises:
            Invalid: it is none.
        """
        page, _, rows = text.partition(".")
        if not all(part.isascii() and part.isdigit() and len(part) < 13 for part in (page, rows)):
            raise Invalid.field("cursor", "cursor_unreadable", "Send the cursor of the answer before, of this store.")
        return cls(int(page), int(rows))


class Feed(Struct, frozen=True):
    """A tenant's pages, of which `last` is the newest; positions before `first` are of a time that was not watched."""

    started_at: datetime
    watched_until: datetime
    first: int
    last: int
    version: int

    def is_known(self, now: datetime) -> bool:
        """Whether every projector marks movements for it by now."""
        return now - self.started_at >= KNOWN_AFTER

    def is_watched(self, at: datetime) -> bool:
        """Whether what was changed at this instant is to be told."""
        return at < self.watched_until

    def has(self, position: Position) -> bool:
        """Whether nothing was missed since a position."""
        return self.first <= position.page <= self.last

    @property
    def end(self) -> Position:
        """After all that was told."""
        return Position(self.last, WHOLE)

    @property
    def oldest(self) -> datetime:
        """What happened before was over when the feed began."""
        return self.started_at - OLDEST

    def listened_to(self, now: datetime) -> "Feed":
        """The feed once somebody listens: it begins anew if nobody did for so long that changes were not marked."""
        if self.watched_until <= now:
            return Feed(now, now + WATCHED, self.last + 1, self.last + 1, self.version + 1)
        if self.watched_until - now < RENEW_BELOW:
            return replace(self, watched_until=now + WATCHED, version=self.version + 1)
        return self

    def with_page(self) -> "Feed":
        """One page on."""
        return replace(self, last=self.last + 1, version=self.version + 1)


def no_feed(now: datetime) -> Feed:
    """Before anybody ever listened."""
    return Feed(now, now, 0, 0, 0)
