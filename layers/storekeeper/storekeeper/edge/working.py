"""Hands runs to the worker. One that could not be handed over is due all the same: the sweep does it, minutes later."""

import json
import os

from aws_lambda_powertools import Logger

from storekeeper.kernel.aws import queues
from storekeeper.kernel.ids import TenantId

logger = Logger(child=True)


def queue_run(tenant_id: TenantId, run_id: str) -> None:
    """Have a worker take up a run, soon; it may be handed over twice."""
    try:
        queues.send(os.environ["RUNS_QUEUE_URL"], json.dumps({"tenant_id": tenant_id, "run_id": run_id}))
    except Exception:
        logger.exception("run.not_queued", extra={"tenant_id": tenant_id, "run_id": run_id})
