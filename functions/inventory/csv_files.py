"""CSV files as answers: of bounded length, the next one begins where the `Link` header says."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from fastapi import Request, Response

from storekeeper.edge.lists import ListParams
from storekeeper.kernel.paging import to_cursor

MAX_CSV_ROWS = 5_000  # of one file; the next one begins where the `Link` header says
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute instead of showing


def csv_file(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    request: Request,
    params: ListParams,
    next_position: str | None,
) -> Response:
    """The file; its first line names the columns."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if next_position is not None:
        given = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
        cursor = to_cursor(next_position, scope=params.scope)
        headers["link"] = f'<{request.url.path}?{urlencode([*given, ("cursor", cursor)])}>; rel="next"'
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def harmless(value: object) -> object:
    """What a spreadsheet would compute begins with a `'`."""
    return f"'{value}" if str(value).startswith(_FORMULA) else value
