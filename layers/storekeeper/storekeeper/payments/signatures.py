"""Stripe's webhook signature, checked over the raw body: `t=<unix>,v1=<hex>[,v1=<hex>]...`

v1 is HMAC-SHA256 of `<t>.<body>` under the endpoint's secret. While a secret is being replaced several are active, and
the header may hold several values: any match counts. Checked here and not by Stripe's package, which takes longer to
import than a webhook may take to answer; the tests hold this against that.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from storekeeper.kernel.errors import StorekeeperError

TOLERANCE_S = 300
MAX_HEADER_LENGTH = 4096


class SignatureRefused(StorekeeperError):
    """The body was not signed with any of our secrets, or too long ago."""

    code, kind = "signature_invalid", "unauthenticated"

    def __init__(self) -> None:
        super().__init__("The signature does not match the body, or is too old.")


def check_signature(body: bytes, header: str | None, *, secrets: Iterable[str], now: datetime) -> None:
    """Refuse a body that was not signed with one of `secrets` within the last `TOLERANCE_S`.

    Raises:
        SignatureRefused: so it is.
    """
    signed_at, signatures = _read(header or "")
    if signed_at is None or int(now.timestamp()) - int(signed_at) > TOLERANCE_S:
        raise SignatureRefused
    signed = f"{signed_at}.".encode() + body  # the time as it was sent: another way to write it was not signed
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets if secret.strip()]
    # Every pair is compared, so that the time taken does not say which of them came close.
    matches = [hmac.compare_digest(one, given) for one in expected for given in signatures]
    if not any(matches):
        raise SignatureRefused


def _read(header: str) -> tuple[str | None, list[str]]:
    if len(header) > MAX_HEADER_LENGTH or not header.isascii():
        return None, []
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t" and value.isdigit()]
    return (times[0] if times else None), [value for name, _, value in parts if name == "v1"]
