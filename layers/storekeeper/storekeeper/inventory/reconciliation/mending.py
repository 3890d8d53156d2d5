"""What becomes of a difference: it is told, or mended in one transaction with telling so."""

from datetime import datetime
from enum import StrEnum

from storekeeper.inventory.levels.model import Cause, MovementType, SkuRef
from storekeeper.inventory.movements.use_cases import close_gaps
from storekeeper.inventory.reconciliation import items
from storekeeper.inventory.reconciliation.jumps import REFERENCE
from storekeeper.inventory.reconciliation.model import LOST_AFTER, Drift, DriftKind, can_be_mended
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Write
from storekeeper.runs import Run


class Outcome(StrEnum):
    """How it ended. What is told of is one of these."""

    FOUND = "found"
    MENDED = "mended"
    LEFT = "left_to_a_person"


def deal_with(run: Run, table: Table, drift: Drift, *, now: datetime) -> Outcome | None:
    """Mend a difference if the run was asked to, and it can be; None if the level has changed since it was found."""
    repair = {DriftKind(kind) for kind in run.asked["repair"]}
    if can_be_mended(drift, repair, now=now):
        return Outcome.MENDED if _mend(run, table, drift, now=now) else None
    outcome = Outcome.LEFT if drift.kind in repair else Outcome.FOUND
    write_unless_done(table, items.put_drift(table.tenant_id, run.id, drift, outcome=outcome, now=now))
    return outcome


def _mend(run: Run, table: Table, drift: Drift, *, now: datetime) -> bool:
    """Whether it is mended: only if the level is still as it was found."""
    told = items.put_drift(table.tenant_id, run.id, drift, outcome=Outcome.MENDED, now=now)
    if drift.kind is DriftKind.LEDGER:
        close_gaps(table, drift.sku, drift.location_id, drift.bucket, until=now - LOST_AFTER)
        write_unless_done(table, told)
        return True
    cause = Cause(MovementType.RECONCILIATION, REFERENCE, run.id, table.trace.actor, now, _reason(drift))
    return write_unless_done(table, told, items.mend_level(SkuRef(table.tenant_id, drift.sku), drift, cause=cause))


def _reason(drift: Drift) -> str:
    found = drift.found
    figures = (
        f"{found.on_hand} on hand",
        f"{found.reserved} reserved",
        f"{found.available} available",
        f"{found.incoming} incoming",
    )
    return f"Mended: found {', '.join(figures)}."


def write_unless_done(table: Table, *writes: Write) -> bool:
    """Whether it was written: a step may be done twice, and buyers do not wait."""
    try:
        table.write(*writes)
    except WriteRefused:
        return False
    return True
