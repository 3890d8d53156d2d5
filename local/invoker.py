"""Call functions of the stack as AWS services do: signed, with the caller's patience, over kept connections.

botocore's own client costs 2 ms of processor time a call; the gateway sits in front of every request, so it signs and
sends by itself.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator import REGION, ROOT_KEYS

CONNECT_TIMEOUT_S = 2.0
ATTEMPTS = 3
# The emulator's words for an environment that was replaced (an edited file) before it had begun: nothing has run.
_REPLACED = "bootstrap exited during init with code -1"
ROOT = Credentials(ROOT_KEYS["AWS_ACCESS_KEY_ID"], ROOT_KEYS["AWS_SECRET_ACCESS_KEY"])


@dataclass(frozen=True)
class Invocation:
    """What Lambda answered: the function's own answer, or how it failed."""

    payload: Any
    error: str | None = None  # Lambda's word, such as Unhandled; None is success


class CannotInvoke(RuntimeError):
    """The function was not run, or nobody knows: throttled, unreachable, or no answer in time."""


class Invoker:
    """Thread-safe."""

    def __init__(self, endpoint: str, *, connections: int, timeout_s: float) -> None:
        self._endpoint = endpoint
        self._timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s)
        self._pool = urllib3.PoolManager(maxsize=connections, block=False, retries=False)

    def invoke(self, function: str, event: Any) -> Invocation:
        """Run a function and wait for its answer.

        Raises:
            CannotInvoke: there is no answer of the function's.
        """
        for _ in range(ATTEMPTS):
            invocation = self._send(function, event)
            if not (invocation.error and str(invocation.payload.get("errorMessage")).startswith(_REPLACED)):
                return invocation
        raise CannotInvoke(f"{function}: its environment was replaced {ATTEMPTS} times")

    def _send(self, function: str, event: Any) -> Invocation:
        url = f"{self._endpoint}/2015-03-31/functions/{quote(function, safe='')}/invocations"
        request = AWSRequest("POST", url, data=json.dumps(event).encode(), headers={"Content-Type": "application/json"})
        SigV4Auth(ROOT, "lambda", REGION).add_auth(request)
        try:
            answer = self._pool.request(
                "POST", url, body=request.body, headers=dict(request.headers.items()), timeout=self._timeout
            )
        except urllib3.exceptions.HTTPError as failure:
            raise CannotInvoke(f"{function}: {failure}") from failure
        if answer.status != 200:
            raise CannotInvoke(f"{function}: {answer.status} {answer.data[:300]!r}")
        return Invocation(json.loads(answer.data or b"null"), answer.headers.get("X-Amz-Function-Error"))
