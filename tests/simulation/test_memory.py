"""The memory answers as the emulator does, to the same random operations; and as AWS says where that shows nothing."""

import ast
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.testing import DataCloud, emulator_with_table
from tests.architecture.source import DOMAIN, modules
from tests.simulation.dynamo.direct import DirectWire
from tests.simulation.dynamo.expressions import parse_condition
from tests.simulation.dynamo.memory import TOKEN_KEPT_S, Memory
from tests.simulation.dynamo.operations import TABLE, Operation, Operations

OPERATIONS = 1_000
KEY = {"pk": {"S": "T#t#A"}, "sk": {"S": "A"}}


@pytest.fixture(scope="module")
def cloud() -> Any:
    """An emulator of this module's own."""
    with emulator_with_table() as cloud:
        yield cloud


@pytest.mark.parametrize("seed", range(4))
def test_the_memory_and_the_emulator_give_the_same_answers(cloud: DataCloud, seed: int) -> None:
    emulator, memory = cloud.client("dynamodb"), DirectWire(Memory(), lambda: 0.0)

    for place, operation in enumerate(Operations(seed, space=f"diff{seed}").take(OPERATIONS)):
        told = _answer(emulator, operation, table=cloud.table), _answer(memory, operation, table=TABLE)

        assert told[0] == told[1], f"seed {seed}, operation {place}: {operation}"


def test_what_is_written_while_a_transaction_is_under_way_meets_a_conflict() -> None:
    memory = Memory()
    prepared = memory.prepare([{"Put": _put(KEY)}], "one", now=0.0)

    assert _code(lambda: memory.write_one("PutItem", _put(KEY), now=0.0)) == "TransactionConflictException"
    with pytest.raises(ClientError) as refused:
        memory.prepare([{"Put": _put(KEY)}], "two", now=0.0)
    assert _code(lambda: memory.find_together([("T#t#A", "A")])) == "TransactionCanceledException"
    assert refused.value.response["CancellationReasons"] == [{"Code": "TransactionConflict"}]
    assert _code(lambda: memory.prepare([{"Put": _put(KEY)}], "one", now=0.0)) == "TransactionInProgressException"
    assert memory.find(("T#t#A", "A")) is None
    memory.commit(prepared, now=0.0)
    assert memory.find(("T#t#A", "A")) == KEY


def test_a_token_makes_a_transaction_happen_once_for_ten_minutes() -> None:
    memory = Memory()
    add = {"Update": {"Key": KEY, "UpdateExpression": "SET n = if_not_exists(n, :one) + :one"}}
    add["Update"]["ExpressionAttributeValues"] = {":one": {"N": "1"}}

    for now in (0.0, TOKEN_KEPT_S - 1, TOKEN_KEPT_S):
        memory.commit(memory.prepare([add], "token", now=now), now=now)

    assert memory.find(("T#t#A", "A")) == {**KEY, "n": {"N": "3"}}
    other = [{"Put": _put(KEY)}]
    assert _code(lambda: memory.prepare(other, "token", now=TOKEN_KEPT_S)) == "IdempotentParameterMismatchException"


def test_a_read_that_lags_shows_an_instant_that_was() -> None:
    memory = Memory()
    for at, sk in ((1.0, "old"), (2.0, "new")):
        item = {**KEY, "gsi1pk": {"S": "T#t#L"}, "gsi1sk": {"S": sk}}
        memory.write_one("PutItem", {"TableName": TABLE, "Item": item}, now=at)
    request: dict[str, Any] = {
        "IndexName": "gsi1",
        "KeyConditionExpression": "gsi1pk = :pk AND gsi1sk BETWEEN :a AND :z",
    }
    request["ExpressionAttributeValues"] = {":pk": {"S": "T#t#L"}, ":a": {"S": "a"}, ":z": {"S": "z"}}

    shown = [[one["gsi1sk"]["S"] for one in memory.query(request, as_of=at)["Items"]] for at in (0.5, 1.5, 2.5)]

    assert shown == [[], ["old"], ["new"]]


def test_the_memory_understands_every_condition_of_the_domain() -> None:
    texts = {
        keyword.value.value
        for module in modules(DOMAIN)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "only_if" and isinstance(keyword.value, ast.Constant)
    }

    assert len(texts) > 10
    assert all(parse_condition(text) for text in texts)


def _put(key: dict[str, Any]) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": key, "ConditionExpression": "attribute_not_exists(pk)"}


def _code(call: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"]


def _answer(wire: Any, operation: Operation, *, table: str) -> Any:
    """What came back, without what may differ: order within a batch, and how a page's end is told."""
    name, request = operation
    request = _for_table(request, table)
    try:
        answer = getattr(wire, name)(**request)
    except ClientError as error:
        return _told(error)
    if name == "batch_get_item":
        return sorted(answer["Responses"].get(table, []), key=repr)
    if name == "transact_get_items":
        return [one.get("Item") for one in answer["Responses"]]
    return answer.get("Item") if name == "get_item" else answer.get("Items")


def _told(error: ClientError) -> Any:
    response: Any = error.response
    reasons = [(one["Code"], one.get("Item")) for one in response.get("CancellationReasons", ())]
    return response["Error"]["Code"], response.get("Item"), reasons


def _for_table(request: Any, table: str) -> Any:
    """The request with the table's name in place of `any`, as a value or as a name."""
    if isinstance(request, dict):
        return {
            (table if name == TABLE else name): table if name == "TableName" else _for_table(value, table)
            for name, value in request.items()
        }
    return [_for_table(one, table) for one in request] if isinstance(request, list) else request
