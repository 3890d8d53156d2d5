"""Who is calling: the merchant with the secret key, or a browser with the publishable key."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from local.stripe.errors import ApiError, unauthorized

_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
_NEEDS_SECRET = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your "
    "API keys at https://dashboard.stripe.com/account/apikeys."
)


@dataclass(frozen=True)
class Keys:
    """The only two keys that open anything."""

    secret: str
    publishable: str

    def is_browser(self, sent: str, *, browser_allowed: bool) -> bool:
        """Whether the key is the publishable one.

        Raises:
            ApiError: 401; no key, a wrong one, or the publishable one where it opens nothing.
        """
        if not sent:
            raise unauthorized(_NO_KEY)
        if hmac.compare_digest(sent.encode(), self.secret.encode()):
            return False
        if not self.publishable or not hmac.compare_digest(sent.encode(), self.publishable.encode()):
            raise _wrong_key(sent)
        if not browser_allowed:
            raise unauthorized(_NEEDS_SECRET, code="secret_key_required")
        return True


def _wrong_key(sent: str) -> ApiError:
    shown = f"{sent[:8]}{'*' * max(len(sent) - 12, 4)}{sent[-4:]}" if len(sent) > 12 else "*" * len(sent)
    return unauthorized(f"Invalid API Key provided: {shown}")


def sent_key(authorization: str) -> str:
    """The key in an Authorization header: a bearer token or the user of basic authentication."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
