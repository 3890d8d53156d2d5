"""Clients of our own for the few other calls that functions make: keys, secrets, roles, messages, events.

They spare a start the SDK (docs/decisions/0008). What they send may be sent again: a role, a key or a secret is only
read, a message or an event may come twice. So no answer and a throttle are tried again, as the SDK would.
"""

import base64
import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from xml.sax.saxutils import unescape

import orjson
from botocore.exceptions import ClientError, HTTPClientError

from storekeeper.kernel.aws.connections import Answer
from storekeeper.kernel.aws.posting import Poster, json_refusal, refusal, unreadable
from storekeeper.kernel.aws.signing import Credentials

ATTEMPTS = 3
FIRST_PAUSE_S = 0.05
_AGAIN = frozenset({429, 500, 502, 503, 504})
_THROTTLES = frozenset({"ThrottlingException", "Throttling", "RequestLimitExceeded", "LimitExceededException"})

T = TypeVar("T")


class JsonService:
    """A service with AWS's JSON protocol; `target` names its interface in requests."""

    def __init__(self, service: str, target: str, credentials: Callable[[], Credentials], *, version: str) -> None:
        self._poster = Poster(service, credentials)
        self._target, self._type = target, f"application/x-amz-json-{version}"

    def call(self, operation: str, request: Mapping[str, Any]) -> Any:
        """The answer.

        Raises:
            ClientError: refused, or failed each time; as boto3 says it.
            HTTPClientError: no answer, each time.
        """
        body = orjson.dumps(request, default=_as_json, option=orjson.OPT_PASSTHROUGH_DATETIME)
        headers = {"content-type": self._type, "x-amz-target": f"{self._target}.{operation}"}

        def attempt() -> Any:
            answer = self._poster.post(body, headers)
            if answer.status != 200:
                raise json_refusal(operation, answer.status, answer.body)
            return orjson.loads(answer.body or b"{}")

        return _patiently(attempt)


class Kms(JsonService):
    """KMS: data keys. Bytes are base64 on the way."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        super().__init__("kms", "TrentService", credentials, version="1.1")

    def generate_data_key(self, **request: Any) -> Any:
        """GenerateDataKey."""
        return _with_bytes(self.call("GenerateDataKey", request))

    def decrypt(self, **request: Any) -> Any:
        """Decrypt."""
        return _with_bytes(self.call("Decrypt", request))


class SecretsManager(JsonService):
    """Secrets Manager."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        super().__init__("secretsmanager", "secretsmanager", credentials, version="1.1")

    def get_secret_value(self, **request: Any) -> Any:
        """GetSecretValue."""
        return self.call("GetSecretValue", request)


class Queues(JsonService):
    """SQS."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        super().__init__("sqs", "AmazonSQS", credentials, version="1.0")

    def send_message(self, **request: Any) -> Any:
        """SendMessage."""
        return self.call("SendMessage", request)


class Events(JsonService):
    """EventBridge."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        super().__init__("events", "AWSEvents", credentials, version="1.1")

    def put_events(self, **request: Any) -> Any:
        """PutEvents."""
        return self.call("PutEvents", request)


class Sts:
    """STS, which takes a form and answers XML."""

    def __init__(self, credentials: Callable[[], Credentials]) -> None:
        self._poster = Poster("sts", credentials)

    def assume_role(self, *, Tags: list[dict[str, str]], **request: Any) -> Any:  # noqa: N803 (boto3's name)
        """AssumeRole."""
        numbered = enumerate(Tags, start=1)
        tags = {f"Tags.member.{n}.{name}": tag[name] for n, tag in numbered for name in ("Key", "Value")}
        body = urlencode({"Action": "AssumeRole", "Version": "2011-06-15", **request, **tags}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

        def attempt() -> Any:
            answer = self._poster.post(body, headers)
            if answer.status != 200:
                code = _member(answer, "Code") or unreadable(answer.status)
                raise refusal("AssumeRole", answer.status, code, _member(answer, "Message"))
            names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
            return {"Credentials": {name: _member(answer, name) for name in names}}

        return _patiently(attempt)


DIRECT: Mapping[str, Callable[[Callable[[], Credentials]], Any]] = {
    "kms": Kms,
    "secretsmanager": SecretsManager,
    "sqs": Queues,
    "events": Events,
    "sts": Sts,
}


def _member(answer: Answer, name: str) -> str:
    """The text of the first XML element of this name; STS's answers have each once, and no markup inside."""
    found = re.search(f"<{name}>([^<]*)</{name}>", answer.body.decode())
    return unescape(found[1]) if found else ""


def _patiently(attempt: Callable[[], T]) -> T:
    for left in range(ATTEMPTS - 1, -1, -1):
        try:
            return attempt()
        except HTTPClientError:
            if not left:
                raise
        except ClientError as error:
            if not left or not _may_pass(error):
                raise
        time.sleep(random.uniform(0.5, 1) * FIRST_PAUSE_S * 2 ** (ATTEMPTS - 1 - left))
    raise AssertionError("the last attempt returns or raises")


def _may_pass(error: ClientError) -> bool:
    told = error.response
    return told["ResponseMetadata"]["HTTPStatusCode"] in _AGAIN or told["Error"]["Code"] in _THROTTLES


def _with_bytes(answer: dict[str, Any]) -> dict[str, Any]:
    blobs = ("Plaintext", "CiphertextBlob")
    return {name: base64.b64decode(value) if name in blobs else value for name, value in answer.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"AWS's JSON does not hold a {type(value).__name__}")
