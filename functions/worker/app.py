"""Takes runs from the queue and does their steps until they are over, or its own time is.

A run may come twice; its claim keeps it to one worker. One that is not over goes to the end of the queue, behind those
of other tenants.
"""

import json
from typing import Any

from aws_lambda_powertools import Logger

from storekeeper.edge.backend import backend
from storekeeper.edge.working import queue_run
from storekeeper.kernel import clock
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId, is_id
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.runs import work_on
from worker.steps import STEPS

WORKER = system_actor("worker")
SPARE_MS = 15_000  # longer than a step

logger = Logger(serialize_stacktrace=False)


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Work on each run; SQS delivers the messages again that the answer names."""
    failed = [record["messageId"] for record in event["Records"] if not _worked_on(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _worked_on(record: dict[str, Any], context: Any) -> bool:
    """Whether the message is done with."""
    try:
        asked = json.loads(record["body"])
        _work(str(asked["tenant_id"]), str(asked["run_id"]), record["messageId"], context)
    except Exception:
        logger.exception("run.failed", extra={"message_id": record["messageId"]})
        return False
    return True


def _work(tenant_id: str, run_id: str, request_id: str, context: Any) -> None:
    if not is_id(tenant_id, "ten"):
        logger.warning("run.ignored", extra={"message_id": request_id})
        return
    table = backend().table(TenantId(tenant_id), trace=Trace(WORKER, request_id))
    try:
        run = work_on(
            table,
            run_id,
            steps=STEPS,
            now=clock.utc_now,
            is_nearly_over=lambda: context.get_remaining_time_in_millis() < SPARE_MS,
        )
    except NotFound:
        logger.warning("run.ignored", extra={"run_id": run_id})
        return
    if run.due_at and run.due_at <= clock.utc_now():
        queue_run(table.tenant_id, run_id)
    figures = {"run_id": run_id, "kind": run.kind, "state": run.state.value, **run.figures}
    logger.info("run.worked_on", extra=figures)
