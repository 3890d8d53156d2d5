"""Stripe's request encoding: `application/x-www-form-urlencoded` with brackets for nesting.

`shipping[address][city]=Lund` nests hashes; `expand[]=a&expand[]=b` and `expand[0]=a&expand[1]=b`
both are lists. Values stay text here; `validation` gives them their types.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from local.stripe.errors import invalid

MAX_FIELDS = 1000
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")


def decode_form(text: str) -> dict[str, Any]:
    """Turn a form body or a query string into nested dictionaries of text.

    Lists arrive as dictionaries whose keys are positions, and are turned into lists last.

    Raises:
        ApiError: 400, a name that is not well formed or that is both a value and a hash.
    """
    root: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as bad:
        raise invalid(f"Invalid request body: {bad}") from bad
    for name, value in pairs:
        _put(root, name, value)
    return {name: _with_lists(value) for name, value in root.items()}


def _put(root: dict[str, Any], name: str, value: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None:
        raise invalid(f"Invalid parameter name: {name}", param=name)
    node = root
    steps = [match[1], *_BRACKET.findall(match[2])]
    for step in steps[:-1]:
        child = node.setdefault(step, {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid parameter: {name} is both a value and a hash", param=name)
        node = child
    last = steps[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is both a value and a hash", param=name)
    node[last] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(child) for key, child in value.items()}
