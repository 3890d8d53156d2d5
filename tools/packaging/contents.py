"""Lay out the folders that become archives: function code, the domain package, unpacked wheels."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tools import REPOSITORY
from tools.packaging.bytecode import compile_sources
from tools.packaging.pins import DEPENDENCY_LAYERS, layer_pins
from tools.packaging.wheels import Target, fetch

# Lambda puts /opt/python of every layer on the import path.
IMPORT_ROOT = "python"

DOMAIN_LAYER = "storekeeper"

# botocore describes some 400 services in 25 MB; these are the ones that the domain speaks with. A test compares
# them with the clients that the code makes.
AWS_SERVICES = frozenset({"dynamodb", "events", "kms", "s3", "secretsmanager", "sqs", "sts"})

_NEVER_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "Makefile", ".*")


def lay_out_functions(into: Path, *, target: Target) -> None:
    """All functions as one folder: each is a package in it and names its own handler."""
    shutil.copytree(REPOSITORY / "functions", into, ignore=_NEVER_SHIPPED, dirs_exist_ok=True)
    compile_sources(into, mounted_at="/var/task", target=target)


def lay_out_layer(layer: str, into: Path, *, target: Target) -> None:
    """One layer: the domain package, or the wheels of a group of dependencies.

    Raises:
        ValueError: there is no such layer.
    """
    root = into / IMPORT_ROOT
    if layer == DOMAIN_LAYER:
        package = REPOSITORY / "layers" / DOMAIN_LAYER / DOMAIN_LAYER
        shutil.copytree(package, root / DOMAIN_LAYER, ignore=_NEVER_SHIPPED)
    elif layer in DEPENDENCY_LAYERS:
        unpack(fetch(layer_pins(layer), target), root)
        _prune_service_descriptions(root / "botocore" / "data")
    else:
        raise ValueError(f"no such layer: {layer}; there are {', '.join((DOMAIN_LAYER, *DEPENDENCY_LAYERS))}")
    compile_sources(into, mounted_at="/opt", target=target)


def unpack(wheels: Iterable[Path], root: Path) -> None:
    """What installing these wheels would put into `site-packages`; console scripts and headers are left out."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                place = _installed_at(PurePosixPath(member.filename))
                if place is None or member.is_dir():
                    continue
                file = root / place
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(archive.read(member))


def _installed_at(member: PurePosixPath) -> PurePosixPath | None:
    """A wheel keeps what does not belong beside its packages in `NAME.data/KIND/`."""
    if not member.parts[0].endswith(".data"):
        return member
    if member.parts[1] in {"purelib", "platlib"}:
        return PurePosixPath(*member.parts[2:])
    return None


def _prune_service_descriptions(described: Path) -> None:
    """Files beside the services' folders are shared by all services and stay."""
    if not described.is_dir():
        return
    for service in described.iterdir():
        if service.is_dir() and service.name not in AWS_SERVICES:
            shutil.rmtree(service)
