"""What an action is: the form of its order, and who carries it out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from storekeeper.edge.fields import InModel
from storekeeper.kernel.trace import Trace

D = TypeVar("D", bound=InModel)
D_contra = TypeVar("D_contra", bound=InModel, contravariant=True)


class Run(Protocol[D_contra]):
    """Carries out an order and answers with what the operator should know."""

    def __call__(self, details: D_contra, /, *, trace: Trace, now: datetime) -> dict[str, Any]: ...


class Action(Struct, Generic[D], frozen=True):
    """`details` is the order without its `action`."""

    details: type[D]
    run: Run[D]


Actions: TypeAlias = Mapping[str, Action[Any]]
"""By name; each module of this package that carries something out has its own as `ACTIONS`."""
