"""State tables: one per aggregate says which status may follow which; one function moves."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from storekeeper.kernel.errors import StorekeeperError

S = TypeVar("S", bound=StrEnum)


class WrongState(StorekeeperError):
    """The thing is not in a state from which this can be done."""

    code, kind = "wrong_state", "conflict"


def move(current: S, to: S, transitions: Mapping[S, Collection[S]]) -> S:
    """`to`, if the table lets it follow `current`.

    Raises:
        WrongState: it does not.
    """
    if to not in transitions[current]:
        raise WrongState(f"What is {current.value} cannot become {to.value}.")
    return to
