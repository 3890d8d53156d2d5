"""In the emulator's process: everything that it holds is saved when it ends, or when asked, and loaded when it starts.

MiniStack's own saving passes over what fails and goes on without it, and leaves streams out. Here a save is whole or
it is none: the mark is written last, and a state that cannot be read ends the process.

On disk: one file per service in `STATE_DIR`, in MiniStack's format, and the mark; objects of S3 lie beside.
"""
# ruff: noqa: SLF001 (private names, so MiniStack's version is pinned)

import asyncio
import json
import os
import re
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core import persistence
from ministack.services import dynamodb

from local.checkpoints import oldest
from local.save_names import CHECKPOINTS_VARIABLE, MARK, MOVED_VARIABLE, SAVE_NOW

Asgi = Callable[[dict[str, Any], Any, Any], Any]


def is_wanted() -> bool:
    """Whether this emulator keeps its data."""
    return bool(persistence.PERSIST_STATE)


def install() -> None:
    """Put this in the place of MiniStack's saving and loading, and save on the signal too."""
    ministack.save_all = save
    ministack._load_persisted_state = load
    dynamodb.get_state = with_streams(dynamodb.get_state)
    dynamodb.load_persisted_state = with_streams_back(dynamodb.load_persisted_state)
    ministack.app = _saving_when_asked(ministack.app)


def save(services: Mapping[str, Callable[[], Any]]) -> None:
    """Write every service's state, then the mark."""
    folder = Path(persistence.STATE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK.name).unlink(missing_ok=True)
    for service, get_state in services.items():
        state = get_state()
        if state is not None:  # a service that was never used
            version = persistence._state_format_version(service)
            written = {"__ministack_format__": version, "payload": state}
            (folder / f"{service}.json").write_text(json.dumps(written, default=persistence._json_default))
    (folder / MARK.name).touch()


def load() -> None:
    """Read what was saved, if anything was. From then on the files are of the past, so the mark goes."""
    folder = Path(persistence.STATE_DIR)
    try:
        for service, module in ministack._state_map.items():
            file = folder / f"{service}.json"
            if file.exists():
                ministack._get_module(module).load_persisted_state(_read(file.read_text()))
    except Exception:  # noqa: BLE001 (whatever it is, half a state is worse than none)
        traceback.print_exc()
        os._exit(1)  # an error would only turn off what else the server does at its start
    (folder / MARK.name).unlink(missing_ok=True)


def _read(text: str) -> Any:
    """Addresses within the state, such as those of queues, follow the ports."""
    moved: dict[str, int] = json.loads(os.environ.get(MOVED_VARIABLE, "{}"))
    if moved:
        ports = "|".join(moved)
        text = re.sub(rf"(localhost|127\.0\.0\.1):({ports})\b", lambda at: f"{at[1]}:{moved[at[2]]}", text)
    return json.loads(text, object_hook=persistence._json_object_hook)["payload"]


def with_streams(get_state: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The state of DynamoDB, with the stream records that are still needed."""

    def get() -> dict[str, Any]:
        since = oldest(Path(os.environ[CHECKPOINTS_VARIABLE]))
        streams = type(dynamodb._stream_records)()
        for (account, region, table), records in dynamodb._stream_records.all_items():
            needed = [one for one in records if since is None or one["dynamodb"]["SequenceNumber"] >= since]
            streams.set_scoped(account, region, table, needed)
        return get_state() | {"stream_records": streams}

    return get


def with_streams_back(load_state: Callable[[Any], None]) -> Callable[[Any], None]:
    """Load the state of DynamoDB with its streams."""

    def load_both(state: dict[str, Any]) -> None:
        load_state(state)
        dynamodb._stream_records._data.update(state["stream_records"]._data)

    return load_both


def _saving_when_asked(app: Asgi) -> Asgi:
    """The signal is handled by the event loop, so that a save sees no request half done."""

    async def saving(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            asyncio.get_running_loop().add_signal_handler(
                SAVE_NOW, lambda: save(ministack._build_persistence_save_dict())
            )
        await app(scope, receive, send)

    return saving
