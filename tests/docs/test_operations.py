"""docs/operations.md names every alarm, action, output and stage, and no other."""

import re
import tomllib

import pytest

from local.sam import load_template
from operations.app import ACTIONS
from tools import REPOSITORY

PAGE = (REPOSITORY / "docs" / "operations.md").read_text()


def first_cells(heading: str) -> set[str]:
    """The names in the first cells of the tables of a section."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_alarm_says_what_to_do() -> None:
    alarms = {name for name, one in load_template()["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"}

    assert first_cells("Alarms, and what to do") == alarms


def test_every_action_of_the_operator_is_described() -> None:
    assert first_cells("Tenants and keys") == set(ACTIONS)


def test_every_stage_is_described() -> None:
    sections = tomllib.loads((REPOSITORY / "samconfig.toml").read_text())

    assert first_cells("Deploy") == {
        name for name, section in sections.items() if isinstance(section, dict) and "deploy" in section
    }


@pytest.mark.parametrize("output", ["ApiUrl", "StripeSecretArn", "OperatorFunctionName"])
def test_outputs_that_commands_read_are_there(output: str) -> None:
    assert output in PAGE
    assert output in load_template()["Outputs"]
