"""Refusals: what the domain says when it will not do a thing.

A refusal is a class with a stable `code` (clients branch on it), a `kind` (the edge maps kinds to HTTP
statuses in one table) and one sentence for people. Facts travel as attributes.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from msgspec import Struct

Kind = Literal["invalid", "unauthenticated", "forbidden", "not_found", "conflict", "stale", "limited", "unavailable"]


class Fault(Struct, frozen=True):
    """One fault in what was sent: the field by its path, a stable code, one sentence.

    `facts` are further members of the error as clients see it (`sku`, `requested`, `available`, ...).
    """

    field: str
    code: str
    detail: str
    facts: tuple[tuple[str, int | str], ...] = ()


class StorekeeperError(Exception):
    """A refusal. Its text is one sentence that says what to do, never a payload or personal data.

    `faults` name the fields at fault; `retry_after_s` says when it is worth trying again.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = "conflict"
    retry_after_s: int | None = None

    def __init__(self, detail: str = "", *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)


class NotFound(StorekeeperError):
    """No such thing for this tenant. A foreign tenant's thing is exactly as absent as none."""

    code, kind = "not_found", "not_found"


class Invalid(StorekeeperError):
    """What was sent cannot be meant; `faults` say which fields and why."""

    code, kind = "invalid", "invalid"

    @classmethod
    def field(cls, field: str, code: str, detail: str) -> "Invalid":
        """One field at fault."""
        return cls(detail, faults=(Fault(field, code, detail),))


class StaleVersion(StorekeeperError):
    """`If-Match` named a version that is no longer the current one."""

    code, kind = "stale_version", "stale"


class Contended(StorekeeperError):
    """Others kept changing the same thing during all our own retries; nothing was written."""

    code, kind, retry_after_s = "contended", "conflict", 1


class Unavailable(StorekeeperError):
    """Something we depend on did not answer in time. Safe to send again."""

    code, kind, retry_after_s = "unavailable", "unavailable", 2
