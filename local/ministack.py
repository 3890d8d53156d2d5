"""The emulator's own process: MiniStack with what it offers no variable for."""
# ruff: noqa: SLF001 (private names, so MiniStack's version is pinned)

import socketserver
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import hypercorn.asyncio
import uvicorn
from ministack.app import main
from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import Worker

from local import iam_conditions, saving

LOG_WAITS_S = (0.010, 0.001, 0.250)
LONGEST_CALL_S = 60.0  # of a request or a batch; the operator's calls may be longer
LOOK_EVERY_S = 0.1


def make_calls_quick() -> None:
    """Take the waiting out of a warm call: 9 ms become 3 or 4."""
    # Each call crosses several small local HTTP exchanges; Nagle's algorithm would add 40 ms to each.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    # How long an answered call waits for log lines: for the first, after the last, at most. MiniStack waits 50 and
    # 5 ms; a line that comes later than ours is logged with the next call.
    Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS_S


def answer_quickly() -> None:
    """Have uvicorn serve the emulator: it takes half of the processor time that hypercorn does for a small request."""
    vars(hypercorn.asyncio)["serve"] = _serve  # which MiniStack imports when it starts


async def _serve(app: Any, config: Any) -> None:
    host, _, port = config.bind[0].rpartition(":")
    settings = uvicorn.Config(
        app,
        host=host,
        port=int(port),
        log_level=config.loglevel.lower(),
        access_log=False,
        timeout_keep_alive=int(config.keep_alive_timeout),
        timeout_graceful_shutdown=int(config.graceful_timeout),
    )
    await uvicorn.Server(settings).serve()


def let_calls_finish() -> None:
    """An environment that is replaced because code was edited ends after its call, as on AWS; not in the middle."""
    kill_now: Callable[[Sequence[Worker]], None] = lambda_runtime.kill_workers

    def kill_when_idle(workers: Sequence[Worker]) -> None:
        busy = [worker for worker in workers if worker.in_use]
        kill_now([worker for worker in workers if not worker.in_use])
        if busy:
            threading.Thread(target=wait_and_kill, args=(busy,), daemon=True).start()

    def wait_and_kill(workers: Sequence[Worker]) -> None:
        deadline = time.monotonic() + LONGEST_CALL_S
        while any(worker.in_use for worker in workers) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)
        kill_now(workers)

    lambda_runtime.kill_workers = kill_when_idle


if __name__ == "__main__":
    make_calls_quick()
    answer_quickly()
    let_calls_finish()
    iam_conditions.install()
    if saving.is_wanted():
        saving.install()
    main()
