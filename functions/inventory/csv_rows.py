"""Adjustments from a CSV file, each row as it stands: what it means is judged in its turn."""

import csv
import io
import re

from pydantic import JsonValue

from storekeeper.kernel.errors import Invalid

REQUIRED = ("sku", "quantity")
COLUMNS = frozenset({"sku", "quantity", "type", "reason", "location_id"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def rows_from_csv(body: bytes, *, at_most: int) -> list[dict[str, JsonValue]]:
    """The rows of a file; empty lines and empty cells count as absent.

    Raises:
        Invalid: `csv_unreadable`, `column_missing`, `column_unknown`, `rows_missing`, `too_many_rows`.
    """
    lines = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    try:
        columns = [name.strip().lower() for name in next(lines, [])]
        _check_columns(columns)
        rows = [_row(columns, line) for line in lines if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise _refused("csv_unreadable", f"Line {lines.line_num}: {error}.") from error
    if not rows:
        raise _refused("rows_missing", "Send at least one row below the columns.")
    if len(rows) > at_most:
        raise _refused("too_many_rows", f"Send at most {at_most:,} rows; the file has {len(rows):,}.")
    return rows


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("csv_unreadable", "Send the file in UTF-8.") from error


def _check_columns(columns: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in columns]:
        raise _refused("column_missing", f"The first line must name the columns; {', '.join(missing)} is missing.")
    unknown = sorted(set(columns) - COLUMNS)
    if unknown or len(columns) != len(set(columns)):
        raise _refused("column_unknown", f"Use each of {', '.join(sorted(COLUMNS))} at most once.")


def _row(columns: list[str], cells: list[str]) -> dict[str, JsonValue]:
    given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    row: dict[str, JsonValue] = {**given}
    if _WHOLE.fullmatch(given.get("quantity", "")):
        row["quantity"] = int(given["quantity"])
    return row


def _refused(code: str, detail: str) -> Invalid:
    return Invalid.field("body", code, detail)
