"""An edited function is live within two seconds: the emulator starts new environments of what the edit touches."""

import secrets
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from watchfiles import PythonFilter, watch

DEBOUNCE_MS = 200
STEP_MS = 50
REVISION = "LOCAL_REVISION"  # a changed variable makes Lambda replace a function's environments


def touched(paths: Iterable[Path], *, checkout: Path, folders: Mapping[str, str]) -> set[str]:
    """The functions that these files are part of, by logical id; `folders` names the folder of each function.

    A file of the layer, or beside the functions' folders, is part of all.
    """
    by_folder = {folder: function for function, folder in folders.items()}
    found: set[str] = set()
    for path in paths:
        parts = path.relative_to(checkout).parts
        if parts[0] == "functions" and parts[1] in by_folder:
            found.add(by_folder[parts[1]])
        else:
            found |= folders.keys()
    return found


class Watcher:
    """Follows the checkout's code in a thread of its own."""

    def __init__(self, functions: Any, names: Mapping[str, str], *, checkout: Path) -> None:
        self._functions = functions  # a boto3 client of Lambda
        self._names = names  # by logical id
        self._checkout = checkout
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()

    def _run(self) -> None:
        configurations = {
            logical: self._functions.get_function_configuration(FunctionName=name)
            for logical, name in self._names.items()
        }
        folders = {logical: one["Handler"].partition(".")[0] for logical, one in configurations.items()}
        variables = {logical: one["Environment"]["Variables"] for logical, one in configurations.items()}
        roots = [self._checkout / "functions", self._checkout / "layers" / "storekeeper"]
        changes = watch(
            *roots,
            watch_filter=PythonFilter(extra_extensions=(".json", ".html", ".txt")),
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stopped,
        )
        for change in changes:
            edited = touched((Path(path) for _, path in change), checkout=self._checkout, folders=folders)
            self._reload({logical: variables[logical] for logical in edited})

    def _reload(self, edited: Mapping[str, Mapping[str, str]]) -> None:
        revision = secrets.token_hex(4)  # a count would begin anew, and a kept function may have had that number
        for logical, variables in edited.items():
            self._functions.update_function_configuration(
                FunctionName=self._names[logical],
                Environment={"Variables": {**variables, REVISION: revision}},
            )
        print(f"reloaded {', '.join(sorted(edited))}", flush=True)
