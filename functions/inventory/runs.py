"""What the routes of long work share: a run is listed, shown, stopped and taken up again in one way."""

from collections.abc import Callable
from typing import Generic, TypeVar

from fastapi import Response
from msgspec import Struct
from pydantic import BaseModel

from storekeeper.edge.call import Call, tagged
from storekeeper.edge.lists import ListOut, ListParams, page_out
from storekeeper.edge.working import queue_run
from storekeeper.kernel.ids import new_id
from storekeeper.runs import Run, cancel_run, get_run, list_runs, resume_run

T = TypeVar("T", bound=BaseModel)


def run_id_of(call: Call) -> str:
    """The same for the same Idempotency-Key, so that a repeat after a crash goes on with what was begun."""
    return call.keyed.derived_id("run") if call.keyed else new_id("run", at=call.now)


class Runs(Struct, Generic[T], frozen=True):
    """The runs of one kind, each answered as `show` makes it."""

    kind: str
    show: Callable[[Run], T]

    def listed(self, params: ListParams, call: Call) -> ListOut[T]:
        """Those of the last 90 days, newest first."""
        page = list_runs(call.table, self.kind, after=params.after(), limit=params.limit)
        return page_out(page, params.scope, self.show)

    def started(self, run: Run, call: Call, response: Response) -> T:
        """A run that was written just now: a worker takes it up."""
        queue_run(call.tenant_id, run.id)
        return self.answered(run, response)

    def found(self, run_id: str, call: Call, response: Response) -> T:
        """How far it is.

        Raises:
            NotFound: there is none of this kind.
        """
        return self.answered(get_run(call.table, run_id, kind=self.kind), response)

    def cancelled(self, run_id: str, call: Call, response: Response) -> T:
        """Stopped after the step that is being done.

        Raises:
            NotFound: there is none of this kind.
            WrongState: it is over.
        """
        run = cancel_run(
            call.table,
            run_id,
            kind=self.kind,
            now=call.now,
            check_version=call.check_version,
            remember=call.remembering(self.show, status=200),
        )
        return self.answered(run, response)

    def resumed(self, run_id: str, call: Call, response: Response) -> T:
        """Taken up again where it failed.

        Raises:
            NotFound: there is none of this kind.
            WrongState: it has not failed.
        """
        run = resume_run(
            call.table,
            run_id,
            kind=self.kind,
            now=call.now,
            check_version=call.check_version,
            remember=call.remembering(self.show, status=200),
        )
        return self.started(run, call, response)

    def answered(self, run: Run, response: Response) -> T:
        """The run, tagged with its version."""
        return tagged(response, self.show(run), version=run.version)
