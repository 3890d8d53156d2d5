"""Clients: made at first use, with timeouts, and without retries of their own where the caller retries.

They are boto3's, so that tools which stand in for AWS inside the process (moto) see every call, unless
`DYNAMODB_CLIENT` is `direct`: then what functions need for each request is ours (`direct.py`, `dynamodb.py`), and boto3
is not even imported. The template says `direct`.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from storekeeper.kernel.aws.connections import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from storekeeper.kernel.aws.signing import RoleKeys

if TYPE_CHECKING:
    from botocore.config import Config

POOL = 16


def is_direct() -> bool:
    """Whether the environment asks for the clients of our own."""
    return os.environ.get("DYNAMODB_CLIENT") == "direct"


def config(*, attempts: int) -> "Config":
    """`attempts` 1 means that the SDK never sends twice."""
    from botocore.config import Config  # here, so that a start without the SDK is quick

    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=POOL,
        tcp_keepalive=True,
        parameter_validation=False,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if os.environ.get("AWS_ENDPOINT_URL") else "auto"},
    )


@cache
def client(service: str, *, attempts: int = 3) -> Any:
    """The function's own client of a service, one per environment."""
    from storekeeper.kernel.aws.direct import DIRECT  # it needs what is above

    if is_direct() and (ours := DIRECT.get(service)):
        return ours(own_credentials())
    import boto3

    return boto3.client(service, config=config(attempts=attempts))  # type: ignore[call-overload]


def own_credentials() -> Callable[[], Any]:
    """Gives the function's own `Credentials`, as they are at the moment of the call.

    Lambda gives an environment keys for as long as it lives, as settings. Where there are none (SnapStart, a machine of
    ours), boto3 knows where to look, and renews what it finds.

    Raises:
        NoCredentialsError: it has none.
    """
    given = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if given[0] and given[1]:
        keys = RoleKeys(given[0], given[1], os.environ.get("AWS_SESSION_TOKEN"))
        return lambda: keys
    import boto3
    from botocore.exceptions import NoCredentialsError

    if (found := boto3.Session().get_credentials()) is None:
        raise NoCredentialsError
    return found.get_frozen_credentials
