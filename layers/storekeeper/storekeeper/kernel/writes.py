"""Writes as values: what changes, and the condition without which it must not.

Expressions name attributes as `name` or `#name` and values as `:name`. The gateway aliases `#name` to the attribute
`name` (needed for DynamoDB's reserved words) and drops values that no expression uses.

`otherwise` is the refusal to raise when this write's condition fails; without it the writer gets `WriteRefused` with
the old images and decides again.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from storekeeper.kernel.aws.codec import Item, Value, item_to_wire, to_wire
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.keys import Key
from storekeeper.kernel.trace import Trace

ABSENT = "attribute_not_exists(pk)"
PRESENT = "attribute_exists(pk)"
_NAME = re.compile(r"#(\w+)")
_VALUE = re.compile(r":(\w+)")


class Put(Struct, frozen=True):
    """Write the whole item. `None` attributes are left out, so that indexes stay sparse."""

    key: Key
    item: Item
    only_if: str
    values: Mapping[str, Value] = field(default_factory=dict)
    otherwise: StorekeeperError | None = None


class Update(Struct, frozen=True):
    """Change some attributes; `change` is `SET ...`, and may go on with `REMOVE ...`."""

    key: Key
    change: str
    only_if: str
    values: Mapping[str, Value] = field(default_factory=dict)
    otherwise: StorekeeperError | None = None


class Delete(Struct, frozen=True):
    """Remove the item."""

    key: Key
    only_if: str
    values: Mapping[str, Value] = field(default_factory=dict)
    otherwise: StorekeeperError | None = None


class Check(Struct, frozen=True):
    """Change nothing, but cancel the transaction unless the condition holds."""

    key: Key
    only_if: str
    values: Mapping[str, Value] = field(default_factory=dict)
    otherwise: StorekeeperError | None = None


Write: TypeAlias = Put | Update | Delete | Check


def wired(write: Write, *, table: str, trace: Trace, write_id: str) -> tuple[str, dict[str, Any]]:
    """The write as an entry of TransactWriteItems: its kind (`Put`, ...) and its parameters."""
    match write:
        case Put():
            body = {name: value for name, value in write.item.items() if value is not None}
            stamps = {"changed_by": trace.actor, "request_id": trace.request_id, "write_id": write_id}
            item = {**body, **stamps, "pk": write.key.pk, "sk": write.key.sk}
            return "Put", {"Item": item_to_wire(item), **_conditioned(write, table)}
        case Update():
            change = _stamped(write.change)
            stamp_values = {":_by": trace.actor, ":_request": trace.request_id, ":_write": write_id}
            entry = _conditioned(write, table, change, {**write.values, **stamp_values})
            return "Update", {"Key": wired_key(write.key), "UpdateExpression": change, **entry}
        case Delete():
            return "Delete", {"Key": wired_key(write.key), **_conditioned(write, table)}
        case Check():
            return "ConditionCheck", {"Key": wired_key(write.key), **_conditioned(write, table)}


def _stamped(change: str) -> str:
    stamp = "SET changed_by = :_by, request_id = :_request, write_id = :_write"
    return f"{stamp}, {change[4:]}" if change.startswith("SET ") else f"{stamp} {change}"


def wired_key(key: Key) -> dict[str, Any]:
    """A key as DynamoDB wants it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _conditioned(
    write: Write, table: str, change: str = "", values: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    entry: dict[str, Any] = {"TableName": table, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if write.only_if:
        entry["ConditionExpression"] = write.only_if
    return entry | expression_terms(f"{write.only_if} {change}", write.values if values is None else values)


def expression_terms(text: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """ExpressionAttributeNames and -Values for just what `text` uses."""
    terms: dict[str, Any] = {}
    if names := set(_NAME.findall(text)):
        terms["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    used = set(_VALUE.findall(text))
    if used:
        terms["ExpressionAttributeValues"] = {f":{name}": to_wire(values[f":{name}"]) for name in used}
    return terms
