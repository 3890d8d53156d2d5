"""The same seed, the same history: chance comes from the seed, nothing runs beside anything, nothing is left over.

One thing cannot be set from inside: the order of sets of texts, which PYTHONHASHSEED gives (see `__main__.py`).
"""

import logging
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

from storekeeper.kernel.workers import in_turn
from storekeeper.search import projections


@contextmanager
def determined(chance: random.Random) -> Iterator[None]:
    """Until the block ends, ids and nonces come from `chance`, and readers start no threads.

    Nothing is logged either: what goes wrong here goes wrong on purpose.
    """
    urandom = os.urandom
    projections._settings.cache_clear()  # the projector's environment, of a history before this one
    logging.disable(logging.CRITICAL)
    os.urandom = chance.randbytes
    try:
        with in_turn():
            yield
    finally:
        os.urandom = urandom
        logging.disable(logging.NOTSET)
