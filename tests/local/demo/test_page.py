"""The file of a digital good is a PDF that readers open: its table says where each object begins."""

import re

from local.demo.page import write_page


def test_the_table_of_a_page_leads_to_its_objects() -> None:
    document = write_page("Knots (all forty)", r"Over \ under.")

    start = int(document.rpartition(b"startxref\n")[2].split()[0])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", document[start:])]
    assert document[start:].startswith(b"xref\n0 6\n")
    assert [document[place:].split(b"\n", 1)[0] for place in places] == [b"%d 0 obj" % n for n in range(1, 6)]
    assert rb"(Knots \(all forty\))" in document
    assert rb"(Over \\ under.)" in document
