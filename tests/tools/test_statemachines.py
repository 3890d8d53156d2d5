"""State machine files are checked before the emulator, which accepts invalid ones, ever sees them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.statemachines import find_faults, main

SHIP = {
    "StartAt": "Ship",
    "States": {"Ship": {"Type": "Task", "Resource": "${ShipFunctionArn}", "End": True}},
}


def test_a_valid_machine_has_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _written(tmp_path, SHIP)

    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "1 state machines, 0 faults.\n"


@pytest.mark.parametrize(
    ("definition", "fault"),
    [
        pytest.param({**SHIP, "StartAt": "Pack"}, "Pack", id="it_starts_nowhere"),
        pytest.param({"States": SHIP["States"]}, "StartAt", id="it_has_no_start"),
        pytest.param(
            {"StartAt": "Ship", "States": {"Ship": {"Type": "Chore", "End": True}}},
            "Chore",
            id="an_unknown_kind_of_state",
        ),
    ],
)
def test_an_invalid_machine_is_told_what_is_wrong(definition: dict[str, Any], fault: str, tmp_path: Path) -> None:
    faults = find_faults(_written(tmp_path, definition))

    assert fault in "\n".join(faults)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "ship.asl.yaml"
    file.write_text("StartAt: [")

    assert main([str(file)]) == 1


def _written(folder: Path, definition: dict[str, Any]) -> Path:
    file = folder / "ship.asl.json"
    file.write_text(json.dumps(definition))
    return file
