"""A client of DynamoDB that knows the few calls that the gateway makes, and does nothing else.

It stands where boto3's would, takes the same arguments and raises the same errors, for a third of the processor time
(docs/decisions/0008). It never sends anything twice: what may be sent again, the gateway decides.
"""

import base64
import os
import ssl
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3
from botocore.exceptions import ClientError, HTTPClientError

from storekeeper.kernel import clock
from storekeeper.kernel.aws.session import CONNECT_TIMEOUT_S, POOL, READ_TIMEOUT_S, own_credentials
from storekeeper.kernel.aws.signing import Credentials, signed

_TARGET = "DynamoDB_20120810."
_NO_ANSWER = (urllib3.exceptions.HTTPError, OSError)


class DynamoDB:
    """The calls of `Wire`, under the credentials that `credentials` gives at each of them."""

    def __init__(
        self, credentials: Callable[[], Credentials], *, clock: Callable[[], datetime] = clock.utc_now
    ) -> None:
        """`clock` says when requests are sent, which their signatures state; it decides nothing."""
        self._credentials, self._clock = credentials, clock
        self._region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
        endpoint = endpoint_of(self._region, os.environ)
        self._host = urlsplit(endpoint).netloc
        self._pool = _pool(endpoint)

    def get_item(self, **request: Any) -> Any:
        """GetItem."""
        return self._send("GetItem", request)

    def batch_get_item(self, **request: Any) -> Any:
        """BatchGetItem."""
        return self._send("BatchGetItem", request)

    def transact_get_items(self, **request: Any) -> Any:
        """TransactGetItems."""
        return self._send("TransactGetItems", request)

    def query(self, **request: Any) -> Any:
        """Query."""
        return self._send("Query", request)

    def put_item(self, **request: Any) -> Any:
        """PutItem."""
        return self._send("PutItem", request)

    def update_item(self, **request: Any) -> Any:
        """UpdateItem."""
        return self._send("UpdateItem", request)

    def transact_write_items(self, **request: Any) -> Any:
        """TransactWriteItems."""
        return self._send("TransactWriteItems", request)

    def _send(self, operation: str, request: Mapping[str, Any]) -> Any:
        """The answer.

        Raises:
            ClientError: DynamoDB refused, or failed; as boto3 says it.
            HTTPClientError: no answer, or not the one that was sent: it may or may not have been done.
        """
        body = orjson.dumps(request, default=_as_text)
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._host,
            "x-amz-target": _TARGET + operation,
        }
        proven = signed(
            headers,
            body,
            credentials=self._credentials(),
            region=self._region,
            service="dynamodb",
            now=self._clock(),
        )
        try:
            answer = self._pool.urlopen("POST", "/", body=body, headers=proven, retries=False)
        except _NO_ANSWER as error:
            raise HTTPClientError(error=error) from error
        if answer.status != 200:
            raise _refusal(operation, answer.status, answer.data)
        stated = answer.headers.get("x-amz-crc32")
        if stated is not None and int(stated) != zlib.crc32(answer.data):
            raise HTTPClientError(error="the answer was damaged on its way")
        return orjson.loads(answer.data)


def endpoint_of(region: str, environment: Mapping[str, str]) -> str:
    """Where DynamoDB is: where the environment says, as to any SDK, else in AWS's region."""
    for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
        if address := environment.get(name):
            return address.rstrip("/")
    return f"https://dynamodb.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


@cache
def own_dynamodb() -> DynamoDB:
    """The client under the function's own credentials."""
    return DynamoDB(own_credentials())


@cache
def _pool(endpoint: str) -> urllib3.HTTPConnectionPool:
    """The connections of this environment, which clients of all tenants share: a request names its sender itself."""
    place = urlsplit(endpoint)
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)
    if place.scheme == "http":
        return urllib3.HTTPConnectionPool(place.hostname or "", place.port, timeout=timeout, maxsize=POOL)
    trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    return urllib3.HTTPSConnectionPool(
        place.hostname or "", place.port, timeout=timeout, maxsize=POOL, ssl_context=trusted
    )


def _refusal(operation: str, status: int, body: bytes) -> ClientError:
    """What DynamoDB says went wrong, in boto3's shape. A 5xx that says nothing readable means that it is not there."""
    try:
        said = orjson.loads(body)
        code = said["__type"].rpartition("#")[2]
    except (ValueError, KeyError, TypeError, AttributeError):
        said, code = {}, "ServiceUnavailable" if status >= 500 else f"{status}"
    error = {"Code": code, "Message": said.get("message") or said.get("Message") or ""}
    known = {name: said[name] for name in ("CancellationReasons", "Item") if name in said}
    response: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}, **known}
    return ClientError(response, operation)


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"DynamoDB does not take a {type(value).__name__}")
