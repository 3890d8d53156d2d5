"""One signed request to an AWS service that takes JSON or a form at its root, and what its refusals mean.

For the clients of our own (docs/decisions/0008), which take boto3's arguments and raise its errors. Here nothing is
sent twice.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from botocore.exceptions import ClientError, HTTPClientError

from storekeeper.kernel import clock
from storekeeper.kernel.aws.connections import Answer, NoAnswer, connections_to
from storekeeper.kernel.aws.signing import Credentials, signed


class Poster:
    """Posts to one service, under the credentials that `credentials` gives at each request."""

    def __init__(
        self, service: str, credentials: Callable[[], Credentials], *, clock: Callable[[], datetime] = clock.utc_now
    ) -> None:
        """`clock` says when requests are sent, which their signatures state; it decides nothing."""
        self._service, self._credentials, self._clock = service, credentials, clock
        self._region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
        endpoint = endpoint_of(service, self._region, os.environ)
        self._host = urlsplit(endpoint).netloc
        self._connections = connections_to(endpoint)

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer, whatever its status.

        Raises:
            HTTPClientError: there is none: it may or may not have been done.
        """
        proven = signed(
            {**headers, "host": self._host},
            body,
            credentials=self._credentials(),
            region=self._region,
            service=self._service,
            now=self._clock(),
        )
        try:
            return self._connections.post(proven, body)
        except NoAnswer as none:
            raise HTTPClientError(error=none) from none


def endpoint_of(service: str, region: str, environment: Mapping[str, str]) -> str:
    """Where a service is: where the environment says, as to any SDK, else in AWS's region."""
    for name in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if address := environment.get(name):
            return address.rstrip("/")
    return f"https://{service}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def json_refusal(operation: str, status: int, body: bytes) -> ClientError:
    """What a JSON service says went wrong, in boto3's shape. A 5xx that says nothing readable means it is not there."""
    try:
        said = orjson.loads(body)
        code = said["__type"].rpartition("#")[2]
    except (ValueError, KeyError, TypeError, AttributeError):
        said, code = {}, unreadable(status)
    known = {name: said[name] for name in ("CancellationReasons", "Item") if name in said}
    return refusal(operation, status, code, said.get("message") or said.get("Message") or "", known)


def unreadable(status: int) -> str:
    """The code of a refusal that names none."""
    return "ServiceUnavailable" if status >= 500 else f"{status}"


def refusal(
    operation: str, status: int, code: str, message: str, known: Mapping[str, Any] | None = None
) -> ClientError:
    """A refusal in boto3's shape."""
    error = {"Code": code, "Message": message}
    response: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}, **(known or {})}
    return ClientError(response, operation)
