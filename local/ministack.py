"""The emulator's own process: MiniStack with what it offers no variable for."""

import socketserver

from ministack.app import main
from ministack.core.lambda_runtime import Worker

from local import iam_conditions

# Each invocation crosses several small local HTTP exchanges; Nagle's algorithm would add 40 ms to each.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

# How long an answered invocation waits for log lines: for the first, after the last, and at most. MiniStack's 50 and
# 5 ms are most of a warm call; a line that comes later is logged with the next invocation.
Worker._drain_stderr_bounded.__defaults__ = (0.010, 0.001, 0.250)  # noqa: SLF001 (no public setting)

if __name__ == "__main__":
    iam_conditions.install()
    main()
