"""What a merge patch (RFC 7396) makes of a map whose members are texts."""

from collections.abc import Mapping
from typing import TypeAlias

from storekeeper.kernel.errors import Invalid

MapPatch: TypeAlias = Mapping[str, str | None]
"""Members to set, and, where null, to take away."""


def merged(present: Mapping[str, str], patch: MapPatch | None, *, field: str, most: int) -> dict[str, str]:
    """The map after a patch; a patch that is null takes every member away.

    Raises:
        Invalid: `too_many_members`: over `most` are left. Each patch may have been small: it is what they come to
            that is stored.
    """
    left = {name: text for name, text in {**present, **patch}.items() if text is not None} if patch is not None else {}
    if len(left) > most:
        raise Invalid.field(field, "too_many_members", f"It has at most {most} members; take some away first.")
    return left
