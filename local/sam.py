"""Read `template.yaml`, select from it, and expand it as CloudFormation's SAM transform does. Plain data in and out."""

import copy
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from local.emulator import REGION
from local.processes import REPOSITORY

TEMPLATE = REPOSITORY / "template.yaml"
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

Template = dict[str, Any]


def load_template(path: Path = TEMPLATE) -> Template:
    """The template as it is written, its short intrinsics spelled out."""
    from samtranslator.yaml_helper import yaml_parse

    template: Template = yaml_parse(path.read_text())
    return template


def only_resources(template: Template, types: Collection[str]) -> Template:
    """The template's resources of these types alone; they may refer to nothing else."""
    chosen = {name: resource for name, resource in template["Resources"].items() if resource["Type"] in types}
    parts: Template = {part: template[part] for part in ("Parameters", "Conditions", "Mappings") if part in template}
    return {"Transform": LANGUAGE_EXTENSIONS, **parts, "Resources": chosen}


def expand(template: Template, parameters: Mapping[str, str]) -> Template:
    """The template in CloudFormation's own resource types."""
    from samtranslator.translator.transform import transform

    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator asks boto3 in which partition it is
    fragment = copy.deepcopy(template) | {"Transform": "AWS::Serverless-2016-10-31"}
    expanded: Template = transform(fragment, dict(parameters), _NoManagedPolicies())
    return expanded | {"Transform": LANGUAGE_EXTENSIONS}


def as_body(template: Template) -> str:
    """What CloudFormation takes."""
    return json.dumps(template, separators=(",", ":"))


class _NoManagedPolicies:
    """The template names managed policies by reference only, so the translator needs no list of AWS's own."""

    def load(self) -> dict[str, str]:
        return {}
