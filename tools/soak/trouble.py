"""What goes wrong meanwhile: processes are killed, answers come late, webhooks and the provider misbehave."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.stack import STEADY_S
from local.testing import RunningStack
from tests.stack.provider import Provider
from tools.soak.memory import function_processes

EVERY_CALLS = (8, 30)  # so that a slow machine gets no more of it than it can recover from
AT_LATEST_S = 20.0
DELAYED_S = (0.1, 0.6)
REPLACED_S = 10.0
PUMP_LIVES_S = 2 * STEADY_S  # at least: one that ends sooner, again and again, is taken for one that cannot run
LOOK_S = 0.1
WEBHOOKS: tuple[dict[str, object], ...] = (
    {},
    {"copies": 3},
    {"delay_s": 3},
    {"reorder": 3},
    {"missing": True},
)
PROVIDER_FAULTS = (("error", False), ("drop", True), ("drop", False))
CALLS = ("/v1/payment_intents", "/v1/refunds")


class Trouble:
    """Makes some until it is closing time. `made` counts it by kind."""

    def __init__(
        self,
        stack: RunningStack,
        provider: Provider,
        closing: threading.Event,
        chance: random.Random,
        answered: Callable[[], int],
    ) -> None:
        self._stack, self._provider, self._closing, self._chance = stack, provider, closing, chance
        self._answered = answered
        self.made: Counter[str] = Counter()
        self._pump_killed_at = -PUMP_LIVES_S

    def run(self) -> None:
        """One thing after another."""
        kinds = (
            self._kill_function,
            self._kill_function,
            self._kill_function,
            self._delay_emulator,
            self._delay_emulator,
            self._misdeliver,
            self._fail_provider,
            self._kill_pump,
        )
        while self._is_time():
            self._chance.choice(kinds)()

    def _is_time(self) -> bool:
        """Wait for some more answers; False at closing time."""
        until, latest = self._answered() + self._chance.randint(*EVERY_CALLS), time.monotonic() + AT_LATEST_S
        while not self._closing.wait(LOOK_S):
            if self._answered() >= until or time.monotonic() >= latest:
                return True
        return False

    def _kill_function(self) -> None:
        running = function_processes(self._stack.child("emulator"))
        if running:
            pid = self._chance.choice(list(running))
            if kill(pid, signal.SIGKILL):
                self.made[f"killed {running[pid]}"] += 1

    def _kill_pump(self) -> None:
        if time.monotonic() - self._pump_killed_at < PUMP_LIVES_S:
            return
        self._pump_killed_at = time.monotonic()
        killed = self._stack.child("pump")
        if kill(killed, signal.SIGKILL):
            self.made["killed the pump"] += 1
        deadline = time.monotonic() + REPLACED_S
        while self._stack.child("pump") == killed and time.monotonic() < deadline:
            time.sleep(0.1)

    def _delay_emulator(self) -> None:
        with stopped(self._stack.child("emulator")):
            time.sleep(self._chance.uniform(*DELAYED_S))
        self.made["stopped the emulator for a moment"] += 1

    def _misdeliver(self) -> None:
        rules = self._chance.choice(WEBHOOKS)
        self._provider.webhooks(**rules)
        if not rules:
            self._provider.control("webhooks/flush")
        self.made[f"webhooks {', '.join(rules) or 'as they should be'}"] += 1

    def _fail_provider(self) -> None:
        kind, acts = self._chance.choice(PROVIDER_FAULTS)
        self._provider.fail(self._chance.choice(CALLS), acts=acts, kind=kind, times=self._chance.randint(1, 3))
        self.made[f"provider {kind}{' after it acted' if acts else ''}"] += 1


def kill(pid: int, number: signal.Signals) -> bool:
    """Signal one process; False if it has ended by itself."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Nothing comes from a process meanwhile, and all that was asked of it is answered afterwards."""
    kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        kill(pid, signal.SIGCONT)
