"""`expand[]`: ids in an answer replaced by the resources that they name."""

from __future__ import annotations

from typing import Any

from local.stripe.errors import ApiError, invalid
from local.stripe.store import Resource, Store, public

MAX_DEPTH = 4
_KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "cus": "customer",
    "pm": "payment_method",
    "seti": "setup_intent",
}


def expanded(shown: Resource, paths: list[str], *, store: Store) -> Resource:
    """`shown` (already public) with each dotted path expanded in place.

    Raises:
        ApiError: 400, a path leads nowhere or is too deep.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH:
            raise invalid(f"You cannot expand more than {MAX_DEPTH} levels of a property: {path}.", param="expand")
        _expand(shown, steps, path=path, store=store)
    return shown


def _expand(node: Any, steps: list[str], *, path: str, store: Store) -> None:
    if isinstance(node, list):
        for child in node:
            _expand(child, steps, path=path, store=store)
        return
    name, rest = steps[0], steps[1:]
    if not isinstance(node, dict) or (name not in node and not _includes_refunds(node, name)):
        raise _not_expandable(path)
    if _includes_refunds(node, name):
        node[name] = _refunds_of(node, store)
    elif isinstance(node[name], str):
        node[name] = _resource(node[name], path=path, store=store)
    elif node[name] is not None and not rest:
        return
    if rest and node[name] is not None:
        _expand(node[name], rest, path=path, store=store)


def _resource(resource_id: str, *, path: str, store: Store) -> Resource:
    kind = _KINDS.get(resource_id.partition("_")[0], "")
    found = store.find(kind, resource_id)
    if found is None:
        raise _not_expandable(path)
    return public(found)


def _includes_refunds(node: Resource, name: str) -> bool:
    """A charge's refunds are left out unless asked for, since API version 2022-11-15."""
    return node.get("object") == "charge" and name == "refunds" and name not in node


def _refunds_of(charge: Resource, store: Store) -> Resource:
    refunds = [public(refund) for refund in store.newest_first("refund") if refund["charge"] == charge["id"]]
    url = f"/v1/charges/{charge['id']}/refunds"
    return {"object": "list", "url": url, "has_more": False, "data": refunds}


def _not_expandable(path: str) -> ApiError:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
