"""Ids: `prefix_` and a ULID, so that they are opaque and sort by creation.

An id for a command that may be repeated is derived from the command (`derived_id`), so that the repeat names
the same thing.
"""

import hashlib
import os
from datetime import datetime
from typing import NewType

from ulid import ULID

TenantId = NewType("TenantId", str)
StoreId = NewType("StoreId", str)
LocationId = NewType("LocationId", str)
ProductId = NewType("ProductId", str)
ListingId = NewType("ListingId", str)
CategoryId = NewType("CategoryId", str)
CollectionId = NewType("CollectionId", str)
CartId = NewType("CartId", str)
HoldId = NewType("HoldId", str)
OrderId = NewType("OrderId", str)

ULID_LENGTH = 26
TIME_BYTES = 6
RANDOM_BYTES = 10
_ULID_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def new_id(prefix: str, *, at: datetime) -> str:
    """A fresh id: the time it was made, and 80 random bits, so that no id tells another of the same instant.

    (The package's own generator counts up within a millisecond: a cart's items would have told the cart's id.)
    """
    return f"{prefix}_{ULID.from_bytes(_time_bytes(at) + os.urandom(RANDOM_BYTES))}"


def derived_id(prefix: str, *parts: str, at: datetime) -> str:
    """The id that these parts always give, placed in the order of ids at `at`.

    `at` must be a fact that the repeat sees too (when the cart was made), never the present time. The parts
    cannot be read back from the id.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{ULID.from_bytes(_time_bytes(at) + digest[:RANDOM_BYTES])}"


def _time_bytes(at: datetime) -> bytes:
    return (int(at.timestamp() * 1000)).to_bytes(TIME_BYTES, "big")


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the form of an id with this prefix; says nothing of whether the thing exists."""
    head, _, body = text.rpartition("_")
    return head == prefix and len(body) == ULID_LENGTH and _ULID_ALPHABET.issuperset(body)
