"""What Lambda would see of a function: its code and its layers, laid out for this machine, with byte code.

The development environment has far more, and packages import what they find. Beside the layers lies AWS's runtime
client, which Lambda brings itself.
"""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from local.sam import load_template
from tools.packaging.contents import IMPORT_ROOT, lay_out_functions, lay_out_layer
from tools.packaging.wheels import HOST

RUNTIME = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")  # the client, and what it needs
INTERPRETER = (sys.executable, "-S", "-B")  # without the development environment; what is not compiled stays so


@contextmanager
def laid_out(function: str) -> Iterator[str]:
    """The import path of a function, as long as the block lasts."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lay_out_functions(folder / "functions", target=HOST)
        for layer in _layers_of(function):
            lay_out_layer(layer, folder / "opt", target=HOST)  # one over the other, as Lambda unpacks them
        _bring_runtime(folder / "runtime")
        yield ":".join(str(folder / part) for part in ("functions", f"opt/{IMPORT_ROOT}", "runtime"))


def _layers_of(function: str) -> list[str]:
    template = load_template()
    resources = template["Resources"].values()
    own = next(one for one in resources if one.get("Properties", {}).get("Handler") == f"{function}.app.handler")
    named = [*template["Globals"]["Function"]["Layers"], *own["Properties"].get("Layers", ())]
    layers = (template["Resources"][one["Ref"]]["Properties"]["ContentUri"] for one in named)
    return [Path(layer).name for layer in layers]


def _bring_runtime(into: Path) -> None:
    into.mkdir()
    for module in RUNTIME:
        found = importlib.util.find_spec(module)
        if found is None or found.origin is None:
            raise RuntimeError(f"{module} is not installed")
        place = Path(found.origin)
        if place.name == "__init__.py":
            shutil.copytree(place.parent, into / place.parent.name)
        else:
            shutil.copy(place, into)
