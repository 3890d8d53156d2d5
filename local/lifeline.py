"""Run a module that ends when its parent ends, however the parent ends.

    python -m local.lifeline local.pump --state .local

Standard input is a pipe whose writing end only the parent holds. When the parent dies, kill -9 included, the system
closes the pipe, and this process asks itself to stop; what has not stopped after the grace is killed with its group.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_S = 10.0  # the emulator saves its data in it


def main() -> None:
    """Watch the lifeline and become the named module."""
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    module, sys.argv = sys.argv[1], sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
