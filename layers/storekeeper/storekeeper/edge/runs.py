"""Long work as the API shows it: how far it is, and what it has counted."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from storekeeper.edge.fields import InstantOut
from storekeeper.kernel import clock
from storekeeper.runs import Run

RunStatus: TypeAlias = Literal["waiting", "running", "done", "failed", "cancelled"]


class RunOut(BaseModel):
    """Long work: ask for it again until `status` is `done`, `failed` or `cancelled`.

    `counts` add up to `total` when it is done, where `total` is known. `problem`: why its last step did not succeed; it
    is tried again by itself until the status is `failed`, and then `resume` goes on where it stopped.
    """

    id: Annotated[str, Field(examples=["run_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    status: Annotated[RunStatus, Field(examples=["running"])]
    total: Annotated[int | None, Field(examples=[10000])]
    counts: Annotated[dict[str, int], Field(examples=[{"applied": 7480, "refused": 20}])]
    problem: Annotated[str | None, Field(examples=[None])]
    asked_at: InstantOut
    asked_by: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    updated_at: InstantOut
    version: Annotated[int, Field(examples=[31])]

    @classmethod
    def of(cls, run: Run) -> "RunOut":
        """The run as it is answered."""
        return cls(
            id=run.id,
            status=run.state.value,
            total=run.total,
            counts=dict(run.figures),
            problem=run.problem,
            asked_at=clock.to_text(run.asked_at),
            asked_by=run.asked_by,
            updated_at=clock.to_text(run.changed_at),
            version=run.version,
        )
