"""The rows that a run works on, and what became of each: kept beside it in parts of ROWS_IN_PART rows.

A part is one item; where it is too long for that, as many pieces as it takes, written together.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from storekeeper.kernel import clock
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import Fault, Invalid
from storekeeper.kernel.keys import Key, joined, padded
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Put
from storekeeper.runs.items import run_pk
from storekeeper.runs.model import KEPT

ROWS_IN_PART = 250  # usually some 25 to 50 KB; each KB written has its price
MAX_ROW_BYTES = 4_096  # as JSON: a part of such rows fits into one transaction, which takes 4 MB
PIECE_BYTES = 350_000  # an item takes 400 KB
MAX_DIGITS = 9
MAX_FAULTS = 100
ENTITIES = (
    Entity(
        name="run_rows",
        pk="T#<tenant>#RUN#<run>",
        sk="ROWS#<part>#<piece>",
        holds="A part of the rows that were sent for a run to work on.",
        found_by="The run and the part's number.",
        written_by="keep_rows, before the run itself is made",
    ),
    Entity(
        name="run_outcomes",
        pk="T#<tenant>#RUN#<run>",
        sk="OUTCOMES#<part>#<piece>",
        holds="What became of each row of a part.",
        found_by="The run and the part's number; all of them, in order.",
        written_by="keep_outcomes, by each step of a run",
    ),
)

Row: TypeAlias = Mapping[str, Any]


def check_rows(rows: Sequence[Row], *, prefix: str) -> None:
    """Whether each row that was sent can be kept. `prefix` names the list in the faults.

    Raises:
        Invalid: names the first rows that are too long, or that no JSON text can hold.
    """
    faults = (Fault(f"{prefix}{place}", *fault) for place, row in enumerate(rows) if (fault := _fault(row)))
    if named := list(islice(faults, MAX_FAULTS)):
        raise Invalid("Some rows cannot be taken; see errors.", faults=named)


def _fault(row: Row) -> tuple[str, str] | None:
    try:
        size = len(_as_json(row).encode())
    except ValueError:  # half of a surrogate pair, or a number that is none
        return "row_unreadable", "Send Unicode text and finite numbers."
    if size > MAX_ROW_BYTES:
        return "row_too_long", f"The row takes {size:,} bytes as JSON; send at most {MAX_ROW_BYTES:,}."
    return None


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
    kind = {"type": f"run_{name.lower()}", "schema": 1, "ttl": clock.to_epoch_s(now + KEPT)}
    pk, pieces = run_pk(table.tenant_id, run_id), enumerate(_pieces(rows))
    keyed = ((Key(pk, joined(name, padded(part), padded(piece))), text) for piece, text in pieces)
    try:
        table.write(*(Put(key, {**kind, "rows": text}, only_if="attribute_not_exists(pk)") for key, text in keyed))
    except WriteRefused:
        return


def _pieces(rows: Sequence[Row]) -> Iterator[str]:
    """JSON of them in lists that each fit into an item; one list at least."""
    piece, size = list[str](), 0
    for row in rows:
        text = _as_json(row)
        size += len(text.encode()) + 1
        if piece and size > PIECE_BYTES:
            yield f"[{','.join(piece)}]"
            piece, size = [], len(text.encode())
        piece.append(text)
    yield f"[{','.join(piece)}]"


def _as_json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _read(table: Table, run_id: str, name: str, part: int) -> Sequence[Row]:
    pieces = table.query(run_pk(table.tenant_id, run_id), prefix=joined(name, padded(part), ""), consistent=True)
    return [row for piece in pieces for row in json.loads(piece["rows"])]
