"""Movements as CSV: whatever a SKU or a reason says, a reader gets it back, and no spreadsheet computes it."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from inventory.csv_files import harmless
from tests.fuzz.examples import tried

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", '"', "a,b", "a\r\nb", "'", "=1;2"]
)


@given(texts)
@tried(200)
def test_what_people_typed_is_shown_and_never_computed(text: str) -> None:
    shown = str(harmless(text))

    assert not shown.startswith(COMPUTED)
    assert shown.removeprefix("'") == text or shown == text


@given(st.lists(texts, min_size=1, max_size=6))
@tried(200)
def test_a_line_is_read_as_it_was_written(cells: list[str]) -> None:
    file = io.StringIO()
    csv.writer(file).writerow(shown := [str(harmless(cell)) for cell in cells])

    assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [shown]
