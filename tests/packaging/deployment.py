"""What template.yaml deploys: functions with their layers and settings, and the archives that both are made of."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.sam import load_template
from tools import REPOSITORY
from tools.packaging.archives import write_archive
from tools.packaging.contents import DOMAIN_LAYER, lay_out_functions, lay_out_layer
from tools.packaging.pins import DEPENDENCY_LAYERS
from tools.packaging.wheels import Target

LAYERS = (DOMAIN_LAYER, *DEPENDENCY_LAYERS)
FUNCTIONS = "functions"

HAS_FUNCTIONS = any((REPOSITORY / "functions").glob("*/app.py"))


@dataclass(frozen=True)
class Function:
    """One function of the template: its handler, the layers it carries, the names of its settings."""

    name: str
    handler: str
    layers: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def package(self) -> str:
        return self.handler.split(".", maxsplit=1)[0]


@dataclass(frozen=True)
class Archives:
    """A zip for the functions and one for each layer, by name."""

    zips: dict[str, Path]

    def unpack(self, into: Path) -> dict[str, Path]:
        for name, archive in self.zips.items():
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(into / name)
        return {name: into / name for name in self.zips}


def build_archives(into: Path, *, target: Target) -> Archives:
    """Lay out and zip everything, with the code that `sam build` runs."""
    for layer in LAYERS:
        lay_out_layer(layer, into / layer, target=target)
    if HAS_FUNCTIONS:
        lay_out_functions(into / FUNCTIONS, target=target)
    zips = {}
    for name in (*LAYERS, *((FUNCTIONS,) if HAS_FUNCTIONS else ())):
        zips[name] = into / f"{name}.zip"
        write_archive(into / name, zips[name])
    return Archives(zips)


def template_functions() -> list[Function]:
    """Every function of the template, what Globals give it included."""
    template = load_template()
    shared = template["Globals"]["Function"]
    return [
        _read_function(name, resource["Properties"], shared, template["Resources"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def template_layers() -> dict[str, str]:
    """Logical ids of the layers, with the folder under layers/ that each is made from."""
    return {
        name: Path(resource["Properties"]["ContentUri"]).name
        for name, resource in load_template()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }


def _read_function(
    name: str, own: dict[str, Any], shared: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> Function:
    layers = [*shared.get("Layers", ()), *own.get("Layers", ())]
    settings = {**_variables(shared), **_variables(own)}
    return Function(
        name=name,
        handler=own["Handler"],
        layers=tuple(Path(resources[layer["Ref"]]["Properties"]["ContentUri"]).name for layer in layers),
        settings=tuple(sorted(settings)),
    )


def _variables(properties: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = properties.get("Environment", {}).get("Variables", {})
    return variables
