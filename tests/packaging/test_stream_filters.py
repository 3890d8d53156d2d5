"""The filters of the stream's readers: what one of them has something to do with reaches it, and nothing else."""

from typing import Any

import pytest

from local.filters import MAX_FILTERS, MAX_PATTERN_LENGTH, Pattern, admits, patterns_of
from local.sam import load_template
from storekeeper.carts.events import TYPES as CARTS
from storekeeper.streams.projecting import PROJECTIONS
from storekeeper.streams.publishing import EVENTS
from tests.streaming import a_record
from tools.data_model import declared_entities

ENTITIES = sorted({entity.name for entities in declared_entities().values() for entity in entities})
PROJECTED = frozenset[str]().union(*(projection.types for projection in PROJECTIONS.values()))
PUBLISHED = frozenset[str]().union(*(telling.types for telling in EVENTS.values()))


def criteria(function: str) -> dict[str, Any]:
    found: dict[str, Any] = load_template()["Resources"][function]["Properties"]["Events"]["Changes"]["Properties"]
    return dict(found["FilterCriteria"])


def filters(function: str) -> tuple[Pattern, ...]:
    return patterns_of(criteria(function))


def changes_of(kind: str, **attributes: Any) -> list[dict[str, Any]]:
    """Records of an item of this type that is made, changed, and removed."""
    image = {"type": kind, "schema": 1, **attributes}
    images: list[dict[str, Any]] = [{"new": image}, {"old": image, "new": image}, {"old": image}]
    return [a_record("T#ten_1#A", "A", **of) for of in images]


def reaches(function: str, kind: str, **attributes: Any) -> list[bool]:
    return [admits(filters(function), record) for record in changes_of(kind, **attributes)]


@pytest.mark.parametrize("kind", ENTITIES)
def test_the_projector_is_given_what_something_is_derived_from(kind: str) -> None:
    assert reaches("ProjectorFunction", kind) == [kind in PROJECTED] * 3


@pytest.mark.parametrize("kind", [kind for kind in ENTITIES if kind not in CARTS])
def test_the_publisher_is_given_what_something_is_told_of(kind: str) -> None:
    assert reaches("PublisherFunction", kind) == [kind in PUBLISHED] * 3


def test_of_carts_the_publisher_is_given_those_whose_tenant_asked_for_it() -> None:
    assert reaches("PublisherFunction", "cart", published=True) == [
        True,
        True,
        False,
    ]  # nothing is told of one that goes
    assert reaches("PublisherFunction", "cart", published=False) == [False, False, False]


def test_every_type_that_a_registry_knows_is_an_entity() -> None:
    assert set(ENTITIES) >= PROJECTED | PUBLISHED


@pytest.mark.parametrize("function", ["ProjectorFunction", "PublisherFunction"])
def test_filters_are_within_what_lambda_takes(function: str) -> None:
    patterns = [one["Pattern"] for one in criteria(function)["Filters"]]

    assert len(patterns) <= MAX_FILTERS
    assert max(map(len, patterns)) <= MAX_PATTERN_LENGTH
    assert {name for pattern in filters(function) for name in pattern} == {"dynamodb"}  # Lambda looks at nothing else
