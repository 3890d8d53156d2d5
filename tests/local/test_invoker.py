"""What the gateway and the pump learn from Lambda's answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from local.invoker import CannotInvoke, Invocation, Invoker

REPLACED = {"errorMessage": "bootstrap exited during init with code -1", "errorType": "Runtime.Unknown"}


@contextmanager
def a_lambda(*answers: tuple[int, Any, str | None]) -> Iterator[Invoker]:
    """A server that gives these answers, one after the other."""
    waiting = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, payload, error = waiting.pop(0)
            body = json.dumps(payload).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if error:
                self.send_header("X-Amz-Function-Error", error)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Invoker(f"http://127.0.0.1:{server.server_port}", connections=1, timeout_s=5)
        server.shutdown()


def test_a_function_s_answer_and_its_failure_are_told_apart() -> None:
    with a_lambda((200, {"statusCode": 200}, None), (200, {"errorType": "ValueError"}, "Unhandled")) as invoker:
        answers = [invoker.invoke("orders", {}), invoker.invoke("orders", {})]

    assert answers == [Invocation({"statusCode": 200}), Invocation({"errorType": "ValueError"}, "Unhandled")]


def test_an_environment_that_was_replaced_before_it_began_is_asked_for_again() -> None:
    with a_lambda((200, REPLACED, "Unhandled"), (200, {"done": True}, None)) as invoker:
        answer = invoker.invoke("orders", {})

    assert answer == Invocation({"done": True})


@pytest.mark.parametrize(
    ("_case", "answers"),
    [
        ("throttled", [(429, {"Reason": "ConcurrentInvocationLimitExceeded"}, None)]),
        ("replaced again and again", [(200, REPLACED, "Unhandled")] * 3),
    ],
)
def test_a_function_that_was_not_run_has_no_answer(_case: str, answers: list[tuple[int, Any, str | None]]) -> None:
    with a_lambda(*answers) as invoker, pytest.raises(CannotInvoke):
        invoker.invoke("orders", {})
