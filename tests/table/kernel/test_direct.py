"""Our clients of KMS, STS and their like answer and refuse as boto3's do, and ask again where no answer comes."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from local.testing import DataCloud
from storekeeper.kernel.aws import direct
from storekeeper.kernel.aws.direct import DIRECT, Events, Kms, Queues, SecretsManager, Sts
from storekeeper.kernel.aws.session import client, own_credentials
from storekeeper.kernel.aws.signing import RoleKeys

KEYS = RoleKeys("test", "test", None)
CONTEXT = {"tenant": "ten_1"}


def ours(service: str) -> Any:
    return DIRECT[service](lambda: KEYS)


def test_a_data_key_is_made_and_opened_by_either(cloud: DataCloud) -> None:
    theirs = cloud.client("kms")
    asked = {"KeyId": cloud.data_key_arn, "KeySpec": "AES_256", "EncryptionContext": CONTEXT}

    for maker, opener in ((ours("kms"), theirs), (theirs, ours("kms"))):
        made = maker.generate_data_key(**asked)
        wrapped = made["CiphertextBlob"]
        opened = opener.decrypt(CiphertextBlob=wrapped, KeyId=cloud.data_key_arn, EncryptionContext=CONTEXT)
        assert (len(made["Plaintext"]), opened["Plaintext"]) == (32, made["Plaintext"])


def test_a_key_of_another_context_is_refused_as_boto3_says_it(cloud: DataCloud) -> None:
    made = ours("kms").generate_data_key(KeyId=cloud.data_key_arn, KeySpec="AES_256", EncryptionContext=CONTEXT)
    asked = {"CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": {"tenant": "ten_2"}}

    told = [_refusal(kms, asked) for kms in (ours("kms"), cloud.client("kms"))]

    assert told[0] == told[1]


def _refusal(kms: Any, asked: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        kms.decrypt(**asked)
    return refused.value.operation_name, refused.value.response["Error"]["Code"]


def test_a_role_is_assumed_with_its_tags(cloud: DataCloud) -> None:
    asked = {
        "RoleArn": "arn:aws:iam::000000000000:role/tenant",
        "RoleSessionName": "ten_1",
        "DurationSeconds": 3600,
        "Tags": [{"Key": "tenant", "Value": "ten_1"}],
    }

    made, theirs = ours("sts").assume_role(**asked)["Credentials"], cloud.client("sts").assume_role(**asked)

    assert {name: bool(value) for name, value in made.items()} == dict.fromkeys(
        ("AccessKeyId", "SecretAccessKey", "SessionToken"), True
    )
    assert made.keys() < theirs["Credentials"].keys()


def test_a_secret_is_read_and_a_missing_one_refused(cloud: DataCloud) -> None:
    cloud.client("secretsmanager").create_secret(Name="of-ours", SecretString='{"key": "Straße"}')

    assert json.loads(ours("secretsmanager").get_secret_value(SecretId="of-ours")["SecretString"]) == {"key": "Straße"}
    with pytest.raises(ClientError) as refused:
        ours("secretsmanager").get_secret_value(SecretId="of-nobody")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_message_is_put_on_a_queue(cloud: DataCloud) -> None:
    queue = cloud.client("sqs").create_queue(QueueName="ours")["QueueUrl"]

    ours("sqs").send_message(QueueUrl=queue, MessageBody="Straße")

    (message,) = cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "Straße"


@pytest.mark.usefixtures("cloud")
def test_events_are_put_on_the_bus_at_their_time() -> None:
    event = {"Source": "storekeeper", "DetailType": "order.paid", "Detail": "{}", "EventBusName": "default"}

    answer = ours("events").put_events(Entries=[{**event, "Time": datetime(2026, 11, 20, tzinfo=UTC)}])

    assert (answer["FailedEntryCount"], len(answer["Entries"])) == (0, 1)


def _http(status: int, body: str) -> bytes:
    return f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


FAILURE = _http(503, "<html>")
THROTTLE = _http(400, '{"__type":"ThrottlingException"}')
DENIED = _http(400, '{"__type":"AccessDeniedException"}')
DONE = _http(200, '{"MessageId":"1"}')
STS_DENIED = _http(
    403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>a &lt; b</Message></Error></ErrorResponse>"
)


@pytest.mark.parametrize("trouble", [b"", FAILURE, THROTTLE], ids=["hangs_up", "failure", "throttle"])
def test_what_may_pass_is_asked_again(trouble: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with saying([trouble, trouble, DONE], monkeypatch) as asked:
        assert ours("sqs").send_message(QueueUrl="q", MessageBody="m") == {"MessageId": "1"}

    assert len(asked) == 3


@pytest.mark.parametrize(
    ("said", "wanted"), [(b"", HTTPClientError), (FAILURE, ClientError)], ids=["silence", "failure"]
)
def test_what_does_not_pass_is_told(said: bytes, wanted: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    with saying([said] * direct.ATTEMPTS, monkeypatch) as asked, pytest.raises(wanted):
        ours("sqs").send_message(QueueUrl="q", MessageBody="m")

    assert len(asked) == direct.ATTEMPTS


def test_a_refusal_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying([DENIED], monkeypatch) as asked, pytest.raises(ClientError):
        ours("kms").decrypt(CiphertextBlob=b"x")

    assert len(asked) == 1


def test_what_sts_refuses_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying([STS_DENIED], monkeypatch), pytest.raises(ClientError) as refused:
        ours("sts").assume_role(RoleArn="r", RoleSessionName="s", Tags=[])

    assert refused.value.response["Error"] == {"Code": "AccessDenied", "Message": "a < b"}


@pytest.mark.usefixtures("cloud")
def test_functions_as_deployed_have_ours_and_others_boto3_s(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"kms": Kms, "secretsmanager": SecretsManager, "sqs": Queues, "events": Events, "sts": Sts}
    monkeypatch.setenv("DYNAMODB_CLIENT", "direct")
    client.cache_clear()
    deployed = {service: type(client(service)) for service in own}
    monkeypatch.delenv("DYNAMODB_CLIENT")
    client.cache_clear()

    assert deployed == own
    assert type(client("kms")).__module__ == "botocore.client"
    client.cache_clear()


def test_an_environment_s_own_keys_are_those_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("SESSION_TOKEN", "c")):
        monkeypatch.setenv(f"AWS_{name}", value)

    assert own_credentials()() == RoleKeys("a", "b", "c")


@contextmanager
def saying(answers: Sequence[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A server that says these, one to each connection, and hangs up; what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    asked.append(connection.recv(1 << 16))
                    connection.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setattr(direct, "FIRST_PAUSE_S", 0.001)
        yield asked
        serving.join(10)
