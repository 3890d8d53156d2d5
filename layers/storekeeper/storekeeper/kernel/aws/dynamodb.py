"""A client of DynamoDB that knows the few calls that the gateway makes, and does nothing else.

It stands where boto3's would, takes the same arguments and raises the same errors, for a third of the processor time
(docs/decisions/0008). It never sends anything twice: what may be sent again, the gateway decides.
"""

import base64
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from botocore.exceptions import HTTPClientError

from storekeeper.kernel import clock
from storekeeper.kernel.aws.posting import Poster, json_refusal
from storekeeper.kernel.aws.session import own_credentials
from storekeeper.kernel.aws.signing import Credentials

_TARGET = "DynamoDB_20120810."


class DynamoDB:
    """The calls of `Wire`, under the credentials that `credentials` gives at each of them."""

    def __init__(
        self, credentials: Callable[[], Credentials], *, clock: Callable[[], datetime] = clock.utc_now
    ) -> None:
        """`clock` says when requests are sent, which their signatures state; it decides nothing."""
        self._poster = Poster("dynamodb", credentials, clock=clock)

    def get_item(self, **request: Any) -> Any:
        """GetItem."""
        return self._send("GetItem", request)

    def batch_get_item(self, **request: Any) -> Any:
        """BatchGetItem."""
        return self._send("BatchGetItem", request)

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
        answer = self._poster.post(
            body, {"content-type": "application/x-amz-json-1.0", "x-amz-target": _TARGET + operation}
        )
        if answer.status != 200:
            raise json_refusal(operation, answer.status, answer.body)
        stated = answer.headers.get("x-amz-crc32")
        if stated is not None and int(stated) != zlib.crc32(answer.body):
            raise HTTPClientError(error="the answer was damaged on its way")
        return orjson.loads(answer.body)


@cache
def own_dynamodb() -> DynamoDB:
    """The client under the function's own credentials."""
    return DynamoDB(own_credentials())


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"DynamoDB does not take a {type(value).__name__}")
