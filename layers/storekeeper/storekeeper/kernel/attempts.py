"""Read, decide, write; and again, when the write lost a race."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from storekeeper.kernel.errors import Contended
from storekeeper.kernel.table import WriteRefused

MAX_ATTEMPTS = 12  # twenty changes of one cart at one moment must all count
FIRST_PAUSE_S = 0.01  # about as long as an attempt takes
LONGEST_PAUSE_S = 0.15

T = TypeVar("T")


def until_written(attempt: Callable[[], T], *, attempts: int = MAX_ATTEMPTS) -> T:
    """The result of the first `attempt` whose guards held; each one must read afresh what it decides from.

    Each time it waits a little, and no two alike: of many who go again at once, only one would win.

    Raises:
        Contended: all of them lost.
    """
    for lost in range(attempts):
        if lost:
            time.sleep(random.uniform(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**lost)))
        try:
            return attempt()
        except WriteRefused:
            continue
    raise Contended("Others kept changing it; nothing was written. Try again.")


def any_version(_: int) -> None:
    """The check of a caller who did not say which version they mean."""
