"""The life of a stack, tried from outside as people and scripts do: without a terminal, twice, killed, side by side."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.processes import REPOSITORY, free_port
from local.state import StateFolder, running
from local.testing import RunningStack, running_stack, start_supervisor
from tests.local.conftest import READ_BY_BOTH, write_handler

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("stack") / "state", seed=False, watch=True, checkout=checkout) as stack:
        yield stack


def command(name: str, state: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local", name, f"--state-dir={state}", *more],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def port_of(stack: RunningStack) -> int:
    return int(stack.base_url.rpartition(":")[2])


def call(stack: RunningStack, path: str, *, method: str = "GET", body: bytes | None = None) -> tuple[int, Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(stack), timeout=40)
    try:
        connection.request(method, path, body, {"content-type": "text/plain"} if body else {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def eventually(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.05)


def processes_of(state: Path) -> list[str]:
    """The command lines that name this folder."""
    return [command for _, command in running() if str(state) in command]


def group_is_alive(group: int) -> bool:
    return any(one == group and command for one, command in running())  # a zombie has no command line


def test_the_gateway_passes_a_request_to_its_function(stack: RunningStack) -> None:
    status, headers, body = call(stack, "/v1/storefront/harbour.localhost/products/blue%20mug?q=1")

    told = json.loads(body)
    assert status == 200
    assert headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert told["function"] == "storefront"
    assert told["event"]["pathParameters"] == {"domain": "harbour.localhost", "slug": "blue mug"}


def test_a_function_that_fails_is_a_problem_without_its_secrets(stack: RunningStack) -> None:
    status, headers, body = call(stack, "/v1/orders", method="POST", body=b"fail")

    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert b"as asked" not in body


def test_a_body_larger_than_lambda_takes_is_413(stack: RunningStack) -> None:
    status, headers, _ = call(stack, "/v1/orders", method="POST", body=b"x" * 7_000_000)

    assert (status, headers["content-type"]) == (413, "application/problem+json")


def test_two_hundred_buyers_at_once_are_all_answered(stack: RunningStack) -> None:
    with ThreadPoolExecutor(200) as buyers:
        statuses = [status for status, _, _ in buyers.map(lambda _: call(stack, "/v1/orders"), range(200))]

    assert Counter(statuses) == {200: 200}


def test_a_second_start_says_what_is_running_and_changes_nothing(stack: RunningStack) -> None:
    second = command("up", stack.state.path)

    assert second.returncode == 0
    assert "already running" in second.stdout
    assert stack.base_url in second.stdout
    assert call(stack, "/health")[0] == 200


def test_a_taken_port_is_a_clear_message(stack: RunningStack, tmp_path: Path) -> None:
    refused = command("up", tmp_path / "other", f"--port={port_of(stack)}")

    assert refused.returncode == 1
    assert refused.stdout == (
        f"Port {port_of(stack)} is taken by another program. Choose another: PORT={port_of(stack) + 1} make run\n"
    )


def test_a_second_checkout_runs_beside_the_first(stack: RunningStack, checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as other:
        assert other.demo["aws_endpoint_url"] != stack.demo["aws_endpoint_url"]
        assert (call(other, "/health")[0], call(stack, "/health")[0]) == (200, 200)


def test_everything_listens_on_loopback_only(stack: RunningStack) -> None:
    call(stack, "/health")
    groups = set(stack.state.read(stack.state.supervisor)["children"].values())
    listening = []
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        listening += [(row.split()[1].rpartition(":")[0], row.split()[9]) for row in rows if row.split()[3] == "0A"]
    inodes = {inode: address for address, inode in listening}
    ours = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) not in groups:
                continue
            sockets = [str(one.readlink()) for one in (process / "fd").iterdir()]
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        ours += [inodes[one[8:-1]] for one in sockets if one.startswith("socket:[") and one[8:-1] in inodes]

    assert len(ours) >= 3
    assert set(ours) == {"0100007F"}


def test_an_edited_function_is_live_within_two_seconds(stack: RunningStack, checkout: Path) -> None:
    assert call(stack, "/v1/orders")[1]["x-edition"] == "first"

    write_handler(checkout, "orders", edition="second")

    eventually(lambda: call(stack, "/v1/orders")[1]["x-edition"] == "second", within_s=2)
    write_handler(checkout, "orders", edition="first")
    eventually(lambda: call(stack, "/v1/orders")[1]["x-edition"] == "first", within_s=2)


def test_a_call_that_is_under_way_is_not_lost_to_an_edit(stack: RunningStack, checkout: Path) -> None:
    call(stack, "/v1/me")
    with ThreadPoolExecutor(1) as buyer:
        under_way = buyer.submit(call, stack, "/v1/me", method="POST", body=b"slow")
        time.sleep(0.3)
        write_handler(checkout, "stores", edition="second")

        eventually(lambda: call(stack, "/v1/me")[1]["x-edition"] == "second", within_s=2)
        is_under_way = not under_way.done()
        status, headers, _ = under_way.result(10)

    assert is_under_way
    assert (status, headers["x-edition"]) == (200, "first")


def test_a_pump_killed_again_and_again_loses_nothing(stack: RunningStack) -> None:
    table, names = stack.description["table"], [f"item-{number}" for number in range(300)]
    dynamodb = stack.client("dynamodb")

    for number, name in enumerate(names):
        item = {"pk": {"S": name}, "sk": {"S": "A"}, "type": {"S": READ_BY_BOTH}}
        dynamodb.put_item(TableName=table, Item=item)
        if number % 100 == 50:
            os.kill(stack.child("pump"), signal.SIGKILL)
            eventually(lambda: group_is_alive(stack.child("pump")), within_s=5)

    def seen_by(reader: str) -> set[str]:
        file = stack.state.data / "tmp" / reader
        return set(file.read_text().splitlines()) if file.exists() else set()

    eventually(lambda: set(names) <= seen_by("projector") & seen_by("publisher"), within_s=20)


def test_terminating_the_supervisor_ends_every_process(checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as stack:
        call(stack, "/health")
        groups = stack.state.read(stack.state.supervisor)["children"].values()
        os.kill(stack.supervisor.pid, signal.SIGINT)
        code = stack.supervisor.wait(20)

    assert code == 0
    assert [group for group in groups if group_is_alive(group)] == []
    assert not stack.state.demo.exists()


def test_after_kill_9_nothing_stays_and_the_next_start_works(checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as first:
        call(first, "/health")
        groups = first.state.read(first.state.supervisor)["children"].values()
        first.supervisor.kill()
        first.supervisor.wait()
        with running_stack(tmp_path / "state", seed=False, checkout=checkout) as second:
            assert call(second, "/health")[0] == 200
        eventually(lambda: not any(group_is_alive(group) for group in groups), within_s=5)


def test_stop_ends_it_and_reset_forgets_its_data(checkout: Path, tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "state")
    with running_stack(state.path, seed=False, checkout=checkout) as stack:
        stopped = command("stop", state.path)
        code = stack.supervisor.wait(20)
    again = command("stop", state.path)
    reset = command("reset", state.path)

    assert (stopped.returncode, stopped.stdout, code) == (0, "Storekeeper has ended.\n", 0)
    assert (again.returncode, again.stdout) == (0, "Storekeeper is not running.\n")
    assert reset.returncode == 0
    assert [one.name for one in state.path.iterdir()] == ["lock"]
    assert command("status", state.path).returncode == 3


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with (tmp_path / "out").open("wb") as output:
        supervisor = start_supervisor(state, port=free_port(), seed=False, checkout=tmp_path, output=output)
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(20)

    eventually(lambda: processes_of(state) == [], within_s=5)


def test_a_port_taken_by_a_program_on_every_interface_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        refused = command("up", tmp_path / "state", f"--port={other.getsockname()[1]}")

    assert refused.returncode == 1
    assert "is taken by another program" in refused.stdout
