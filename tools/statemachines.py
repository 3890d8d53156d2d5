"""Validate Amazon States Language files: `python -m tools.statemachines FILE...`.

CloudFormation's linter checks definitions only where they stand in a template, so each file is shown to it as the
one resource of a template of its own.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from cfnlint.api import lint

SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def find_faults(file: Path) -> list[str]:
    """A sentence for each fault of the definition, with the part of it that is wrong."""
    try:
        definition = yaml.safe_load(file.read_text())
    except yaml.YAMLError as unreadable:
        return [f"{file}: {unreadable}"]
    return [f"{file}: {match}" for match in lint(json.dumps(_template_with(definition)))]


def _template_with(definition: dict[str, Any]) -> dict[str, Any]:
    """SAM fills in the `${Names}` of a definition, and so any text stands for them here."""
    text = json.dumps(definition)
    properties = {
        "RoleArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/any"},
        "Definition": definition,
        "DefinitionSubstitutions": dict.fromkeys(SUBSTITUTION.findall(text), "any"),
    }
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": machine}}


def main(files: Sequence[str]) -> int:
    faults = [fault for name in files for fault in find_faults(Path(name))]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(files)} state machines, {len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
