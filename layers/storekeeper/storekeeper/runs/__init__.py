"""Runs: long work for one tenant, done in steps; it shows how far it is, may be stopped, and goes on where it ended.

- run: what was asked, how far it is, what it has counted
- kind: what a run does; a context that has long work gives each kind its step
- step: does the next part from a position, and says where the one after begins; may be done twice
- rows: what was sent for a run to work on, and what became of each; kept beside it in parts
- claim: a worker has a run to itself until an instant, which moves on with every step
"""

from storekeeper.runs.items import DUE_KIND, run_from_key
from storekeeper.runs.lists import list_runs
from storekeeper.runs.model import KEPT, Advance, Run, RunState, StepFailed
from storekeeper.runs.rows import (
    ROWS_IN_PART,
    check_rows,
    find_outcomes,
    keep_outcomes,
    keep_part,
    keep_rows,
    read_rows,
)
from storekeeper.runs.use_cases import Step, cancel_run, get_run, resume_run, start_run, work_on

__all__ = [
    "DUE_KIND",
    "KEPT",
    "ROWS_IN_PART",
    "Advance",
    "Run",
    "RunState",
    "Step",
    "StepFailed",
    "cancel_run",
    "check_rows",
    "find_outcomes",
    "get_run",
    "keep_outcomes",
    "keep_part",
    "keep_rows",
    "list_runs",
    "read_rows",
    "resume_run",
    "run_from_key",
    "start_run",
    "work_on",
]
