"""One stand-in per test process, run as the local cloud runs it and empty before each test; and its receiver."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

ROOT = Path(__file__).parents[3]
SECRET_KEY = "sk_test_storekeeper"
PUBLISHABLE_KEY = "pk_test_storekeeper"
WEBHOOK_SECRET = "whsec_storekeeper"
PATIENCE_S = 10


@dataclass
class Receiver:
    """A webhook endpoint: keeps what it is sent, and refuses as often as it is told."""

    refusals: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    forged: list[str] = field(default_factory=list)
    url: str = ""

    def take(self, body: str, signature: str) -> int:
        self.attempts += 1
        try:
            stripe.WebhookSignature.verify_header(body, signature, WEBHOOK_SECRET, tolerance=300)
        except stripe.SignatureVerificationError as bad:
            self.forged.append(str(bad))
            return 401
        if self.refusals > 0:
            self.refusals -= 1
            return 503
        self.events.append(json.loads(body))
        return 204

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def wait_for(self, count: int) -> list[str]:
        """The event types received once there are `count`, sorted: deliveries have no order."""
        wait_until(lambda: len(self.events) >= count, what=f"{count} events, got {self.types()}")
        return sorted(self.types())


def wait_until(condition: Callable[[], bool], *, what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"waited {PATIENCE_S} s for {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Standin:
    """The running stand-in and the official client that speaks with it."""

    url: str
    client: stripe.StripeClient

    @property
    def v1(self) -> Any:
        return self.client.v1

    def control(self, path: str, /, **sent: Any) -> dict[str, Any]:
        return self.post(f"/_control/{path}", json.dumps(sent).encode())

    def deliveries(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/_control/webhooks", timeout=PATIENCE_S) as answer:
            shown: list[dict[str, Any]] = json.load(answer)["deliveries"]
        return shown

    def post(self, path: str, body: bytes) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}{path}", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            shown: dict[str, Any] = json.load(answer)
        return shown


def client_for(url: str) -> stripe.StripeClient:
    return stripe.StripeClient(SECRET_KEY, base_addresses={"api": url}, max_network_retries=0)


def command(webhook_url: str, *more: str) -> list[str]:
    """The command line, on a free port unless `more` names one."""
    options = ["--port", "0", "--webhook-url", webhook_url, "--webhook-secret", WEBHOOK_SECRET]
    keys = ["--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY]
    return [sys.executable, "-m", "local.stripe", *options, *keys, *more]


def start(webhook_url: str, *more: str) -> tuple[subprocess.Popen[str], str]:
    """The stand-in as a process of its own, and its address."""
    process = subprocess.Popen(command(webhook_url, *more), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rpartition(" ")[2].strip()


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/stripe"
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def started(endpoint: Receiver) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process, url = start(endpoint.url)
    yield process, url
    stop(process)


@pytest.fixture
def running_process(started: tuple[subprocess.Popen[str], str]) -> subprocess.Popen[str]:
    return started[0]


@pytest.fixture
def program(receiver: Receiver) -> Callable[..., Any]:
    """A stand-in of the test's own with more options: a context manager that gives its client."""

    @contextmanager
    def run(*more: str) -> Iterator[stripe.StripeClient]:
        process, url = start(receiver.url, *more)
        try:
            yield client_for(url)
        finally:
            stop(process)

    return run


@pytest.fixture
def run_once(receiver: Receiver) -> Callable[..., tuple[int, str]]:
    """Run the program to its own end: its exit status and what it complained about."""

    def run(*more: str) -> tuple[int, str]:
        ended = subprocess.run(
            command(receiver.url, *more), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        return ended.returncode, ended.stderr

    return run


@pytest.fixture
def receiver(endpoint: Receiver) -> Receiver:
    endpoint.refusals = endpoint.attempts = 0
    endpoint.events.clear()
    endpoint.forged.clear()
    return endpoint


@pytest.fixture
def standin(started: tuple[subprocess.Popen[str], str], receiver: Receiver) -> Iterator[Standin]:
    empty = Standin(started[1], client_for(started[1]))
    empty.control("reset")
    yield empty
    empty.control("reset")
    assert receiver.forged == []


@pytest.fixture
def intent(standin: Standin) -> Callable[..., Any]:
    """Make a PaymentIntent of 10.00 USD that takes cards and never redirects, unless told otherwise."""

    def make(**more: Any) -> Any:
        plain = {
            "amount": 1000,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
        return standin.v1.payment_intents.create(plain | more)

    return make


@pytest.fixture
def paid(intent: Callable[..., Any]) -> Callable[..., Any]:
    """Make a PaymentIntent that a Visa card has paid (or, with manual capture, authorized)."""

    def make(**more: Any) -> Any:
        return intent(**({"confirm": True, "payment_method": "pm_card_visa"} | more))

    return make
