"""The sweep: everything that is due, of every kind and tenant, handled through its own tenant's gateway.

Two sweeps may run at once, and one may end anywhere: handling is conditional, and what was not done is still due. A
thing that fails stays due; it is counted, and the others go on.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from msgspec import Struct, field

from jobs.kinds import KINDS, Kind
from storekeeper.checkout import Till
from storekeeper.edge.backend import backend
from storekeeper.kernel import clock
from storekeeper.kernel.aws.session import client
from storekeeper.kernel.keys import Key
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.untenanted import DUE_PAGE, DUE_SHARDS, DueThing, find_due
from storekeeper.kernel.workers import workers
from storekeeper.payments import stripe_gateway

JOBS = system_actor("jobs")
SPARE_MS = 5_000
SIDE_BY_SIDE = 8  # most of the time is spent waiting for the provider

logger = Logger(serialize_stacktrace=False)


class Sweep(Struct):
    """One run. `tried`: what this run has seen, as it was due then; the index may show it again for a while."""

    request_id: str
    is_nearly_over: Callable[[], bool]
    tried: set[tuple[Key, datetime]] = field(default_factory=set)
    done: int = 0
    failed: int = 0

    def run(self, kinds: Mapping[str, Kind]) -> None:
        """Handle all that is due, until a look at a shard shows nothing new."""
        with workers(SIDE_BY_SIDE, name="sweep") as pool:
            for name, kind in kinds.items():
                for shard in range(DUE_SHARDS):
                    while self._handle_shard(name, kind, shard, pool):
                        pass

    def _handle_shard(self, name: str, kind: Kind, shard: int, pool: Executor) -> bool:
        """Whether there was anything new."""
        found_new = False
        for page in _pages(name, shard):
            if self.is_nearly_over():
                return False
            new = [thing for thing in page if (thing.key, thing.due_at) not in self.tried]
            self.tried.update((thing.key, thing.due_at) for thing in new)
            # The tills are opened here: clients are not to be made in many threads.
            work = [(thing, till) for thing in new if (till := self._open_till(name, kind, thing))]
            outcomes = list(pool.map(lambda one: self._handle(name, kind, *one), work))
            self.done += outcomes.count(True)
            self.failed += outcomes.count(False)
            found_new = found_new or bool(new)
        return found_new

    def _open_till(self, name: str, kind: Kind, thing: DueThing) -> Till | None:
        try:
            table = backend().table(thing.tenant_id, trace=Trace(JOBS, self.request_id))
            return Till(table, stripe_gateway, backend().sealer(table))
        except Exception:
            self.failed += 1
            logger.exception("sweep.failed", extra=_facts(name, kind, thing))
            return None

    def _handle(self, name: str, kind: Kind, thing: DueThing, till: Till) -> bool | None:
        """Whether it was handled; None if there was no time left to."""
        if self.is_nearly_over():
            return None
        try:
            kind.handle(thing.key, till, clock.utc_now())
        except Exception:
            logger.exception("sweep.failed", extra=_facts(name, kind, thing))
            return False
        return True


def sweep(context: Any) -> dict[str, int]:
    """Handle what is due, as long as there is time; how many things were done, and how many failed."""
    run = Sweep(context.aws_request_id, lambda: context.get_remaining_time_in_millis() < SPARE_MS)
    run.run(KINDS)
    for name, value in (("SweepDone", run.done), ("SweepFailed", run.failed)):
        with single_metric(name=name, unit=MetricUnit.Count, value=value) as metric:
            metric.add_dimension(name="stage", value=os.environ["STAGE"])
    logger.info("sweep.ended", extra={"done": run.done, "failed": run.failed})
    return {"done": run.done, "failed": run.failed}


def _pages(kind: str, shard: int) -> Iterator[list[DueThing]]:
    until, after = clock.utc_now(), None
    while True:
        page = find_due(
            client("dynamodb").query,
            table=backend().table_name,
            kind=kind,
            shard=shard,
            until=until,
            after=after,
        )
        yield page
        if len(page) < DUE_PAGE:
            return
        after = page[-1]


def _facts(name: str, kind: Kind, thing: DueThing) -> dict[str, str]:
    facts = {"kind": name, "tenant_id": str(thing.tenant_id)}
    return facts if kind.has_secret_key else {**facts, "pk": thing.key.pk, "sk": thing.key.sk}
