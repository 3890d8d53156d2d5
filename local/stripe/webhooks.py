"""Delivery of events: signed, asynchronous, retried until the receiver answers 2xx.

Deliveries run in parallel, so their order is not that of the events, as at Stripe. `Rules` say how
to misbehave on demand. Events that were never acknowledged are delivered again after a restart.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from local.stripe.store import Resource, Store, public

TIMEOUT_S = 20.0
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 15.0
PARALLEL = 8
LONGEST_RESET_S = 5.0
LOGGED = 2000


@dataclass(frozen=True)
class Rules:
    """How deliveries misbehave. `types` limits that to some event types (none: to all).

    `missing`: never delivered. `copies`: each is sent so often. `delay_s`: sent so much later.
    `reorder`: held until so many wait, then sent one after the other, newest first. `paused`: held until flushed.
    """

    missing: bool = False
    copies: int = 1
    delay_s: float = 0.0
    reorder: int = 0
    paused: bool = False
    types: tuple[str, ...] = ()

    def apply_to(self, event_type: str) -> bool:
        return not self.types or event_type in self.types


@dataclass
class Delivery:
    """One copy of one event on its way to the receiver, with what became of it."""

    event_id: str
    event_type: str
    about: str
    status: str = "pending"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "event": self.event_id, "type": self.event_type, "object": self.about, "status": self.status,
            "attempts": self.attempts,
        }  # fmt: skip


def _delivery(event: Resource) -> Delivery:
    return Delivery(event["id"], event["type"], event["data"]["object"]["id"])


def signature(body: bytes, *, secret: str, now: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 over the time and the raw body."""
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


class Webhooks:
    """The one registered endpoint and everything on its way to it."""

    def __init__(self, store: Store, *, url: str, secret: str) -> None:
        self._store = store
        self._url = urlsplit(url)
        self._secret = secret
        self._wakes = threading.Condition()
        self._order = itertools.count()
        self._due: list[tuple[float, int, tuple[Delivery, ...]]] = []
        self._held: list[Delivery] = []
        self._log: deque[Delivery] = deque(maxlen=LOGGED)
        self._closed = False
        self._generation = 0
        self._sending = 0
        self.rules = Rules()
        self._ready: SimpleQueue[tuple[tuple[Delivery, ...], int]] = SimpleQueue()
        # Daemons: a receiver that hangs must not keep the process from ending.
        for work in (self._dispatch, *[self._work] * PARALLEL):
            threading.Thread(target=work, name="webhooks", daemon=True).start()

    def resume(self) -> None:
        """After a restart: deliver what nobody has acknowledged."""
        waiting = [event for event in self._store.newest_first("event") if event["pending_webhooks"]]
        for event in reversed(waiting):
            self._schedule([_delivery(event)], after_s=0)

    def send(self, events: list[Resource]) -> None:
        """Hand over what a committed request made happen, under the current rules."""
        for event in events:
            if self.rules.apply_to(event["type"]):
                self._misbehave(event)
            else:
                self._schedule([_delivery(event)], after_s=0)

    def _misbehave(self, event: Resource) -> None:
        rules = self.rules
        if rules.missing:
            lost = _delivery(event)
            lost.status = "missing"
            self._log.append(lost)
            self._acknowledge(event["id"])
            return
        copies = [_delivery(event) for _ in range(rules.copies)]
        if not (rules.paused or rules.reorder):
            self._schedule(copies, after_s=rules.delay_s)
            return
        with self._wakes:
            for copy in copies:
                copy.status = "held"
            self._held.extend(copies)
            self._log.extend(copies)
            full = rules.reorder and not rules.paused and len(self._held) >= rules.reorder
        if full:
            self.flush()

    def flush(self) -> int:
        """Send what is held: newest first and one after the other under `reorder`. Answers how many."""
        with self._wakes:
            held, self._held = self._held, []
        for delivery in held:
            delivery.status = "pending"
        if self.rules.reorder:
            self._schedule(held[::-1], after_s=self.rules.delay_s, logged=True, in_order=True)
        else:
            self._schedule(held, after_s=self.rules.delay_s, logged=True)
        return len(held)

    def redeliver(self, event: Resource) -> None:
        """Send one event now, whatever the rules and whether or not it was acknowledged."""
        self._schedule([_delivery(event)], after_s=0)

    def deliveries(self) -> list[dict[str, Any]]:
        """The latest deliveries, oldest first."""
        return [delivery.shown() for delivery in list(self._log)]

    def reset(self) -> None:
        """Forget deliveries and rules. Nothing of before arrives after this, unless the receiver takes too long."""
        with self._wakes:
            self._generation += 1
            self._wakes.wait_for(lambda: self._sending == 0, timeout=LONGEST_RESET_S)
            self._due.clear()
            self._held.clear()
            self._log.clear()
            self.rules = Rules()

    def close(self) -> None:
        with self._wakes:
            self._closed = True
            self._wakes.notify_all()

    def _schedule(
        self, deliveries: list[Delivery], *, after_s: float, logged: bool = False, in_order: bool = False
    ) -> None:
        groups = [tuple(deliveries)] if in_order else [(delivery,) for delivery in deliveries]
        with self._wakes:
            if not logged:
                self._log.extend(deliveries)
            for group in groups:
                heapq.heappush(self._due, (time.monotonic() + after_s, next(self._order), group))
            self._wakes.notify_all()

    def _dispatch(self) -> None:
        while True:
            with self._wakes:
                while not self._closed and (not self._due or self._due[0][0] > time.monotonic()):
                    self._wakes.wait(max(self._due[0][0] - time.monotonic(), 0) if self._due else None)
                if self._closed:
                    return
                group = heapq.heappop(self._due)[2]
                self._sending += 1
                self._ready.put((group, self._generation))

    def _work(self) -> None:
        while True:
            self._deliver_all(*self._ready.get())

    def _deliver_all(self, group: tuple[Delivery, ...], generation: int) -> None:
        try:
            for delivery in group:
                if generation == self._generation:
                    self._deliver(delivery, generation)
        finally:
            with self._wakes:
                self._sending -= 1
                self._wakes.notify_all()

    def _deliver(self, delivery: Delivery, generation: int) -> None:
        answered = self._post(delivery)
        delivery.attempts.append({"at": int(time.time()), "answer": answered})
        if generation != self._generation:
            return
        if isinstance(answered, int) and 200 <= answered < 300:
            delivery.status = "delivered"
            self._acknowledge(delivery.event_id)
            return
        wait_s = min(FIRST_RETRY_S * 2 ** (len(delivery.attempts) - 1), LONGEST_RETRY_S)
        self._schedule([delivery], after_s=wait_s, logged=True)

    def _acknowledge(self, event_id: str) -> None:
        """Nobody has to be told of this event any more, not even after a restart."""
        with self._store.lock:
            if event := self._store.find("event", event_id):
                self._store.put(event | {"pending_webhooks": 0})
                self._store.commit()

    def _post(self, delivery: Delivery) -> int | str:
        """One attempt: the receiver's status, or why there was none."""
        with self._store.lock:
            event = self._store.find("event", delivery.event_id)
        if event is None:
            return "the event was forgotten"
        body = json.dumps(public(event), indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, secret=self._secret, now=int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        host, port = self._url.hostname or "", self._url.port
        target = self._url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connect = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = connect(host, port, timeout=TIMEOUT_S)
        try:
            connection.request("POST", target, body=body, headers=headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as failed:
            return f"{type(failed).__name__}: {failed}"
        else:
            return response.status
        finally:
            connection.close()
