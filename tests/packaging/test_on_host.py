"""Every handler is imported from its archives and nothing else, so a package that no layer holds is noticed here.

Locally functions run from the project's environment, which has everything; only this shows what a layer forgot.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.deployment import FUNCTIONS, HAS_FUNCTIONS, Function, template_functions
from tools.packaging.contents import IMPORT_ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

IMPORT_TIMEOUT_S = 60

# Run with -I -S: no environment variable and no site-packages adds to the path, as the second line proves.
IMPORT_HANDLER = """
import importlib, sys
assert not any("-packages" in folder for folder in sys.path), sys.path
handler, roots = sys.argv[1], sys.argv[2:]
sys.path[:0] = roots
module, name = handler.rsplit(".", 1)
assert callable(getattr(importlib.import_module(module), name))
print("imported", handler)
"""


@pytest.mark.parametrize("function", template_functions() if HAS_FUNCTIONS else [], ids=lambda function: function.name)
def test_a_handler_needs_nothing_but_its_archives(function: Function, unpacked: dict[str, Path]) -> None:
    roots = [unpacked[FUNCTIONS], *(unpacked[layer] / IMPORT_ROOT for layer in function.layers)]

    imported = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORT_HANDLER, function.handler, *map(str, roots)],
        env=_settings(function),
        cwd=unpacked[FUNCTIONS],
        capture_output=True,
        text=True,
        timeout=IMPORT_TIMEOUT_S,
        check=False,
    )

    assert imported.stderr.splitlines()[-1:] == []
    assert imported.stdout == f"imported {function.handler}\n"


def _settings(function: Function) -> dict[str, str]:
    """The settings that the template gives, and the ones that Lambda itself adds; importing must not need more."""
    return {
        **dict.fromkeys(function.settings, "given-by-the-template"),
        "LOG_LEVEL": "INFO",
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "LAMBDA_TASK_ROOT": "/var/task",
    }
