"""What a merge patch makes of a map."""

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.merging import MapPatch, merged


@pytest.mark.parametrize(
    ("_case", "patch", "left"),
    [
        ("a member is set, another taken away", {"b": None, "c": "3"}, {"a": "1", "c": "3"}),
        ("one that was not there is taken away", {"x": None}, {"a": "1", "b": "2"}),
        ("nothing is said", {}, {"a": "1", "b": "2"}),
        ("all is taken away", None, {}),
    ],
)
def test_a_patch_changes_what_it_names(_case: str, patch: MapPatch | None, left: dict[str, str]) -> None:
    assert merged({"a": "1", "b": "2"}, patch, field="colors", most=2) == left


def test_a_map_cannot_grow_patch_by_patch_without_end() -> None:
    with pytest.raises(Invalid) as refused:
        merged({"a": "1", "b": "2"}, {"c": "3"}, field="colors", most=2)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("colors", "too_many_members")]
