"""Takes hints of payment events from the queue, and settles the orders and refunds that they are about.

A hint may come twice, late, out of order, or for something that is not there: the provider's answer of now is what
counts. What the provider cannot be asked about now goes back to the queue.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from storekeeper.checkout import Till, settle_payment, settle_refund
from storekeeper.edge.backend import backend
from storekeeper.kernel import clock
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId, is_id
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.payments import PaymentHint, stripe_gateway

PAYMENTS = system_actor("payments")
SPARE_MS = 8_000  # a provider that hangs takes at least this long; what is not begun comes again by itself

logger = Logger(serialize_stacktrace=False)


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Settle a batch; SQS delivers the messages again that the answer names."""
    failed = [record["messageId"] for record in event["Records"] if not _settled(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _settled(record: dict[str, Any], context: Any) -> bool:
    """Whether the message is done with."""
    if context.get_remaining_time_in_millis() < SPARE_MS:
        return False
    try:
        hint = PaymentHint.from_message(record["body"])
        outcome = _settle(hint, request_id=record["messageId"])
    except Exception:
        logger.exception("hint.failed", extra={"message_id": record["messageId"]})
        outcome = "HintFailed"
    _count(outcome)
    return outcome != "HintFailed"


def _settle(hint: PaymentHint, *, request_id: str) -> str:
    """Settle what a hint is about; the name of its metric."""
    if not is_id(hint.tenant_id, "ten"):
        return "HintIgnored"
    now, trace = clock.utc_now(), Trace(PAYMENTS, request_id)
    table = backend().table(TenantId(hint.tenant_id), trace=trace)
    try:
        till = Till(table, stripe_gateway, backend().sealer(table))
        if hint.refund_id:
            settle_refund(hint.order_id, hint.refund_id, till=till, now=now)
        else:
            settle_payment(hint.order_id, till=till, now=now, intent_id=hint.intent_id)
    except NotFound:
        logger.warning("hint.ignored", extra={"event_id": hint.event_id, "kind": hint.kind})
        return "HintIgnored"
    return "HintSettled"


def _count(name: str) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension(name="stage", value=os.environ["STAGE"])
