"""Byte code, put beside the sources of what is deployed.

Lambda's folders are read-only: what has no byte code is compiled again by every environment that starts, which takes
longer than all the rest of a start. It must be of Lambda's Python. It is never checked against the source (the archive
holds both, and neither changes), and names the place where Lambda will mount it, so that builds are alike.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.packaging.wheels import Target

TIMEOUT_S = 300
INTERPRETER_SETTING = "LAMBDA_PYTHON"  # where the interpreter is, if it is not on the path by its own name


def compile_sources(folder: Path, *, mounted_at: str, target: Target) -> None:
    """Compile all modules below `folder`; where the target's Python is not installed, say so and leave it be.

    Raises:
        subprocess.CalledProcessError: a module cannot be compiled.
    """
    interpreter = find_interpreter(target)
    if interpreter is None:
        asked = f"install it, or name it in {INTERPRETER_SETTING}"
        print(f"There is no Python {target.python} here: {asked}, or functions start slowly.", file=sys.stderr)
        return
    places = ["-s", str(folder), "-p", mounted_at, str(folder)]
    subprocess.run(
        [interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", *places],
        env={**os.environ, "PYTHONHASHSEED": "0"},  # the order of a set's members is in byte code
        check=True,
        timeout=TIMEOUT_S,
    )


def find_interpreter(target: Target) -> str | None:
    """An interpreter of the target's version that runs."""
    for name in (os.environ.get(INTERPRETER_SETTING), f"python{target.python}", sys.executable):
        if name and (found := shutil.which(name)) and _version_of(found) == target.python:
            return found
    return None


def _version_of(interpreter: str) -> str:
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([interpreter, "-c", asked], capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    return answer.stdout.strip()
