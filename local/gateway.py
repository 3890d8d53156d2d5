"""The stack's front door: plain addresses on one port, passed to functions as API Gateway passes them.

    python -m local.gateway --port 8000 --endpoint http://127.0.0.1:4566 --api 5702e000

More requests than a function has environments wait here in line, where AWS would start more environments: a laptop
has two processors, and a waiting buyer costs nothing.
"""

import argparse
import asyncio
import logging
import os
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import uvicorn

from local.emulator import client
from local.http_api import (
    INTEGRATION_TIMEOUT_S,
    MAX_BODY_BYTES,
    Answer,
    Request,
    Route,
    answer,
    choose,
    event,
    problem,
    route,
)
from local.invoker import CannotInvoke, Invoker
from local.processes import HOST

ENVIRONMENTS = 4  # of one function at a time; each idles at 60 to 90 MB until the emulator ends it
CALLS = 32  # of all functions at a time
BODILESS = frozenset({204, 304})  # HTTP allows them no length
DRAINED_BYTES = 64 * 1024 * 1024  # of a body that is too large, so that its sender reads the answer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger("gateway")


class TooLarge(Exception):
    """The body is larger than Lambda would take."""


class Gateway:
    """An ASGI application."""

    def __init__(self, routes: list[Route], invoker: Invoker, *, port: int) -> None:
        self._routes = routes
        self._invoker = invoker
        self._port = port
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(ENVIRONMENTS))
        self._threads = ThreadPoolExecutor(CALLS, thread_name_prefix="invoke")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = str(uuid.uuid4())
        try:
            given = await self._answer(_request(scope, await _body(receive), port=self._port), request_id)
        except TooLarge:
            path = scope["path"]
            given = problem(413, "too_large", "The body is larger than 1 MiB.", path=path, request_id=request_id)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.headers]
        if given.status not in BODILESS and not any(name == b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(given.body)).encode()))
        await send({"type": "http.response.start", "status": given.status, "headers": headers})
        await send({"type": "http.response.body", "body": given.body})

    async def _answer(self, request: Request, request_id: str) -> Answer:
        chosen = choose(self._routes, request.method, request.raw_path)
        if chosen is None:
            return Answer(404, (("content-type", "application/json"),), b'{"message":"Not Found"}')
        taken, parameters = chosen
        sent = event(request, taken, parameters, request_id=request_id, now=datetime.now(UTC))
        try:
            # Waiting in line does not count: on AWS there is no line.
            async with self._turns[taken.function], asyncio.timeout(INTEGRATION_TIMEOUT_S):
                loop = asyncio.get_running_loop()
                done = await loop.run_in_executor(self._threads, self._invoker.invoke, taken.function, sent)
        except (CannotInvoke, TimeoutError) as failure:
            log.warning("request.unanswered route=%s request_id=%s reason=%s", taken.key, request_id, failure)
            return problem(503, "unavailable", "Service Unavailable", path=request.raw_path, request_id=request_id)
        if done.error:
            log.warning("function.failed route=%s request_id=%s error=%s", taken.key, request_id, done.payload)
            return problem(500, "internal", "Internal Server Error", path=request.raw_path, request_id=request_id)
        return answer(done.payload)


def deployed_routes(endpoint: str, api_id: str) -> list[Route]:
    """The API's routes as CloudFormation made them."""
    api = client("apigatewayv2", endpoint)
    functions = {}
    for page in api.get_paginator("get_integrations").paginate(ApiId=api_id):
        for one in page["Items"]:
            functions[one["IntegrationId"]] = one["IntegrationUri"].split(":function:")[1].partition("/")[0]
    routes = []
    for page in api.get_paginator("get_routes").paginate(ApiId=api_id):
        routes += [route(one["RouteKey"], functions[one["Target"].rpartition("/")[2]]) for one in page["Items"]]
    return routes


async def _body(receive: Receive) -> bytes:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        more = message.get("more_body", False) and size < DRAINED_BYTES
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
    if size > MAX_BODY_BYTES:
        raise TooLarge
    return b"".join(chunks)


def _request(scope: Scope, body: bytes, *, port: int) -> Request:
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        body=body,
        source_ip=scope["client"][0],
        port=port,
    )


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--api", required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), format="%(asctime)s %(message)s")
    invoker = Invoker(arguments.endpoint, connections=CALLS, timeout_s=INTEGRATION_TIMEOUT_S)
    gateway = Gateway(deployed_routes(arguments.endpoint, arguments.api), invoker, port=arguments.port)
    uvicorn.run(
        gateway,
        host=HOST,
        port=arguments.port,
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
