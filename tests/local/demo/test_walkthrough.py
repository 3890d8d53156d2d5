"""README's walk-through is run as it stands, and its answers are what the system says."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.demo.listen import events
from local.testing import RunningStack
from tests.docs.event_page import documented
from tests.local.demo.walkthrough import answers, differences, steps_of
from tools import REPOSITORY

TIMEOUT_S = 90.0


@pytest.mark.stack
def test_an_order_goes_through_the_system_as_the_readme_says(stack: RunningStack) -> None:
    steps = steps_of((REPOSITORY / "README.md").read_text())
    folder = stack.state.path.parent / "checkout"
    _like_a_checkout(folder, stack)

    with ThreadPoolExecutor(1) as beside:
        heard = beside.submit(_events_until, "order.delivered", stack)
        printed = answers(steps, folder=str(folder), timeout_s=TIMEOUT_S)

    shown = {step.commands: step.shown for step in steps if step.shown is not None}
    real = {
        step.commands: json.loads(text) for step, text in zip(steps, printed, strict=True) if step.commands in shown
    }
    assert len(shown) == 14
    assert [problem for commands in shown for problem in differences(shown[commands], real[commands])] == []
    assert [event for event in heard.result() if not documented()[event["type"]].allows(set(event["data"]))] == []


def _events_until(last: str, stack: RunningStack) -> list[dict[str, Any]]:
    heard = []
    for event in events(stack.description, for_s=TIMEOUT_S):
        heard.append(event)
        if event["type"] == last:
            return heard
    raise AssertionError(f"no {last} among {[event['type'] for event in heard]}")


def _like_a_checkout(folder: Any, stack: RunningStack) -> None:
    """A folder that looks like the checkout that the commands are meant for, with the test's stack in it."""
    folder.mkdir()
    (folder / ".local").symlink_to(stack.state.path)
    (folder / "local").symlink_to(REPOSITORY / "local")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)


@pytest.mark.parametrize(
    ("shown", "real", "problems"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, [], id="members_may_be_left_out"),
        pytest.param({"a": 1}, {"b": 2}, [".a is not there"], id="a_member_must_be_there"),
        pytest.param("ord_…", "ord_123", [], id="a_text_may_be_shortened"),
        pytest.param("ord_…", "prd_123", [" is 'prd_123', not 'ord_…'"], id="but_not_in_what_it_shows"),
        pytest.param([1, "…"], [1, 2, 3], [], id="a_list_may_go_on"),
        pytest.param([1], [1, 2], [" has 2 entries, not 1"], id="only_where_it_says_so"),
        pytest.param([{"a": "x"}], [{"a": "y"}], ["[0].a is 'y', not 'x'"], id="entries_are_compared"),
        pytest.param(1, True, [" is True, not 1"], id="a_number_is_no_boolean"),
    ],
)
def test_an_answer_is_compared_with_what_the_document_shows(shown: Any, real: Any, problems: list[str]) -> None:
    assert list(differences(shown, real)) == problems
