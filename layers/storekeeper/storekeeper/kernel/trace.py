"""Who changes a thing, and under which request: written on every item, so that the audit log can be derived."""

from typing import NewType

from msgspec import Struct

Actor = NewType("Actor", str)

SHOPPER = Actor("shopper")
OPERATOR = Actor("operator")


def key_actor(key_id: str) -> Actor:
    """An API key acting."""
    return Actor(f"key:{key_id}")


def system_actor(name: str) -> Actor:
    """One of our own jobs acting."""
    return Actor(f"system:{name}")


class Trace(Struct, frozen=True):
    """Stamped on every write."""

    actor: Actor
    request_id: str
