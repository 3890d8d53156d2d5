"""Filters of event source mappings: which records Lambda hands to a function at all, by AWS's rules for patterns.

A pattern is shaped like a record; its leaves are lists of which one entry must fit. Filters are joined by *or*, the
members of one pattern by *and*. Lambda looks at the `dynamodb` member of a stream's records only.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Pattern: TypeAlias = Mapping[str, Any]

MAX_FILTERS = 5
MAX_PATTERN_LENGTH = 4096
_MISSING = object()


def patterns_of(criteria: Mapping[str, Any] | None) -> tuple[Pattern, ...]:
    """The patterns of `FilterCriteria`, as templates and the Lambda API have them; none where there is no filter."""
    filters = (criteria or {}).get("Filters", ())
    return tuple(json.loads(one["Pattern"]) for one in filters)


def admits(patterns: Sequence[Pattern], record: Mapping[str, Any]) -> bool:
    """Whether a record fits one of the patterns; without any, each does."""
    return not patterns or any(_fits(pattern, record) for pattern in patterns)


def _fits(pattern: Pattern, found: object) -> bool:
    members = found if isinstance(found, Mapping) else {}
    return all(
        _fits(wanted, members.get(name, {}))
        if isinstance(wanted, Mapping)
        else any(_meets(rule, members.get(name, _MISSING)) for rule in wanted)
        for name, wanted in pattern.items()
    )


def _meets(rule: object, value: object) -> bool:
    if not isinstance(rule, Mapping):
        return type(rule) is type(value) and rule == value
    ((kind, operand),) = rule.items()
    match kind:
        case "exists":
            return (value is not _MISSING) is operand
        case "prefix":
            return isinstance(value, str) and value.startswith(operand)
        case "suffix":
            return isinstance(value, str) and value.endswith(operand)
        case "anything-but":
            others = operand if isinstance(operand, list) else [operand]
            return value is not _MISSING and value not in others
    raise ValueError(f"the local stack does not know the filter rule `{kind}`")
