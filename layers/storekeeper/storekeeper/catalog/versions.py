"""Which version a caller expects a thing to have."""

from collections.abc import Callable
from typing import TypeAlias

Check: TypeAlias = Callable[[int], None]
"""Refuses a version that the caller did not expect (`If-Match`)."""


def any_version(_: int) -> None:
    """The `Check` of a caller who does not care."""
