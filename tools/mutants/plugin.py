"""pytest plugin: writes down, as lines of JSON, which tests claim which guard and how each test ended.

Loaded with `-p tools.mutants.plugin` and told where to write by an environment variable, because the tests run in a
process of their own, against a copy of the package.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

REPORT = "STOREKEEPER_MUTANTS_REPORT"


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        for marker in item.iter_markers("guards"):
            clause = marker.kwargs.get("clause")
            _write({"claim": item.nodeid, "function": marker.args[0], "clause": clause})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    error = call.excinfo
    if report.when == "call" or report.failed:
        refuted = error is not None and error.errisinstance((AssertionError, pytest.fail.Exception))
        _write(
            {
                "ended": item.nodeid,
                "when": report.when,
                "outcome": report.outcome,
                "refuted": refuted,
                "error": error.exconly() if error else "",
            }
        )
    return report


def _write(line: dict[str, Any]) -> None:
    with Path(os.environ[REPORT]).open("a") as report:
        report.write(json.dumps(line) + "\n")
