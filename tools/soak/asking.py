"""Calls as patient clients make them: what was not answered, or only for now refused, is sent again as it was."""

import threading
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

ATTEMPTS = 14
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
PASSING = frozenset({429, 500, 502, 503, 504})
PASSING_CODES = frozenset({"idempotency_key_in_use", "contended"})


class NotAnswered(Exception):
    """Nobody knows what became of it: every attempt ended without an answer that counts."""


@dataclass
class Tally:
    """What all clients together asked, and how it went. Threads share it."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, status: str, seconds: float, code: str = "") -> None:
        """One attempt."""
        with self._guard:
            self.seconds[what].append(seconds)
            self.statuses[status] += 1
            if code:
                self.refusals[f"{status} {code}"] += 1

    def note_unanswered(self, what: str) -> None:
        """All attempts of a call ended without an answer."""
        with self._guard:
            self.unanswered[what] += 1

    @property
    def attempts(self) -> int:
        """Calls that were sent."""
        with self._guard:
            return sum(self.statuses.values())

    @property
    def successes(self) -> int:
        """Those that did what was asked."""
        with self._guard:
            return sum(count for status, count in self.statuses.items() if status.startswith("2"))


class Client:
    """Asks on behalf of one person; `headers` may hold a key."""

    def __init__(self, http: httpx.Client, tally: Tally, headers: dict[str, str] | None = None) -> None:
        self._http, self._tally, self._headers = http, tally, headers or {}

    def ask(self, what: str, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """The first answer that counts, under one Idempotency-Key however often it is asked.

        Raises:
            NotAnswered: none came.
        """
        headers = dict(self._headers)
        if method == "POST":
            headers["Idempotency-Key"] = f"soak-{uuid.uuid4().hex}"
        for attempt in range(ATTEMPTS):
            answer = self._send(what, method, path, json=body, headers=headers, params=query or None)
            if answer is not None and not is_passing(answer):
                return answer
            time.sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**attempt))
        self._tally.note_unanswered(what)
        raise NotAnswered(what)

    def _send(self, what: str, method: str, path: str, **sent: Any) -> httpx.Response | None:
        begun = time.perf_counter()
        try:
            answer = self._http.request(method, path, **sent)
        except httpx.TransportError as failure:
            self._tally.note(what, type(failure).__name__, time.perf_counter() - begun)
            return None
        self._tally.note(what, str(answer.status_code), time.perf_counter() - begun, code_of(answer))
        return answer


def is_passing(answer: httpx.Response) -> bool:
    """Whether the same may be answered otherwise in a moment."""
    return answer.status_code in PASSING or (answer.status_code == 409 and code_of(answer) in PASSING_CODES)


def code_of(answer: httpx.Response) -> str:
    """The problem's code; empty for a success."""
    if answer.status_code < 400:
        return ""
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return "no problem document"
