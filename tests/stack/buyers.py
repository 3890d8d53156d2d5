"""Buyers in processes of their own, who all send at the same moment over connections that are open already."""

import asyncio
import multiprocessing
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

PROCESSES = 4
TIMEOUT_S = 110.0  # buyers stand in line at the gateway, longer on a busy machine
GATHER_S = 0.4  # until every process has opened its connections
CONNECT_S = 0.004  # and this for each of them
GATHER_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Request:
    """One call."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """Its answer, and how long the buyer waited for it."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    body: Any
    seconds: float

    @property
    def code(self) -> str:
        """The problem's code; empty for a success."""
        return "" if self.status < 400 else str(self.body["code"])


class Crowd:
    """Processes that wait to be sent out; starting them takes longer than most races."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        context = multiprocessing.get_context("spawn")
        self._processes = [ProcessPoolExecutor(1, mp_context=context) for _ in range(PROCESSES)]
        for ready in [process.submit(time.time) for process in self._processes]:
            ready.result(timeout=GATHER_TIMEOUT_S)

    def at_once(self, requests: Sequence[Request]) -> list[Reply]:
        """Send all requests at one moment; the replies in their order."""
        shares = [list(requests[start::PROCESSES]) for start in range(PROCESSES)]
        begins_at = time.time() + GATHER_S + len(requests) * CONNECT_S
        sent = [
            process.submit(_send_share, self._base_url, share, begins_at)
            for process, share in zip(self._processes, shares, strict=True)
        ]
        replies: list[Reply | None] = [None] * len(requests)
        for start, share in enumerate(sent):
            replies[start::PROCESSES] = share.result(timeout=GATHER_TIMEOUT_S)
        return [reply for reply in replies if reply is not None]

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.shutdown()


def _send_share(base_url: str, requests: Sequence[Request], begins_at: float) -> list[Reply]:
    return asyncio.run(_send_all(base_url, requests, begins_at))


async def _send_all(base_url: str, requests: Sequence[Request], begins_at: float) -> list[Reply]:
    limits = httpx.Limits(max_connections=len(requests), max_keepalive_connections=len(requests))
    async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=TIMEOUT_S, trust_env=False) as client:
        await asyncio.gather(*(client.get("/health") for _ in requests))
        await asyncio.sleep(max(0.0, begins_at - time.time()))
        return await asyncio.gather(*(_send(client, request) for request in requests))


async def _send(client: httpx.AsyncClient, request: Request) -> Reply:
    started = time.perf_counter()
    answer = await client.request(request.method, request.path, json=request.body, headers=dict(request.headers))
    seconds = time.perf_counter() - started
    body = answer.json() if "json" in answer.headers.get("content-type", "") else None
    return Reply(answer.status_code, dict(answer.headers), answer.content, body, seconds)
