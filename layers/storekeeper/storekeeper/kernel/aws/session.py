"""Clients: made at first use, with timeouts, and without retries of their own where the caller retries."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 3
POOL = 16


def config(*, attempts: int) -> Config:
    """`attempts` 1 means that the SDK never sends twice."""
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
    return boto3.client(service, config=config(attempts=attempts))  # type: ignore[call-overload]


def own_credentials() -> Callable[[], Any]:
    """Gives the function's own credentials, as they are at the moment of the call: they are renewed now and then.

    Raises:
        NoCredentialsError: it has none.
    """
    found = boto3.Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found.get_frozen_credentials
