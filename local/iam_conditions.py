"""Teach MiniStack's IAM what Storekeeper's policies say and MiniStack does not evaluate.

MiniStack 1.5.33 enforces roles, trust, session tags and most condition keys. Three things are missing, without which
one tenant could read another's keys on a laptop while AWS would refuse it: policy variables
(`${aws:PrincipalTag/tenant}`), `dynamodb:LeadingKeys`, and `kms:EncryptionContext:…`. This module adds them to the
emulator's own process. It replaces private names, so MiniStack's version is pinned and `tests/local/test_iam.py` holds
the behavior.
"""
# ruff: noqa: SLF001 (the emulator offers no public place for this)

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_EQUALITY = re.compile(r"([#\w]+)\s*=\s*(:\w+)")
_UNREADABLE = ""  # no pattern of ours matches it, so what cannot be read is refused

Json = dict[str, Any]


def install() -> None:
    """Replace the emulator's functions by ours, which call them."""
    conditions_met = iam_evaluator._conditions_met
    service_context = iam_actions.dynamodb_service_context
    tag_context = iam_actions.request_tag_context

    def conditions_met_with_variables(conditions: Json, context: Any) -> bool:
        try:
            filled = _filled(conditions, context.principal_keys)
        except KeyError:  # an Allow that names something the session lacks allows nothing
            return False
        return bool(conditions_met(filled, context))

    def service_context_with_keys(body: bytes) -> Json:
        keys = list(_leading_keys(json.loads(body or b"{}")))
        return {**service_context(body), **({"dynamodb:LeadingKeys": keys} if keys else {})}

    def context_with_encryption(service: str, action: str, body: bytes, parameters: Json) -> Json:
        found: Json = tag_context(service, action, body, parameters)
        if service == "kms":
            named = json.loads(body or b"{}").get("EncryptionContext") or {}
            found |= {f"kms:EncryptionContext:{name}": value for name, value in named.items()}
        return found

    iam_evaluator._conditions_met = conditions_met_with_variables
    iam_actions.dynamodb_service_context = service_context_with_keys
    iam_actions.request_tag_context = context_with_encryption


def _filled(value: Any, principal: Json) -> Any:
    """The conditions with each variable replaced by what the session says.

    Raises:
        KeyError: the session has no such value, or one that would act as a wildcard.
    """
    if isinstance(value, dict):
        return {key: _filled(inner, principal) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, principal) for inner in value]
    return (
        _VARIABLE.sub(lambda found: _literal(principal[found[1].lower()]), value) if isinstance(value, str) else value
    )


def _literal(value: str) -> str:
    if "*" in value or "?" in value:
        raise KeyError(value)
    return value


def _leading_keys(request: Json) -> Iterator[str]:
    """The partition key of every item that a DynamoDB request names."""
    table = request.get("TableName", "")
    if "KeyConditionExpression" in request:
        yield _queried_key(request)
    for part in ("Key", "Item"):
        if part in request:
            yield _key_of(table, request[part])
    for member in request.get("TransactItems") or []:
        for detail in member.values():
            yield from _leading_keys(detail)
    for name, wanted in (request.get("RequestItems") or {}).items():
        yield from _batch_keys(name, wanted)


def _batch_keys(table: str, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, dict):
        for key in wanted.get("Keys", []):
            yield _key_of(table, key)
        return
    for write in wanted:
        for detail in write.values():
            yield _key_of(table, detail.get("Key") or detail.get("Item") or {})


def _queried_key(request: Json) -> str:
    names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
    wanted = _partition_key(request["TableName"], request.get("IndexName"))
    for attribute, placeholder in _EQUALITY.findall(request["KeyConditionExpression"]):
        if names.get(attribute, attribute) == wanted:
            return _text(values.get(placeholder))
    return _UNREADABLE


def _key_of(table: str, item: Json) -> str:
    return _text(item.get(_partition_key(table)))


def _text(value: Any) -> str:
    return str(value["S"]) if isinstance(value, dict) and "S" in value else _UNREADABLE


def _partition_key(table_name: str, index: str | None = None) -> str:
    """The name of the table's partition key, or of an index's."""
    table = dynamodb._tables.get(table_name.rsplit("/", 1)[-1])
    if table is None:
        return ""
    indexes = {one["IndexName"]: one for one in table.get("GlobalSecondaryIndexes") or []}
    schema = indexes[index]["KeySchema"] if index in indexes else table["KeySchema"]
    return next(str(key["AttributeName"]) for key in schema if key["KeyType"] == "HASH")
