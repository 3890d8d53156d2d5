"""What a deliberate bug is: one line of the real code made wrong."""

from dataclasses import dataclass

ANY = "attribute_exists(pk) OR attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class Bug:
    """`old`, which stands once in `module`, becomes `new`; it must be found `within` so many histories."""

    name: str
    module: str
    old: str
    new: str
    within: int


def unguarded(name: str, place: str, guard: str, *, within: int) -> Bug:
    """The condition of one write removed; `place` is the function that makes the write."""
    module, _, function = place.rpartition(".")
    return Bug(name, module, f"{function}>>>only_if={guard}", f'only_if="{ANY}"', within)
