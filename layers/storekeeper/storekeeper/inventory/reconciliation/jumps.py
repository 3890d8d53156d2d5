"""What was written into a level by other means than this software, as its ledger shows it behind later changes. Pure.

A row begins where the one before has ended. Where it does not, somebody wrote in between: the figures have jumped.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.levels.model import Level, MovementType
from storekeeper.inventory.movements.model import Movement

REFERENCE = "reconciliation"  # what a repair's movement refers to is a run of this kind
_TAKES_OFF = frozenset({REFERENCE, "adjustment"})  # who has counted says that the jump was none of what lies there


class Jump(Struct, frozen=True):
    """Units that nothing accounts for. `since`: the first came after this instant."""

    on_hand: int = 0
    reserved: int = 0
    since: datetime | None = None

    def further(self, row: Movement, known: Level, *, after: datetime) -> "Jump":
        """With what was written between two rows: `known` is where the one before has ended, `after` when it was."""
        on_hand = self.on_hand + row.on_hand_before - known.on_hand
        reserved = self.reserved + row.reserved_before - known.reserved
        return Jump(on_hand, reserved, self.since or after) if on_hand or reserved else NONE

    def is_taken_off_by(self, row: Movement) -> bool:
        """Whether a repair, or a merchant's own count, has changed the level by exactly as much the other way."""
        changed = (row.on_hand_after - row.on_hand_before, row.reserved_after - row.reserved_before)
        return row.reference_type in _TAKES_OFF and changed == (-self.on_hand, -self.reserved)


NONE = Jump()


def jump_in(checked: Level, rows: Sequence[Movement], *, checked_at: datetime | None) -> Jump:
    """What the rows do not account for, from a level that was right at `checked_at` (None: nobody knows when).

    Across a gap nothing can be told: the change that was lost may have been the jump, or its repair.
    """
    known, ended, jump = checked, checked_at, NONE
    for row in rows:
        if row.first_version > known.version + 1 or _stands_for_lost_rows(row):
            jump = NONE
        else:
            jump = jump.further(row, known, after=ended or row.occurred_at)
        if jump.is_taken_off_by(row):
            jump = NONE
        known, ended = row.level, row.occurred_at
    return jump


def _stands_for_lost_rows(row: Movement) -> bool:
    return row.type == MovementType.RECONCILIATION and row.reference_type != REFERENCE
