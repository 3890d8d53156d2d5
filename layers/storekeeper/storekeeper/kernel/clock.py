"""Time: read here and nowhere else in the domain, and handed down as `now`.

Instants are aware and in UTC. As text (items, API) they have a fixed width, so that text order is time order.
"""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant. Only edges (functions, jobs) call this."""
    return datetime.now(UTC)


def to_text(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-20T07:32:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The instant of an RFC 3339 text.

    Raises:
        ValueError: no RFC 3339 instant, or one without a time zone.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {text!r}")
    return at.astimezone(UTC)


def to_epoch_s(at: datetime) -> int:
    """Whole seconds since 1970: the form of the TTL attribute only."""
    return int(at.timestamp())
