"""How many examples a test tries: `FUZZ=20 make fuzz` tries twenty times as many as `make test` does."""

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("FUZZ", "1"))


def tried(examples: int) -> settings:
    """So many examples in `make test`, the same ones each time; other ones each time when there are more."""
    return settings(
        max_examples=examples * FACTOR,
        deadline=None,
        derandomize=FACTOR == 1,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
