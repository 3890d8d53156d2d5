"""An order that was placed earlier than it was: windows last half an hour, and no test waits for one.

Production code reads only its own clock. So what moves is the order: its instants in the table, put back.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.testing import RunningStack
from tests.stack.shop import Json, Merchant, invoke

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def age(stack: RunningStack, merchant: Merchant, order_id: str, *, minutes: int) -> None:
    """Let an order have been placed so many minutes earlier; whatever it waits for comes that much earlier too."""
    while not _aged(stack, merchant, order_id, minutes=minutes):
        continue  # a webhook came between


def _aged(stack: RunningStack, merchant: Merchant, order_id: str, *, minutes: int) -> bool:
    table, name = stack.client("dynamodb"), stack.description["table"]
    key = {"pk": {"S": f"T#{merchant.tenant_id}#ORDER#{order_id}"}, "sk": {"S": "ORDER"}}
    item = table.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"]
    changes: dict[str, Any] = {"placed_at": _earlier(item["placed_at"]["S"], minutes)}
    if "due_sk" in item:
        due_at, rest = item["due_sk"]["S"].split("#", 1)
        changes["due_sk"] = f"{_earlier(due_at, minutes)}#{rest}"
    try:
        table.update_item(
            TableName=name,
            Key=key,
            UpdateExpression="SET " + ", ".join(f"{member} = :{member}" for member in changes),
            ConditionExpression="version = :version",
            ExpressionAttributeValues={
                ":version": item["version"],
                **{f":{member}": {"S": value} for member, value in changes.items()},
            },
        )
    except table.exceptions.ConditionalCheckFailedException:
        return False
    return True


def sweep(stack: RunningStack) -> Json:
    """What the schedule does each minute."""
    return dict(invoke(stack, "JobsFunction", {"job": "sweep"}))


def _earlier(instant: str, minutes: int) -> str:
    moved = datetime.strptime(instant, INSTANT).replace(tzinfo=UTC) - timedelta(minutes=minutes)
    return moved.strftime(INSTANT)[:-4] + "Z"
