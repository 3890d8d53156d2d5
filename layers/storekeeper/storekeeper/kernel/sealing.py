"""Personal data at rest: sealed under the tenant's own data key, found again by a keyed hash.

AES-256-GCM with the tenant and the purpose as associated data, so that a sealed text copied to another tenant or
another field does not open. E-mail addresses are looked up by HMAC-SHA256 (`blind`).
"""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storekeeper.kernel.ids import TenantId

NONCE_BYTES = 12
_FORMAT = "1."


class Sealer:
    """Seals and opens one tenant's personal data; made from the tenant's unwrapped data key (32 bytes)."""

    def __init__(self, tenant_id: TenantId, data_key: bytes) -> None:
        self._tenant_id = tenant_id
        self._aead = AESGCM(data_key)
        self._hash_key = hmac.digest(data_key, b"storekeeper blind index", "sha256")

    def seal(self, plain: Any, *, purpose: str) -> str:
        """Any JSON value as a text that only this tenant's key opens, for this purpose only."""
        nonce = os.urandom(NONCE_BYTES)
        secret = self._aead.encrypt(nonce, json.dumps(plain, separators=(",", ":")).encode(), self._context(purpose))
        return _FORMAT + base64.b64encode(nonce + secret).decode()

    def open(self, sealed: str, *, purpose: str) -> Any:
        """What was sealed.

        Raises:
            ValueError: not in the known format.
            cryptography.exceptions.InvalidTag: another tenant's, another purpose's, or tampered with.
        """
        if not sealed.startswith(_FORMAT):
            raise ValueError("a sealed text of an unknown format")
        raw = base64.b64decode(sealed[len(_FORMAT) :])
        return json.loads(self._aead.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._context(purpose)))

    def blind(self, text: str) -> str:
        """A keyed hash by which an e-mail address is found: the same for any case and outer white space."""
        return hmac.new(self._hash_key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()[:40]

    def _context(self, purpose: str) -> bytes:
        return f"{self._tenant_id}\x1f{purpose}".encode()
