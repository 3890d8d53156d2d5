"""Our client of DynamoDB answers and refuses as boto3's does, and says so where no answer comes."""

import json
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.testing import DataCloud
from storekeeper.kernel.aws.calls import TryAgain, call
from storekeeper.kernel.aws.codec import item_from_wire
from storekeeper.kernel.aws.dynamodb import DynamoDB
from storekeeper.kernel.aws.posting import endpoint_of
from storekeeper.kernel.aws.session import client
from storekeeper.kernel.aws.signing import RoleKeys
from storekeeper.kernel.ids import new_id
from tests.emulated import NOW

KEYS = RoleKeys("test", "test", None)


@pytest.fixture
def ours(cloud: DataCloud) -> DynamoDB:
    """Our client, on the emulator."""
    return DynamoDB(lambda: KEYS)


def asked(wire: Any, operation: str, request: dict[str, Any]) -> Any:
    """The answer without what is only about its transport; or what the refusal holds."""
    try:
        answer = getattr(wire, operation)(**request)
    except ClientError as refused:
        answer = {**refused.response, "operation": refused.operation_name}
    return {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "message", "Message")}


def requests(table: str, pk: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """One after the other: all kinds of calls, those that are refused too."""

    def item(sk: str, **attributes: Any) -> dict[str, Any]:
        return {"pk": {"S": pk}, "sk": {"S": sk}, "type": {"S": "sample"}, **attributes}

    def key(sk: str) -> dict[str, Any]:
        return {"pk": {"S": pk}, "sk": {"S": sk}}

    absent = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    named = {"N": "12"}, {"S": "Hafenstraße 🏠"}, {"BOOL": True}, {"NULL": True}, {"L": [{"N": "-1"}]}
    all_kinds = item("A", n=named[0], s=named[1], b=named[2], u=named[3], l=named[4], m={"M": {"x": {"S": ""}}})
    yield "put_item", {"TableName": table, "Item": all_kinds, **absent}
    yield "put_item", {"TableName": table, "Item": item("A"), **absent}
    yield "get_item", {"TableName": table, "Key": key("A"), "ConsistentRead": True}
    yield "get_item", {"TableName": table, "Key": key("none"), "ConsistentRead": True}
    update = {"UpdateExpression": "SET n = n + :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    yield "update_item", {"TableName": table, "Key": key("A"), **update}
    yield "batch_get_item", {"RequestItems": {table: {"Keys": [key("A"), key("none")], "ConsistentRead": True}}}
    both = [
        {"Put": {"TableName": table, "Item": item("B"), **absent}},
        {"Put": {"TableName": table, "Item": item("A"), **absent}},
    ]
    yield "transact_write_items", {"TransactItems": both}
    yield "transact_write_items", {"TransactItems": both[:1]}
    condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}}
    yield "query", {"TableName": table, **condition, "Limit": 1}
    yield "query", {"TableName": table, **condition, "IndexName": "none"}
    yield "get_item", {"TableName": "none", "Key": key("A")}
    yield "update_item", {"TableName": table, "Key": key("A"), "UpdateExpression": "SET"}


def test_it_answers_and_refuses_as_boto3_does(cloud: DataCloud, ours: DynamoDB) -> None:
    theirs = client("dynamodb", attempts=1)
    pairs = [f"T#{new_id('ten', at=NOW)}" for _ in range(2)]

    answers = [
        [json.dumps(asked(wire, *request), sort_keys=True).replace(pk, "T#") for request in requests(cloud.table, pk)]
        for wire, pk in zip((ours, theirs), pairs, strict=True)
    ]

    assert answers[0] == answers[1]


def test_bytes_come_back_as_bytes(cloud: DataCloud, ours: DynamoDB) -> None:
    key = {"pk": {"S": f"T#{new_id('ten', at=NOW)}"}, "sk": {"S": "A"}}
    ours.put_item(TableName=cloud.table, Item={**key, "type": {"S": "sample"}, "secret": {"B": b"\x00\xff"}})

    read = ours.get_item(TableName=cloud.table, Key=key)["Item"]

    assert item_from_wire(read)["secret"] == b"\x00\xff"


ANSWER = b'{"Item":{}}'


@pytest.mark.parametrize(
    ("_case", "said"),
    [
        ("hangs up at once", b""),
        ("hangs up within the answer", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        ("is not HTTP", b"220 mail.example.com\r\n\r\n"),
        ("is damaged", b"HTTP/1.1 200 OK\r\nx-amz-crc32: 1\r\nContent-Length: 11\r\n\r\n" + ANSWER),
        ("is a balancer's page", b"HTTP/1.1 503 Slow Down\r\nContent-Length: 6\r\n\r\n<html>"),
        ("is a failure", b'HTTP/1.1 500 X\r\nContent-Length: 36\r\n\r\n{"__type":"x#InternalServerError"}   '),
        ("is a throttle", b'HTTP/1.1 400 X\r\nContent-Length: 34\r\n\r\n{"__type":"x#ThrottlingException"}'),
    ],
)
def test_what_is_no_answer_may_be_asked_again(_case: str, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(said, monkeypatch) as wire, pytest.raises(TryAgain) as again:
        call(wire.get_item, TableName="shop")

    assert not again.value.conflict


def test_an_answer_with_its_checksum_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    head = f"HTTP/1.1 200 OK\r\nx-amz-crc32: {zlib.crc32(ANSWER)}\r\nContent-Length: 11\r\n\r\n"

    with saying(head.encode() + ANSWER, monkeypatch) as wire:
        assert wire.get_item(TableName="shop") == {"Item": {}}


def test_nobody_there_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setenv("AWS_REGION", "us-east-1")

        with pytest.raises(TryAgain):
            call(DynamoDB(lambda: KEYS).get_item, TableName="shop")


def test_a_refusal_that_names_no_reason_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        saying(b"HTTP/1.1 400 X\r\nContent-Length: 2\r\n\r\n[]", monkeypatch) as wire,
        pytest.raises(RuntimeError),
    ):
        call(wire.get_item, TableName="shop")


@pytest.mark.parametrize(
    ("_case", "region", "environment", "endpoint"),
    [
        ("AWS", "eu-central-1", {}, "https://dynamodb.eu-central-1.amazonaws.com"),
        ("AWS in China", "cn-north-1", {}, "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        ("somewhere else", "us-east-1", {"AWS_ENDPOINT_URL": "http://localhost:4566/"}, "http://localhost:4566"),
        (
            "DynamoDB elsewhere",
            "us-east-1",
            {"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_DYNAMODB": "http://one"},
            "http://one",
        ),
    ],
)
def test_where_dynamodb_is(_case: str, region: str, environment: dict[str, str], endpoint: str) -> None:
    assert endpoint_of("dynamodb", region, environment) == endpoint


@contextmanager
def saying(said: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDB]:
    """A client of a server that says this to whatever it is asked, once, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(said)

        serving = threading.Thread(target=serve)
        serving.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        yield DynamoDB(lambda: KEYS)
        serving.join()
