"""What stays of a stack when it ends, and what the next one begins with.

A running stack works on the folder `data`. It is *whole* when the stack had become ready and the emulator has saved all
that it holds, which it does when it ends unless it is killed. The next start begins with the first of these:

1. `data`, when it is whole: it becomes `saved`;
2. `saved`: how an earlier stack ended, for the last one was killed;
3. `seeded`: right after the demo data was made, unless other code made it;
4. nothing, and the demo data is made.

A start works on a copy, so that what it began with is still there when it is killed in turn.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local.processes import REPOSITORY
from local.runtime import CODE_PATH
from local.sam import TEMPLATE
from local.save_names import CHECKPOINTS, MARK
from local.state import StateFolder

KEPT = "kept.json"
SCRATCH = "tmp"  # of functions' environments: nobody else reads it
MAKERS = (".py", ".yaml", ".json")  # what a seeded stack is made of

Json = dict[str, Any]


@dataclass(frozen=True)
class StripeKeys:
    """What the stand-in and the functions share. They open nothing else."""

    secret_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(12)}")
    publishable_key: str = field(default_factory=lambda: f"pk_test_{secrets.token_hex(12)}")
    webhook_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(16)}")


@dataclass(frozen=True)
class Kept:
    """What a stack must know of the one whose data it begins with. No `tenants`: no demo data was made."""

    emulator_port: int
    stripe_port: int
    stripe_keys: StripeKeys
    tenants: list[Json] | None
    made_by: str

    @classmethod
    def of(cls, said: Json) -> "Kept":
        """From what the file says."""
        return cls(**said | {"stripe_keys": StripeKeys(**said["stripe_keys"])})


class Saves:
    """Of one state folder. `made_by` is the fingerprint of the code that runs now."""

    def __init__(self, state: StateFolder, *, made_by: str) -> None:
        self.made_by = made_by
        self._state = state

    def take_over(self) -> bool:
        """Make `saved` of the data of the stack before. False when that was ready and is not whole: it was killed."""
        data = self._state.data
        if _is_whole(data):
            shutil.rmtree(self._state.saved, ignore_errors=True)
            data.rename(self._state.saved)
            return True
        was_ready = (data / KEPT).exists()
        self.begin_empty()
        return not was_ready

    def beginnings(self) -> Iterator[Path]:
        """The folders that a start may begin with, best first."""
        if _is_whole(self._state.saved):
            yield self._state.saved
        if _is_whole(self._state.seeded) and self._read(self._state.seeded).made_by == self.made_by:
            yield self._state.seeded

    def begin_with(self, folder: Path) -> Kept:
        """Copy a folder to work on. What a start works on is not worth keeping until it is ready."""
        self.begin_empty()
        shutil.copytree(folder, self._state.data, ignore=shutil.ignore_patterns(SCRATCH))
        (self._state.data / KEPT).unlink()
        return self._read(folder)

    def begin_empty(self) -> None:
        """Have nothing to work on."""
        shutil.rmtree(self._state.data, ignore_errors=True)

    def note(self, kept: Kept) -> None:
        """From now on the data is worth keeping."""
        self._state.write(self._state.data / KEPT, asdict(kept))

    def keep_seeded(self, save_emulator: Callable[[], None]) -> None:
        """Copy the data of a running stack that has just been seeded."""
        data, partial = self._state.data, self._state.seeded.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        # Checkpoints first: one that is too old makes the pump repeat something, one that is too new would lose it.
        shutil.copytree(data / CHECKPOINTS, partial / CHECKPOINTS)
        save_emulator()
        shutil.copytree(data, partial, ignore=shutil.ignore_patterns(SCRATCH, CHECKPOINTS), dirs_exist_ok=True)
        (data / MARK).unlink()  # the stack goes on, and with the first write its data is no longer what was saved
        shutil.rmtree(self._state.seeded, ignore_errors=True)
        partial.rename(self._state.seeded)

    def set_aside(self, folder: Path) -> Path:
        """Move away a folder that no stack could begin with; what was moved away before from there goes."""
        away = self._state.set_aside / folder.name
        shutil.rmtree(away, ignore_errors=True)
        away.parent.mkdir(exist_ok=True)
        return folder.rename(away)

    def _read(self, folder: Path) -> Kept:
        return Kept.of(self._state.read(folder / KEPT))


def fingerprint(checkout: Path) -> str:
    """Of all that makes a seeded stack: the code, the template, the demo data, the emulator."""
    made_of = hashlib.sha256(version("ministack").encode())
    roots = [REPOSITORY / "local", *(checkout / part for part in CODE_PATH)]
    files = [TEMPLATE, *(file for root in roots for file in sorted(root.rglob("*")) if file.suffix in MAKERS)]
    for file in files:
        made_of.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return made_of.hexdigest()[:16]


def _is_whole(folder: Path) -> bool:
    return (folder / MARK).exists() and (folder / KEPT).exists()
