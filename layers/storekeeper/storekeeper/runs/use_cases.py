"""What is done with runs: asked for, worked on, stopped, taken up again."""

from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, TypeAlias

from aws_lambda_powertools import Logger

from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.runs.items import change_run, put_run, run_from, run_key
from storekeeper.runs.model import Advance, Run, RunState, StepFailed

Step: TypeAlias = Callable[[Run, Table, datetime], Advance]
"""Does the part of a run that begins at its position. It may be done twice, and side by side with itself."""

logger = Logger(child=True)


def start_run(
    table: Table,
    run_id: str,
    kind: str,
    *,
    asked: Mapping[str, Any],
    now: datetime,
    total: int | None = None,
    remember: Remember[Run] = forget,
) -> Run:
    """Ask for long work; it is due at once. `asked` must hold nothing personal: lists show it.

    Raises:
        WriteRefused: there is a run of this id.
    """
    run = Run(
        id=run_id,
        kind=kind,
        state=RunState.WAITING,
        asked=asked,
        asked_by=table.trace.actor,
        asked_at=now,
        changed_at=now,
        due_at=now,
        total=total,
    )
    table.write(put_run(table.tenant_id, run), *remember(run))
    return run


def get_run(table: Table, run_id: str, *, kind: str | None = None) -> Run:
    """The run.

    Raises:
        NotFound: there is none of this id (and kind).
    """
    item = table.get(run_key(table.tenant_id, run_id))
    run = run_from(item) if item else None
    if run is None or kind not in (None, run.kind):
        raise NotFound("There is no such run.")
    return run


def work_on(
    table: Table,
    run_id: str,
    *,
    steps: Mapping[str, Step],
    now: Callable[[], datetime],
    is_nearly_over: Callable[[], bool],
) -> Run:
    """Do steps of a run until it is over or has to wait, or the time is over; the run as it then is.

    Nothing is done if another worker has it.

    What a step cannot do is noted and tried again later. Of two workers who both do a step, one moves the run on.

    Raises:
        NotFound: there is no such run.
    """
    run = get_run(table, run_id)
    if not run.is_open or (run.due_at and run.due_at > now()):
        return run
    try:
        run = _changed(table, run.claimed(now()))
        while run.state is RunState.RUNNING and not is_nearly_over():
            after = _stepped(table, run, steps, now)
            run = _changed(table, after)
            if after.failures:
                return run
        return _changed(table, run.released(now())) if run.state is RunState.RUNNING else run
    except WriteRefused:
        return get_run(table, run_id)  # it was stopped, or another worker moved it on


def _stepped(table: Table, run: Run, steps: Mapping[str, Step], now: Callable[[], datetime]) -> Run:
    try:
        return run.advanced(steps[run.kind](run, _for_whom(table, run), now()), now=now())
    except StepFailed as failed:
        return run.failed(failed.code, now=now(), is_final=True)
    except StorekeeperError as refused:
        return run.failed(refused.code, now=now(), is_final=False)
    except Exception:
        logger.exception("run.step_failed", extra={"run_id": run.id, "kind": run.kind, "tenant_id": table.tenant_id})
        return run.failed("internal", now=now(), is_final=False)


def _for_whom(table: Table, run: Run) -> Table:
    """The gateway with which what is written bears the name of whoever asked for it."""
    theirs = copy(table)
    theirs.trace = replace(table.trace, actor=run.asked_by)
    return theirs


def _changed(table: Table, run: Run) -> Run:
    table.write(change_run(table.tenant_id, run))
    return run


def cancel_run(
    table: Table,
    run_id: str,
    *,
    kind: str,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Run] = forget,
) -> Run:
    """Stop a run after the step that is being done; what was done stays.

    Raises:
        NotFound: there is none.
        WrongState: it is over.
        Contended: it was moved on each time.
    """
    return _change(table, run_id, kind, lambda run: run.cancelled(now), check_version, remember)


def resume_run(
    table: Table,
    run_id: str,
    *,
    kind: str,
    now: datetime,
    check_version: Callable[[int], None] = any_version,
    remember: Remember[Run] = forget,
) -> Run:
    """Take a run up again where it failed.

    Raises:
        NotFound: there is none.
        WrongState: it has not failed.
    """
    return _change(table, run_id, kind, lambda run: run.resumed(now), check_version, remember)


def _change(
    table: Table,
    run_id: str,
    kind: str,
    decide: Callable[[Run], Run],
    check_version: Callable[[int], None],
    remember: Remember[Run],
) -> Run:
    def attempt() -> Run:
        run = get_run(table, run_id, kind=kind)
        check_version(run.version)
        after = decide(run)
        table.write(change_run(table.tenant_id, after), *remember(after))
        return after

    return until_written(attempt)
