"""The life of a stack: start it, say where it is, keep it whole, end it. And `stop`, `reset`, `status` from outside."""

import os
import signal
import socket
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from local.deploy import DeployFailed
from local.processes import HOST, ChildFailed
from local.saves import Kept, Saves, fingerprint
from local.stack import Stack
from local.state import AlreadyRunning, StateFolder

MEND_EVERY_S = 0.25
STOP_S = 45.0
DRAIN_S = 3.0  # what the pump has not done by then it does after the next start
SETTLE_S = 15.0  # the same for the demo data, so that starts which begin with it have nothing left to do
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody asked the supervisor to end."""


def up(state: StateFolder, *, port: int, checkout: Path, seed: bool = True, watch: bool = True) -> int:
    """Run the stack, on the data of the one before, until somebody ends it; the exit code."""
    try:
        with state.held():
            if taken := _who_has(port):
                print(taken, flush=True)
                return 1
            return _supervise(Stack(state, port=port, checkout=checkout), state, seed=seed, watch=watch)
    except AlreadyRunning:
        return status(state)


def stop(state: StateFolder) -> int:
    """End a running stack and wait until all of it has ended."""
    if not state.is_held():
        state.end_orphans()
        print("Storekeeper is not running.")
        return 0
    pid = _supervisor_pid(state)
    os.kill(pid, signal.SIGTERM)
    if not state.wait_until_free(within_s=STOP_S):
        os.kill(pid, signal.SIGKILL)
        state.wait_until_free(within_s=STOP_S)
    state.end_orphans()
    print("Storekeeper has ended.")
    return 0


def reset(state: StateFolder) -> int:
    """Forget all data; a running stack is ended first, for it cannot live without."""
    stop(state)
    state.forget()
    print("Its data is forgotten.")
    return 0


def status(state: StateFolder) -> int:
    """Say what runs, and where; 3 when nothing does, as service managers answer."""
    if not state.is_held():
        print("Storekeeper is not running.")
        return 3
    known = state.read(state.supervisor)
    demo = state.read(state.demo)
    if demo:
        print(f"Storekeeper is already running (process {known.get('pid')}).\n{_addresses(demo, state)}", flush=True)
    else:
        print(f"Storekeeper is just starting (process {known.get('pid')}, port {known.get('port')}).", flush=True)
    return 0


def _supervise(stack: Stack, state: StateFolder, *, seed: bool, watch: bool) -> int:
    for number in _ENDING:
        signal.signal(number, _end)
    is_ready = False
    try:
        begun = time.monotonic()
        state.end_orphans()
        state.forget_logs()
        state.write(state.supervisor, {"pid": os.getpid(), "port": stack.port})
        saves = Saves(state, made_by=fingerprint(stack.checkout))
        demo = stack.demo(_tenants(stack, saves, kept=_start(stack, saves), seed=seed))
        if watch:
            stack.watch()
        is_ready = True
        state.write(state.demo, demo)
        print(f"Storekeeper is ready after {time.monotonic() - begun:.1f} s.\n{_addresses(demo, state)}", flush=True)
        while True:
            stack.mend()
            time.sleep(MEND_EVERY_S)
    except Ended:
        return 0
    except (ChildFailed, DeployFailed) as failure:
        print(failure, flush=True)
        return 1
    finally:
        for number in _ENDING:  # what ends now must end whole
            signal.signal(number, signal.SIG_IGN)
        state.demo.unlink(missing_ok=True)
        stack.close()
        if is_ready:
            stack.drain(within_s=DRAIN_S)
        stack.stop()
        state.supervisor.unlink(missing_ok=True)


def _start(stack: Stack, saves: Saves) -> Kept | None:
    """Start on the best data that there is; what was kept with it, or None when the stack is empty."""
    if not saves.take_over():
        print("The last run was killed before it could save its data: what was done in it is lost.", flush=True)
    failed = []
    for folder in saves.beginnings():
        try:
            stack.start(kept := saves.begin_with(folder))
        except (ChildFailed, DeployFailed) as failure:
            print(f"The data in {folder} cannot be gone on with.\n{failure}", flush=True)
            stack.stop()
            failed.append(folder)
        else:
            _set_aside(failed, saves)
            return kept
    saves.begin_empty()
    stack.start(None)
    _set_aside(failed, saves)
    return None


def _set_aside(failed: list[Path], saves: Saves) -> None:
    """Only when the stack could start otherwise: else the fault is in the code or the template, not in the data."""
    for folder in failed:
        print(f"It was moved to {saves.set_aside(folder)}.", flush=True)


def _tenants(stack: Stack, saves: Saves, *, kept: Kept | None, seed: bool) -> list[dict[str, Any]]:
    """The demo companies, made if they are wanted and were not. Afterwards the stack's data is worth keeping."""
    tenants = kept.tenants if kept else None
    is_seeding = seed and tenants is None
    if is_seeding:
        tenants = stack.seed()
    saves.note(stack.keep(tenants, made_by=saves.made_by))
    if is_seeding and kept is None:
        stack.drain(within_s=SETTLE_S)
        saves.keep_seeded(stack.emulator.save)
    return tenants or []


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Ended


def _supervisor_pid(state: StateFolder) -> int:
    """A supervisor writes its id right after it has taken the folder."""
    while not (known := state.read(state.supervisor)):
        threading.Event().wait(0.05)
    return int(known["pid"])


def _who_has(port: int) -> str | None:
    """Why the port cannot be ours, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return f"Port {port} may not be used by this account. Choose another: PORT=8001 make run"
        except OSError:
            return f"Port {port} is taken by another program. Choose another: PORT={port + 1} make run"
    return None


def _addresses(demo: dict[str, Any], state: StateFolder) -> str:
    lines = ["", f"  API      {demo['base_url']}/v1   (document: /v1/openapi.json)"]
    for tenant in demo["tenants"]:
        lines.append(f"\n  {tenant['name']}   {tenant['id']}\n    API key  {tenant['api_key']}")
        lines += [f"    store    {store['domain']}   {store['id']}" for store in tenant["stores"]]
    lines += [
        "",
        f"  Stripe   {demo['stripe']['api_base']}   {demo['stripe']['secret_key']}",
        f"  AWS      {demo['aws_endpoint_url']}   region {demo['region']}, keys test/test, table {demo['table']}",
        f"  Files    {state.demo} and {state.logs}",
        "",
        "  End it with Ctrl-C or `make stop`: the next start goes on from its data. `make reset` forgets it.",
    ]
    return "\n".join(lines)
