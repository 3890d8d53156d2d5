"""How far each shard has been processed, one small file for each, so that a killed pump goes on where it was."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkpoint:
    """The last sequence number that needs no more work; `finished` once a closed shard has been read to its end."""

    sequence_number: str | None = None
    finished: bool = False


class Checkpoints:
    """Of one function. Each shard is written by one thread only."""

    def __init__(self, folder: Path, function: str) -> None:
        self._folder = folder / function
        self._folder.mkdir(parents=True, exist_ok=True)

    def read(self, shard: str) -> Checkpoint:
        """Where a shard stands; at its beginning if never written."""
        try:
            return Checkpoint(**json.loads(self._file(shard).read_text()))
        except FileNotFoundError:
            return Checkpoint()

    def write(self, shard: str, checkpoint: Checkpoint) -> None:
        """Replace the shard's checkpoint in one step: a reader sees the old one or the new one, whole."""
        written = {"sequence_number": checkpoint.sequence_number, "finished": checkpoint.finished}
        partial = self._file(shard).with_suffix(".partial")
        partial.write_text(json.dumps(written))
        partial.replace(self._file(shard))

    def _file(self, shard: str) -> Path:
        return self._folder / f"{shard}.json"


def oldest(folder: Path) -> str | None:
    """The sequence number from which on records are still of use to a function; None: every record is."""
    numbers = []
    for function in folder.iterdir() if folder.exists() else ():
        checkpoints = Checkpoints(folder, function.name)
        shards = [checkpoints.read(file.stem).sequence_number for file in function.glob("*.json")]
        numbers += shards or [None]
    known = [number for number in numbers if number is not None]
    return min(known) if known and len(known) == len(numbers) else None
