"""The rows that a run works on, and what became of each: kept beside it in parts of ROWS_IN_PART rows."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from storekeeper.kernel import clock
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.keys import Key, joined, padded
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put
from storekeeper.runs.items import run_pk
from storekeeper.runs.model import KEPT

ROWS_IN_PART = 250  # some 25 to 50 KB: an item holds 400, and each KB written has its price
MAX_DIGITS = 9
ENTITIES = (
    Entity(
        name="run_rows",
        pk="T#<tenant>#RUN#<run>",
        sk="ROWS#<part>",
        holds="A part of the rows that were sent for a run to work on.",
        found_by="The run and the part's number.",
        written_by="keep_rows, before the run itself is made",
    ),
    Entity(
        name="run_outcomes",
        pk="T#<tenant>#RUN#<run>",
        sk="OUTCOMES#<part>",
        holds="What became of each row of a part.",
        found_by="The run and the part's number; all of them, in order.",
        written_by="keep_outcomes, by each step of a run",
    ),
)

Row: TypeAlias = Mapping[str, Any]


def keep_rows(table: Table, run_id: str, rows: Sequence[Row], *, now: datetime) -> None:
    """Keep what a run shall work on. Before the run is made: a repeat keeps the same rows again, or finds them."""
    for part, start in enumerate(range(0, len(rows), ROWS_IN_PART)):
        keep_part(table, run_id, part, rows[start : start + ROWS_IN_PART], now=now)


def keep_part(table: Table, run_id: str, part: int, rows: Sequence[Row], *, now: datetime) -> None:
    """Keep one part of what a run works on, which may have been found by a step of its own."""
    _put_once(table, run_id, "ROWS", part, rows, now)


def read_rows(table: Table, run_id: str, part: int) -> Sequence[Row]:
    """A part of the rows; none after the last."""
    return _read(table, run_id, "ROWS", part)


def keep_outcomes(table: Table, run_id: str, part: int, outcomes: Sequence[Row], *, now: datetime) -> None:
    """Keep what became of a part. A step that is done again keeps what was told first."""
    _put_once(table, run_id, "OUTCOMES", part, outcomes, now)


def find_outcomes(table: Table, run_id: str, *, after: str | None, limit: int, outcome: str | None = None) -> Page[Row]:
    """A page of what became of the rows, in their order; `after` is the number of the last one seen.

    Raises:
        Invalid: `cursor_unreadable`.
    """
    number = _number(after) + 1 if after else 0
    found: list[Row] = []
    while True:
        rows = _read(table, run_id, "OUTCOMES", number // ROWS_IN_PART)
        for row in rows[number % ROWS_IN_PART :]:
            if outcome in {None, row.get("outcome")}:
                if len(found) == limit:
                    return Page(tuple(found), str(number - 1))
                found.append(row)
            number += 1
        if len(rows) < ROWS_IN_PART:
            return Page(tuple(found), None)


def _number(position: str) -> int:
    if not position.isascii() or not position.isdigit() or len(position) > MAX_DIGITS:
        raise Invalid.field("cursor", "cursor_unreadable", "Send next_cursor of the page before.")
    return int(position)


def _put_once(table: Table, run_id: str, name: str, part: int, rows: Sequence[Row], now: datetime) -> None:
    text = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    item = {"type": f"run_{name.lower()}", "schema": 1, "rows": text, "ttl": clock.to_epoch_s(now + KEPT)}
    try:
        table.write(Put(_key(table, run_id, name, part), item, only_if="attribute_not_exists(pk)"))
    except WriteRefused:
        return


def _read(table: Table, run_id: str, name: str, part: int) -> Sequence[Row]:
    item = table.get(_key(table, run_id, name, part))
    rows: Sequence[Row] = json.loads(item["rows"]) if item else ()
    return rows


def _key(table: Table, run_id: str, name: str, part: int) -> Key:
    return Key(run_pk(table.tenant_id, run_id), joined(name, padded(part)))
