"""The processes of one running system: emulator, Stripe stand-in, gateway, pump; what each must know of the others."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import pump
from local.deploy import Deployed, deploy, put_stripe_keys
from local.emulator import REGION, Emulator, Keeping, start_emulator
from local.processes import HOST, REPOSITORY, Child, free_port, start_child, wait_for_port
from local.save_names import CHECKPOINTS
from local.saves import Kept, StripeKeys
from local.state import StateFolder
from local.watch import Watcher

READY_S = 20.0
SEED_S = 300.0  # takes 15 s where nothing else runs
DRAINED_EVERY_S = 0.1
STEADY_S = 5.0  # a child that lives shorter has failed rather than been killed
SHORT_LIVES = 5  # in a row, then it would only end again
EMULATOR_SETTINGS = {
    "LAMBDA_WARM_TTL_SECONDS": "20",  # looked at every 30 s; then one environment of each function stays
    "LAMBDA_ACCOUNT_CONCURRENCY": "200",  # the gateway bounds requests; this bounds a runaway
}

Json = dict[str, Any]


class Stack:
    """One system on one port. `start`, then perhaps `watch`, then `mend` now and then, then `stop`. After a start that
    failed and a `stop` it may be started again.
    """

    def __init__(self, state: StateFolder, *, port: int, checkout: Path = REPOSITORY) -> None:
        self.port = port
        self.checkout = checkout
        self.base_url = f"http://localhost:{port}"
        self.stripe_port = free_port()
        self.stripe_keys = StripeKeys()
        self._state = state
        self._children: dict[str, Child] = {}
        self._begun: dict[str, float] = {}
        self._short_lives: dict[str, int] = {}
        self._emulator: Emulator | None = None
        self._deployed: Deployed | None = None
        self._watcher: Watcher | None = None

    @property
    def emulator(self) -> Emulator:
        """The running emulator."""
        if self._emulator is None:
            raise RuntimeError("the stack has not been started")
        return self._emulator

    @property
    def deployed(self) -> Deployed:
        """What the deployment made."""
        if self._deployed is None:
            raise RuntimeError("the stack has not been deployed")
        return self._deployed

    def pid(self, child: str) -> int:
        """The process id of `emulator`, `stripe`, `gateway` or `pump`."""
        return self._children[child].pid

    def start(self, kept: Kept | None) -> None:
        """Start everything and deploy the template: on the data that was `kept`, or on none.

        Raises:
            ChildFailed: a process did not come up.
            DeployFailed: the template was refused.
        """
        self.stripe_keys = kept.stripe_keys if kept else StripeKeys()
        keeping = Keeping(kept.emulator_port, {kept.stripe_port: self.stripe_port}) if kept else Keeping()
        self._begin("stripe", self._start_stripe)
        self._emulator = start_emulator(
            self._state.data, enforce_iam=True, settings=EMULATOR_SETTINGS, keeping=keeping, log=self._log("emulator")
        )
        self._begin("emulator", lambda: self.emulator.child)
        parameters = {"Stage": "local", "StripeApiBase": f"http://{HOST}:{self.stripe_port}"}
        self._deployed = deploy(self.emulator, checkout=self.checkout, parameters=parameters, is_new=kept is None)
        put_stripe_keys(self.emulator, self.deployed.outputs["StripeSecretArn"], json.dumps(vars(self.stripe_keys)))
        self._begin("gateway", self._start_gateway)
        self._begin("pump", self._start_pump)
        wait_for_port(self._children["stripe"], self.stripe_port, within_s=READY_S)
        wait_for_port(self._children["gateway"], self.port, within_s=READY_S)
        self._state.write(self._state.stack, self.description())

    def watch(self) -> None:
        """Make edits of the checkout live from now on."""
        self._watcher = Watcher(self.emulator.client("lambda"), self.deployed.functions, checkout=self.checkout)
        self._watcher.start()

    def seed(self) -> list[Json]:
        """Fill the system with demo data through its own API; the tenants, as `demo.json` shows them.

        Raises:
            ChildFailed: the demo data could not be made.
        """
        out = self._state.data / "tenants.json"
        arguments = ["--base-url", self.base_url, "--stack-file", str(self._state.stack), "--out", str(out)]
        environment = self.emulator.environment
        child = start_child("demo", "local.demo", arguments, environment=environment, log=self._log("demo"))
        try:
            if child.process.wait(SEED_S):
                raise child.failure("could not make the demo data")
        finally:
            child.stop()
        tenants: list[Json] = json.loads(out.read_text())
        return tenants

    def mend(self) -> None:
        """Start again what has ended.

        Raises:
            ChildFailed: it ends again and again, or it was the emulator, whose data is gone.
        """
        again = {"stripe": self._start_stripe, "gateway": self._start_gateway, "pump": self._start_pump}
        for name, child in list(self._children.items()):
            if not child.has_ended():
                continue
            is_short = time.monotonic() - self._begun[name] < STEADY_S
            self._short_lives[name] = self._short_lives.get(name, 0) + 1 if is_short else 0
            if name not in again or self._short_lives[name] >= SHORT_LIVES:
                raise child.failure("has ended")
            print(f"{name} has ended; starting it again", flush=True)
            child.stop()
            self._begin(name, again[name])

    def drain(self, *, within_s: float) -> None:
        """Wait until the pump has nothing left to do. What is left after that time stays in the stream."""
        deadline = time.monotonic() + within_s
        with suppress(BotoCoreError, ClientError):  # the emulator has been killed
            while time.monotonic() < deadline and not pump.is_drained(self.emulator.endpoint, self._checkpoints):
                time.sleep(DRAINED_EVERY_S)

    def close(self) -> None:
        """Take no more requests, and end those that are under way."""
        if "gateway" in self._children:
            self._children.pop("gateway").stop()

    def stop(self) -> None:
        """End every process; last the emulator, which saves its data. Safe to repeat, and after a failed start."""
        if self._watcher:
            self._watcher.stop()
        emulator = self._children.pop("emulator", None)
        for child in reversed(list(self._children.values())):
            child.stop()
        self._children.clear()
        if emulator:
            self.emulator.stop()

    def description(self) -> Json:
        """What a program needs to use the stack (`stack.json`)."""
        return {
            "base_url": self.base_url,
            "aws_endpoint_url": f"http://localhost:{self.emulator.port}",
            "region": REGION,
            "table": self.deployed.table,
            "api_id": self.deployed.api_id,
            "outputs": self.deployed.outputs,
            "functions": self.deployed.functions,
            "stripe": {"api_base": f"http://localhost:{self.stripe_port}", **vars(self.stripe_keys)},
        }

    def keep(self, tenants: list[Json] | None, *, made_by: str) -> Kept:
        """What the stack that begins with this one's data must know."""
        return Kept(self.emulator.port, self.stripe_port, self.stripe_keys, tenants, made_by)

    def demo(self, tenants: list[Json]) -> Json:
        """What people and clients need (`demo.json`)."""
        all_of_it = self.description()
        stripe = {key: all_of_it["stripe"][key] for key in ("api_base", "secret_key")}
        named = {key: all_of_it[key] for key in ("base_url", "aws_endpoint_url", "table", "region")}
        return {**named, "stripe": stripe, "tenants": tenants}

    def _begin(self, name: str, start: Callable[[], Child]) -> None:
        self._children[name] = start()
        self._begun[name] = time.monotonic()
        known = self._state.read(self._state.supervisor)
        pids = {one: child.pid for one, child in self._children.items()}
        self._state.write(self._state.supervisor, known | {"children": pids})

    @property
    def _checkpoints(self) -> Path:
        return self._state.data / CHECKPOINTS

    def _log(self, name: str) -> Path:
        return self._state.logs / f"{name}.log"

    def _start_stripe(self) -> Child:
        options = {
            "port": self.stripe_port,
            "webhook-url": f"http://{HOST}:{self.port}/v1/hooks/stripe",
            "webhook-secret": self.stripe_keys.webhook_secret,
            "secret-key": self.stripe_keys.secret_key,
            "publishable-key": self.stripe_keys.publishable_key,
            "state": self._state.data / "stripe.sqlite",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return start_child("stripe", "local.stripe", arguments, environment={}, log=self._log("stripe"))

    def _start_gateway(self) -> Child:
        arguments = [f"--port={self.port}", f"--endpoint={self.emulator.endpoint}", f"--api={self.deployed.api_id}"]
        return start_child("gateway", "local.gateway", arguments, environment={}, log=self._log("gateway"))

    def _start_pump(self) -> Child:
        arguments = [f"--endpoint={self.emulator.endpoint}", f"--checkpoints={self._checkpoints}"]
        return start_child("pump", "local.pump", arguments, environment={}, log=self._log("pump"))
