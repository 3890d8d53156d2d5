"""List endpoints: newest first, filtered, paged by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.stripe.calls import Call, require_handled
from local.stripe.errors import invalid, no_such
from local.stripe.store import Resource

MAX_PAGE = 100
DEFAULT_PAGE = 10
PAGING = frozenset({"limit", "starting_after", "ending_before"})
_BOUNDS = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(call: Call, kind: str, *, url: str, equal: tuple[str, ...] = ()) -> Resource:
    """One page of `kind` as Stripe's list object; `equal` names the filters that compare a field.

    Raises:
        ApiError: 400; the limit is out of bounds, or the cursor names nothing.
    """
    require_handled(call.params, frozenset(equal) | {"created"} | PAGING)
    matches = [
        resource
        for resource in call.store.newest_first(kind)
        if created_matches(resource, call.params.get("created"))
        and all(resource.get(name) == call.params[name] for name in equal if name in call.params)
    ]
    return paged(call, kind, matches, url=url)


def paged(call: Call, kind: str, matches: Iterable[Resource], *, url: str) -> Resource:
    """The page of `matches` (newest first) that limit, starting_after and ending_before ask for."""
    rows = list(matches)
    limit = call.params.get("limit", DEFAULT_PAGE)
    if not 1 <= limit <= MAX_PAGE:
        raise invalid(f"Limit must be between 1 and {MAX_PAGE}.", param="limit", code="parameter_invalid_integer")
    if after := call.params.get("starting_after"):
        rows = rows[_position(rows, kind, after, param="starting_after") + 1 :]
    if before := call.params.get("ending_before"):
        rows = rows[: _position(rows, kind, before, param="ending_before")]
        chosen = rows[-limit:]
    else:
        chosen = rows[:limit]
    return {"object": "list", "url": url, "has_more": len(rows) > len(chosen), "data": chosen}


def _position(rows: list[Resource], kind: str, resource_id: str, *, param: str) -> int:
    for at, row in enumerate(rows):
        if row["id"] == resource_id:
            return at
    raise no_such(kind, resource_id, param=param, status=400)


def created_matches(resource: Resource, created: Any) -> bool:
    """Whether the resource lies in the wanted time: a second, or bounds gt, gte, lt, lte."""
    if created is None:
        return True
    if isinstance(created, int):
        return bool(resource["created"] == created)
    return all(_BOUNDS[name](resource["created"], bound) for name, bound in created.items())
