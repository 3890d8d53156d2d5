"""Takes one order of the operator, such as `{"action": "create_tenant", "request_id": "...", "name": "Harbour"}`.

The answer is the action's, or `{"error": {"code", "detail", "errors"}}` when the order is refused.
"""

from typing import Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from operations import repairs, tenants
from operations.actions import Actions
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError
from storekeeper.kernel.trace import OPERATOR, Trace

ACTIONS: Actions = {**tenants.ACTIONS, **repairs.ACTIONS}

logger = Logger(serialize_stacktrace=False)


def handler(order: dict[str, Any], context: Any) -> dict[str, Any]:
    """Carry out one order."""
    request_id = getattr(context, "aws_request_id", "local")
    try:
        answer = _carry_out(order, trace=Trace(OPERATOR, request_id))
    except StorekeeperError as refusal:
        logger.info("order.refused", extra={"request_id": request_id, "code": refusal.code})
        errors = [{"field": fault.field, "code": fault.code, "detail": fault.detail} for fault in refusal.faults]
        return {"error": {"code": refusal.code, "detail": refusal.detail, "errors": errors}}
    logger.info("order.carried_out", extra={"request_id": request_id, "action": order["action"]})
    return answer


def _carry_out(order: dict[str, Any], *, trace: Trace) -> dict[str, Any]:
    name = order.get("action")
    if not isinstance(name, str) or name not in ACTIONS:
        raise Invalid.field("action", "action_unknown", f"Actions are {', '.join(sorted(ACTIONS))}.")
    action = ACTIONS[name]
    details = {member: value for member, value in order.items() if member != "action"}
    try:
        return action.run(action.details.model_validate(details), trace=trace, now=clock.utc_now())
    except ValidationError as malformed:
        faults = [Fault(".".join(map(str, one["loc"])), one["type"], one["msg"]) for one in malformed.errors()]
        raise Invalid("The order is malformed; see errors.", faults=faults) from malformed
