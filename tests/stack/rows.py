"""The table as its owner sees it: every row, whoever wrote it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from local.testing import RunningStack
from tests.stack.shop import eventually

Row = dict[str, Any]
REST_S = 1.0  # on a busy machine a projector may take most of it to begin


def all_rows(stack: RunningStack) -> Iterator[Row]:
    """Everything in the table, as it lies there."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.description["table"])
    for page in pages:
        yield from page["Items"]


def rows_of(stack: RunningStack, tenant_id: str) -> dict[tuple[str, str], Row]:
    """A tenant's rows, by key; counts of calls left out, for they change with every call."""
    own = f"T#{tenant_id}"
    return {
        (row["pk"]["S"], row["sk"]["S"]): row
        for row in all_rows(stack)
        if (row["pk"]["S"] + "#").startswith(own + "#") and not row["pk"]["S"].startswith(f"{own}#LIMIT#")
    }


def at_rest(read: Callable[[], dict[tuple[str, str], Row]]) -> dict[tuple[str, str], Row]:
    """The rows once what is derived has followed: every look of a second shows the same."""
    seen, since = read(), time.monotonic()

    def is_at_rest() -> bool:
        nonlocal seen, since
        now = read()
        if now != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > REST_S

    eventually(is_at_rest, until=bool, within_s=20)
    return seen
