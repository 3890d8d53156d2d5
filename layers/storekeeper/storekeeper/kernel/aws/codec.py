"""Python values to DynamoDB's attribute values and back. Numbers are whole: float and Decimal are refused."""

import base64
from collections.abc import Mapping
from typing import Any, TypeAlias

Value: TypeAlias = Any  # str | int | bool | bytes | None | list[Value] | dict[str, Value]: recursive, so said in words
Item: TypeAlias = dict[str, Value]
Wired: TypeAlias = dict[str, Any]  # {"S": "..."} and its kin


_AS_THEY_ARE = {str: "S", bool: "BOOL", bytes: "B"}


def to_wire(value: Value) -> Wired:
    """One value as DynamoDB wants it.

    Raises:
        TypeError: a float, a Decimal or anything else that the table does not hold.
    """
    if kind := _AS_THEY_ARE.get(type(value)):
        return {kind: value}
    match value:
        case str():  # a StrEnum, an id
            return {"S": str(value)}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [to_wire(one) for one in value]}
        case Mapping():
            return {"M": item_to_wire(value)}
    raise TypeError(f"the table does not hold a {type(value).__name__}")


def item_to_wire(item: Mapping[str, Value]) -> Wired:
    """A map of values as DynamoDB wants it."""
    return {name: to_wire(value) for name, value in item.items()}


def from_wire(wired: Wired) -> Value:
    """One value as it came from DynamoDB or its stream.

    Raises:
        ValueError: a number that is not whole, which no code of ours wrote.
    """
    ((kind, value),) = wired.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "B":  # text where it came as JSON: from our own client, or in a record of the stream
            return base64.b64decode(value) if isinstance(value, str) else value
        case "N":
            return int(value)
        case "NULL":
            return None
        case "L":
            return [from_wire(one) for one in value]
        case "M":
            return item_from_wire(value)
    raise ValueError(f"the table holds a {kind}, which no code of ours writes")


def item_from_wire(wired: Wired) -> Item:
    """A map of values as it came from DynamoDB or its stream."""
    return {name: from_wire(value) for name, value in wired.items()}
