"""The same seed, the same history: chance comes from the seed, nothing runs beside anything, nothing is left over.

One thing cannot be set from inside: the order of sets of texts, which PYTHONHASHSEED gives (see `__main__.py`). Nothing
gives that of sets of records: what follows from one is put in order by the code itself.
"""

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, cast

import ulid

from storekeeper.inventory.alerts import projection as alerts
from storekeeper.inventory.live import watching
from storekeeper.inventory.status import projection as status
from storekeeper.kernel.workers import in_turn
from storekeeper.orders import statistics
from storekeeper.search import projections


@contextmanager
def determined(chance: random.Random) -> Iterator[None]:
    """Until the block ends, ids and nonces come from `chance`, and readers start no threads.

    Nothing is logged either: what goes wrong here goes wrong on purpose.
    """
    urandom, generator, state = os.urandom, ulid.default_generator, random.getstate()
    shards, statistics.SHARDS = statistics.SHARDS, 1  # a few orders must meet here as thousands do elsewhere
    projections._settings.cache_clear()  # the projector's environment, of a history before this one
    alerts._kept.cache_clear()
    status._settings.cache_clear()
    watching._kept.cache_clear()
    logging.disable(logging.CRITICAL)
    os.urandom = chance.randbytes
    random.seed(chance.random())
    ulid.default_generator = ulid.ULIDGenerator(clock=count(1).__next__)  # the real one draws as often as time passes
    try:
        with in_turn():
            yield
    finally:
        os.urandom, ulid.default_generator = urandom, generator
        random.setstate(state)
        statistics.SHARDS = shards
        logging.disable(logging.NOTSET)


@contextmanager
def waiting_by(sleep: Callable[[float], None]) -> Iterator[None]:
    """Until the block ends, whoever waits does so by `sleep`: others go on meanwhile, and no real time is lost."""
    real, time.sleep = time.sleep, cast("Any", sleep)
    try:
        yield
    finally:
        time.sleep = real
