"""Which rows can be kept as they were sent."""

from typing import Any

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.runs import check_rows
from storekeeper.runs.rows import MAX_FAULTS, MAX_ROW_BYTES

EMPTY = len('{"reason":""}')


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"reason": "x" * (MAX_ROW_BYTES - EMPTY + 1)}, "row_too_long"),
        ({"reason": "\u00e9" * (MAX_ROW_BYTES // 2)}, "row_too_long"),
        ({"sku": "\ud800"}, "row_unreadable"),
        ({"\ud800": 1}, "row_unreadable"),
        ({"more": [{"deep": "\udfff"}]}, "row_unreadable"),
        ({"quantity": float("nan")}, "row_unreadable"),
        ({"quantity": float("inf")}, "row_unreadable"),
    ],
)
def test_a_row_that_cannot_be_kept_is_named(row: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_rows([{"sku": "LAMP"}, row], prefix="adjustments.")

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("adjustments.1", code)]


def test_the_longest_row_is_taken() -> None:
    check_rows([{"reason": "x" * (MAX_ROW_BYTES - EMPTY)}], prefix="")


def test_of_many_faults_the_first_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        check_rows([{"sku": "\ud800"}] * 1_000, prefix="")

    assert [fault.field for fault in refused.value.faults] == [str(place) for place in range(MAX_FAULTS)]
