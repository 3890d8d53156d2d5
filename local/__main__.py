"""`python -m local up|stop|reset|status`: the whole system on one machine."""

import argparse
import os
import sys
from pathlib import Path

from local import supervisor
from local.processes import REPOSITORY
from local.state import StateFolder

DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535


def main() -> int:
    """Do what the command line says; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=["up", "stop", "reset", "status"])
    parser.add_argument("--port", type=port_number, default=os.environ.get("PORT") or DEFAULT_PORT, help="or PORT=…")
    parser.add_argument("--state-dir", type=Path, default=REPOSITORY / ".local", help="where everything is kept")
    parser.add_argument("--checkout", type=Path, default=REPOSITORY, help="whose functions run")
    parser.add_argument("--no-seed", dest="seed", action="store_false", help="start without demo data")
    parser.add_argument("--no-watch", dest="watch", action="store_false", help="leave edited files alone")
    arguments = parser.parse_args()
    state = StateFolder(arguments.state_dir)
    if arguments.command == "up":
        checkout = arguments.checkout.resolve()
        return supervisor.up(state, port=arguments.port, checkout=checkout, seed=arguments.seed, watch=arguments.watch)
    others = {"stop": supervisor.stop, "reset": supervisor.reset, "status": supervisor.status}
    return others[arguments.command](state)


def port_number(text: str) -> int:
    """A port from the command line or the environment."""
    port = int(text)
    if not 0 < port <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


if __name__ == "__main__":
    sys.exit(main())
