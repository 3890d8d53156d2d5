"""docs/proof.md against the tests: what it names as proof is there."""

import re

from tools import REPOSITORY

PAGE = REPOSITORY / "docs" / "proof.md"
NAMED = re.compile(r"`(test_\w+)`")
ROW = re.compile(r"^\| (\d+) \| .* \| (.*) \| .* \|$", re.MULTILINE)


def test_every_test_that_is_named_as_proof_exists() -> None:
    written = {
        name
        for file in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    }

    assert set(NAMED.findall(PAGE.read_text())) - written == set()


def test_every_pain_has_a_case_or_says_that_it_has_none() -> None:
    rows = ROW.findall(PAGE.read_text())

    assert len(rows) == len({number for number, _ in rows})
    assert [number for number, cases in rows if not NAMED.search(cases) and not cases.startswith("none")] == []
