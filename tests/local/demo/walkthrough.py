"""Commands and answers of a document: blocks of `sh`, some followed by a block of `json` with what they print."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

LEFT_OUT = "…"
_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_END = "-- end of step --"


@dataclass(frozen=True)
class Step:
    """Commands, and the shortened answer that the document shows (None: it shows none)."""

    commands: str
    shown: Any


def steps_of(document: str) -> list[Step]:
    """The steps in their order."""
    steps: list[Step] = []
    for kind, text in _BLOCK.findall(document):
        if kind == "sh":
            steps.append(Step(text, None))
        else:
            steps[-1] = Step(steps[-1].commands, json.loads(text))
    return steps


def answers(steps: list[Step], *, folder: str, timeout_s: float) -> list[str]:
    """What each step prints, run one after the other in one shell that stops at the first failure."""
    script = "".join(f"{step.commands}\nprintf '\\n%s\\n' '{_END}'\n" for step in steps)
    shell = subprocess.Popen(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, complaints = shell.communicate(timeout=timeout_s)
    finally:
        with suppress(ProcessLookupError):  # what a step started in the background and a failure left behind
            os.killpg(shell.pid, signal.SIGKILL)
    assert shell.returncode == 0, f"{printed[-2000:]}\n{complaints[-2000:]}"
    return printed.split(_END)[:-1]


def differences(shown: Any, real: Any, *, at: str = "") -> Iterator[str]:
    """Where a real answer is not what the document shows.

    Members that the document leaves out may be there. `…` in a text stands for any text, as the last of a list for any
    further entries.
    """
    if isinstance(shown, dict) and isinstance(real, dict):
        for name, value in shown.items():
            if name not in real:
                yield f"{at}.{name} is not there"
            else:
                yield from differences(value, real[name], at=f"{at}.{name}")
    elif isinstance(shown, list) and isinstance(real, list):
        yield from _list_differences(shown, real, at=at)
    elif isinstance(shown, str) and isinstance(real, str):
        pattern = ".*".join(re.escape(part) for part in shown.split(LEFT_OUT))
        if not re.fullmatch(pattern, real, re.DOTALL):
            yield f"{at} is {real!r}, not {shown!r}"
    elif shown != real or type(shown) is not type(real):
        yield f"{at} is {real!r}, not {shown!r}"


def _list_differences(shown: list[Any], real: list[Any], *, at: str) -> Iterator[str]:
    is_open = bool(shown) and shown[-1] == LEFT_OUT
    wanted = shown[:-1] if is_open else shown
    if len(real) < len(wanted) or (len(real) > len(wanted) and not is_open):
        yield f"{at} has {len(real)} entries, not {len(wanted)}"
    for place, (one, other) in enumerate(zip(wanted, real, strict=False)):
        yield from differences(one, other, at=f"{at}[{place}]")
