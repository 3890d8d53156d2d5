"""The HTTP server: one thread per connection, HTTP/1.1 with keep-alive, loopback only."""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.stripe import pages
from local.stripe.access import Keys
from local.stripe.api import Api, ConnectionDropped, Request
from local.stripe.control import Control
from local.stripe.errors import ApiError, no_route
from local.stripe.store import Store
from local.stripe.webhooks import Webhooks

LOOPBACK = "127.0.0.1"
MAX_BODY = 1 << 20
IDLE_S = 120
_CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Version, Idempotent-Replayed",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Version",
    "Access-Control-Max-Age": "300",
}


class StripeServer(ThreadingHTTPServer):
    """The stand-in: its state, its webhooks and the port it listens on (0 picks a free one)."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, *, webhook_url: str, webhook_secret: str, keys: Keys, state: Path | None = None
    ) -> None:
        self.store = Store(state)
        self.webhooks = Webhooks(self.store, url=webhook_url, secret=webhook_secret)
        self.api = Api(self.store, self.webhooks, keys=keys)
        self.control = Control(self.store, self.webhooks, self.api)
        # Last: when the port is taken, this closes all of the above.
        super().__init__((LOOPBACK, port), _Handler)
        self.base_url = f"http://{LOOPBACK}:{self.server_port}"
        self.webhooks.resume()

    def server_close(self) -> None:
        super().server_close()
        self.webhooks.close()
        with self.store.lock:
            self.store.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is not an error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: StripeServer
    protocol_version = "HTTP/1.1"
    server_version = "stripe-stand-in"
    sys_version = ""
    disable_nagle_algorithm = True
    # Buffered: head and body leave in one packet.
    wbufsize = 1 << 16
    timeout = IDLE_S

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def do_OPTIONS(self) -> None:
        self._send(204, b"", "text/plain", _CROSS_ORIGIN | _PREFLIGHT)

    def _handle(self) -> None:
        address = urlsplit(self.path)
        body = self._body()
        if body is None:
            return
        if address.path in pages.SCRIPT_PATHS:
            self._send(200, pages.script().encode(), "text/javascript; charset=utf-8", _CROSS_ORIGIN)
        elif address.path.startswith("/authenticate/"):
            self._authenticate(address.path, address.query, body)
        elif address.path.startswith("/_control/"):
            self._control(address.path, body)
        else:
            self._call(address.path, body.decode("utf-8", "replace") or address.query)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self._send_json(413, {"error": {"type": "invalid_request_error", "message": "The request is too large."}})
            return None
        return self.rfile.read(int(length))

    def _call(self, path: str, text: str) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        base_url = f"http://{self.headers['Host']}" if self.headers["Host"] else self.server.base_url
        request = Request(self.command, path, text, headers, base_url)
        try:
            response = self.server.api.answer(request, now=int(time.time()))
        except ConnectionDropped:
            self.close_connection = True
            return
        self._send_json(response.status, response.body, response.headers | _CROSS_ORIGIN)

    def _control(self, path: str, body: bytes) -> None:
        try:
            sent = json.loads(body or b"{}")
            if not isinstance(sent, dict):
                raise ValueError("not an object")
            answered = self.server.control.answer(self.command, path, sent, now=int(time.time()))
        except ApiError as refused:
            self._send_json(refused.status, refused.body("req_control"))
        except ValueError as bad:
            self._send_json(400, {"error": {"type": "invalid_request_error", "message": f"Invalid JSON: {bad}"}})
        else:
            self._send_json(200, answered)

    def _authenticate(self, path: str, query: str, body: bytes) -> None:
        with self.server.store.lock:
            intent = pages.asked_intent(self.server.store, path, query)
        if intent is None:
            self._send_json(404, no_route(self.command, path).body("req_page"))
            return
        outcome = parse_qs(body.decode("utf-8", "replace")).get("outcome", [""])[0]
        if self.command == "POST" and outcome in ("succeed", "fail"):
            chosen = {intent["object"]: intent["id"], "outcome": outcome}
            self.server.control.authenticate(chosen, now=int(time.time()))
            if back := pages.way_back(intent):
                self._send(303, b"", "text/html; charset=utf-8", {"Location": back})
                return
        self._send(200, pages.authentication_page(intent).encode(), "text/html; charset=utf-8")

    def _send_json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(body, indent=2).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is inherited)
        """Say nothing: the supervisor's log has one line per function call already."""
