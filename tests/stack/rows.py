"""The table as its owner sees it: every row, whoever wrote it."""

from collections.abc import Callable, Iterator
from typing import Any

from local.testing import RunningStack
from tests.stack.shop import eventually

Row = dict[str, Any]


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
    """The rows once what is derived has followed: two looks in a row show the same."""
    looks = [read()]

    def look() -> bool:
        looks.append(read())
        return looks[-1] == looks[-2]

    eventually(look, until=bool, within_s=20)
    return looks[-1]
