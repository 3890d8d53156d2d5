"""Cold start of a function under Lambda's own runtime client, and what its imports take.

It has its code and its layers, and nothing else. A tiny stand-in for Lambda's runtime API hands out one event. What
counts is from the start of the process until it asks for that event (AWS calls this the init duration), and from then
until its first answer.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.layers import INTERPRETER, laid_out
from bench.timing import calibration_ms
from local.processes import HOST

RUNS = 15
CALIBRATIONS = 15
WAIT_S = 60
_IMPORT = re.compile(r"^import time:\s+(?P<own>\d+) \|\s+\d+ \| (?P<indent> *)(?P<name>\S+)$")
DEADLINE_MS = "4102444800000"  # the year 2100: no event of ours is late
_SHOWN_MS = 3.0


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Milliseconds, medians: until the runtime asks for an event, and until the first answer; by the clock, and of
    processor time, which is what the clock shows where nothing else runs; the latter also in calibration loops.
    """

    init_ms: float
    init_cpu_ms: float
    answer_ms: float
    answer_cpu_ms: float
    init_loops: float
    answer_loops: float


def measure_cold_start(function: str, event: Mapping[str, Any]) -> ColdStart:
    """Start the function again and again, for one event each time."""
    with laid_out(function) as path:
        starts = [_calibrated(_start(function, event, path)) for _ in range(RUNS + 1)][1:]  # the first brings it in
    return ColdStart(*(statistics.median(figure) for figure in zip(*starts, strict=True)))


def _calibrated(start: tuple[float, float, float, float]) -> tuple[float, ...]:
    loop_ms = statistics.median(calibration_ms() for _ in range(CALIBRATIONS))
    return *start, start[1] / loop_ms, start[3] / loop_ms


def measure_imports(function: str) -> Sequence[tuple[str, float]]:
    """Milliseconds that each package's modules take to import, dearest first; small ones are added up as `others`.

    Measured once, by Python itself, which makes everything about a third slower.
    """
    with laid_out(function) as path:
        run = subprocess.run(
            [*INTERPRETER, "-X", "importtime", "-c", f"import {function}.app"],
            env=_environment(path),
            capture_output=True,
            text=True,
            check=True,
            timeout=WAIT_S,
        )
    taken: dict[str, float] = {}
    for line in run.stderr.splitlines():
        if found := _IMPORT.match(line):
            package = found["name"].partition(".")[0]
            package = package if package in _ours() or not _is_standard(package) else "Python's own"
            taken[package] = taken.get(package, 0) + int(found["own"]) / 1000
    shown = {name: ms for name, ms in taken.items() if ms >= _SHOWN_MS}
    shown["others"] = sum(taken.values()) - sum(shown.values())
    return sorted(shown.items(), key=lambda one: -one[1])


def _ours() -> frozenset[str]:
    return frozenset({"storekeeper"})


def _is_standard(package: str) -> bool:
    return package in sys.stdlib_module_names


def _environment(path: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": path}


def _start(function: str, event: Mapping[str, Any], path: str) -> tuple[float, float, float, float]:
    api = _RuntimeApi((HOST, 0), _Conversation)
    api.event = json.dumps(event).encode()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    environment = _environment(path) | {
        "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{api.server_address[1]}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "LAMBDA_TASK_ROOT": path.partition(":")[0],
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [*INTERPRETER, "-m", "awslambdaric", f"{function}.app.handler"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    api.process_id = process.pid
    try:
        if not api.answered.wait(WAIT_S) or api.failed:
            raise RuntimeError(f"{function} did not start: {api.failed.decode()}")
    finally:
        process.kill()
        process.wait()
        api.shutdown()
        api.server_close()
    (asked, asked_cpu_ms), (answered, answered_cpu_ms) = api.asked_at, api.answered_at
    return (asked - started) * 1000, asked_cpu_ms, (answered - started) * 1000, answered_cpu_ms


def _now(process_id: int) -> tuple[float, float]:
    """The clock, and the milliseconds of processor time that a process has taken: to 10; zero where nobody tells."""
    try:
        told = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return time.perf_counter(), 0
    user, system = told.rpartition(")")[2].split()[11:13]
    return time.perf_counter(), (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


class _RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True
    event: bytes
    process_id: int

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answered = threading.Event()
        self.asked_at = self.answered_at = (0.0, 0.0)
        self.failed = b""

    def handle_error(self, request: object, client_address: object) -> None:
        """The process is killed while it waits for a second event."""


class _Conversation(BaseHTTPRequestHandler):
    server: _RuntimeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if any(self.server.asked_at):
            self.server.answered.wait(WAIT_S)  # there is no second event: the process ends here
            return
        self.server.asked_at = _now(self.server.process_id)
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "bench")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:bench")
        self.send_header("Lambda-Runtime-Deadline-Ms", DEADLINE_MS)
        self.send_header("Content-Type", "application/json")  # without it the runtime client crashes
        self.send_header("Content-Length", str(len(self.server.event)))
        self.end_headers()
        self.wfile.write(self.server.event)

    def do_POST(self) -> None:
        body = self._body()
        if not self.path.endswith("/response"):
            self.server.failed = body
        self.server.answered_at = _now(self.server.process_id)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answered.set()

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        chunks = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is inherited)
        """Say nothing."""
