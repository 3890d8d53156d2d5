"""Read `template.yaml` and select from it, as plain data."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.processes import REPOSITORY

TEMPLATE = REPOSITORY / "template.yaml"

Template = dict[str, Any]


def load_template(path: Path = TEMPLATE) -> Template:
    """The template as it is written, its short intrinsics spelled out."""
    template: Template = yaml_parse(path.read_text())  # type: ignore[no-untyped-call]
    return template


def only_resources(template: Template, types: Collection[str]) -> Template:
    """The template's resources of these types alone; they may refer to nothing else."""
    chosen = {name: resource for name, resource in template["Resources"].items() if resource["Type"] in types}
    kept = {part: template[part] for part in ("Parameters", "Conditions", "Mappings") if part in template}
    return {"Transform": "AWS::LanguageExtensions", **kept, "Resources": chosen}


def as_body(template: Template) -> str:
    """What CloudFormation takes."""
    return json.dumps(template, separators=(",", ":"))
