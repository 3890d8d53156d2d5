"""What is done with a serial that moves no level: set free what was reserved, take back, write off."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from storekeeper.inventory.tracking.model import Occasion
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import Serial, came_back, set_free, written_off
from storekeeper.inventory.tracking.serials.store import read_serial
from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.table import Table

_Decide: TypeAlias = Callable[[Serial, Occasion], Serial]


def release_serial(
    table: Table,
    serial_id: str,
    *,
    reason: str,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Serial] = forget,
) -> Serial:
    """Put a serial aside for nobody any more.

    Raises:
        SerialNotFound: there is none of this id.
        WrongState: it is not reserved.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """
    return _move(table, serial_id, set_free, reason=reason, now=now, expects=expects, remember=remember)


def take_serial_back(
    table: Table,
    serial_id: str,
    *,
    reason: str,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Serial] = forget,
) -> Serial:
    """Say that a sold unit has come back, and lies on no shelf yet.

    Raises:
        SerialNotFound: there is none of this id.
        WrongState: it is not sold.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """
    return _move(table, serial_id, came_back, reason=reason, now=now, expects=expects, remember=remember)


def write_serial_off(
    table: Table,
    serial_id: str,
    *,
    reason: str,
    now: datetime,
    expects: Callable[[int], None] = any_version,
    remember: Remember[Serial] = forget,
) -> Serial:
    """Say that a unit that came back will not be sold again.

    Raises:
        SerialNotFound: there is none of this id.
        WrongState: it has not come back.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """
    return _move(table, serial_id, written_off, reason=reason, now=now, expects=expects, remember=remember)


def _move(
    table: Table,
    serial_id: str,
    decide: _Decide,
    *,
    reason: str,
    now: datetime,
    expects: Callable[[int], None],
    remember: Remember[Serial],
) -> Serial:
    def attempt() -> Serial:
        before = read_serial(table, serial_id)
        expects(before.version)
        after = decide(before, Occasion("serial", before.id, table.trace.actor, now, reason))
        table.write(put_serial(table.tenant_id, after), *remember(after))
        return after

    return until_written(attempt)
