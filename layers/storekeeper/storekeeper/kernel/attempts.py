"""Read, decide, write; and again, when the write lost a race."""

from collections.abc import Callable
from typing import TypeVar

from storekeeper.kernel.errors import Contended
from storekeeper.kernel.table import WriteRefused

MAX_ATTEMPTS = 5

T = TypeVar("T")


def until_written(attempt: Callable[[], T], *, attempts: int = MAX_ATTEMPTS) -> T:
    """The result of the first `attempt` whose guards held; each one must read afresh what it decides from.

    Raises:
        Contended: all of them lost.
    """
    for _ in range(attempts):
        try:
            return attempt()
        except WriteRefused:
            continue
    raise Contended("Others kept changing it; nothing was written. Try again.")


def any_version(_: int) -> None:
    """The check of a caller who did not say which version they mean."""
