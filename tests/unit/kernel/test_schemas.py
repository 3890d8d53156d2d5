"""Items of older shapes."""

import pytest

from storekeeper.kernel.schemas import Step, upcast

STEPS: dict[int, Step] = {
    1: lambda item: {**item, "color": "blue"},
    2: lambda item: {**item, "color": item["color"].upper()},
}


@pytest.mark.parametrize(
    ("item", "read"),
    [
        ({"schema": 1}, {"schema": 3, "color": "BLUE"}),
        ({"schema": 2, "color": "red"}, {"schema": 3, "color": "RED"}),
        ({"schema": 3, "color": "red"}, {"schema": 3, "color": "red"}),
        ({"schema": 4, "hue": 7}, {"schema": 4, "hue": 7}),
    ],
    ids=["two steps behind", "one step behind", "up to date", "written by later code"],
)
def test_an_item_is_read_in_its_present_shape(item: dict[str, object], read: dict[str, object]) -> None:
    assert upcast(item, schema=3, steps=STEPS) == read


def test_a_step_that_nobody_wrote_is_a_fault() -> None:
    with pytest.raises(KeyError):
        upcast({"schema": 0}, schema=3, steps=STEPS)
