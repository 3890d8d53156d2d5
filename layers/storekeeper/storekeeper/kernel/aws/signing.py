"""AWS Signature, version 4, of requests that post a JSON body to `/`: all that DynamoDB's protocol needs."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(Protocol):
    """Keys as botocore hands them out. `token` is there for those that end (a role's)."""

    @property
    def access_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def token(self) -> str | None: ...


class RoleKeys(Struct, frozen=True):
    """Credentials of an assumed role."""

    access_key: str
    secret_key: str
    token: str | None


def signed(
    headers: Mapping[str, str], body: bytes, *, credentials: Credentials, region: str, service: str, now: datetime
) -> dict[str, str]:
    """`headers`, in lower case and `host` among them, with those that prove who sends this body, and when."""
    at = now.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "x-amz-date": at}
    if credentials.token:
        sent["x-amz-security-token"] = credentials.token
    names = sorted(sent)
    listed = ";".join(names)
    lines = "".join(f"{name}:{sent[name]}\n" for name in names)
    request = f"POST\n/\n\n{lines}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    text = f"{_ALGORITHM}\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_key, at[:8], region, service)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    proof = f"Credential={credentials.access_key}/{scope}, SignedHeaders={listed}, Signature={signature}"
    return {**sent, "authorization": f"{_ALGORITHM} {proof}"}


@lru_cache(maxsize=256)
def _signing_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
