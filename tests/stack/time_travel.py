"""An order that was placed earlier than it was: windows last half an hour, and no test waits for one.

Production code reads only its own clock. So what moves is the order: its instants in the table, put back.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from local.testing import RunningStack
from tests.stack.shop import Json, Merchant, invoke

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def age(stack: RunningStack, merchant: Merchant, order_id: str, *, minutes: int) -> None:
    """Let an order have been placed so many minutes earlier; whatever it waits for comes that much earlier too."""
    age_item(stack, f"T#{merchant.tenant_id}#ORDER#{order_id}", "ORDER", minutes=minutes, also=("placed_at",))


def age_item(stack: RunningStack, pk: str, sk: str, *, minutes: int, also: Sequence[str] = ()) -> None:
    """Let what an item waits for come so many minutes earlier; `also` these instants of it."""
    while not _aged(stack, {"pk": {"S": pk}, "sk": {"S": sk}}, minutes=minutes, also=also):
        continue  # a webhook came between


def _aged(stack: RunningStack, key: Json, *, minutes: int, also: Sequence[str]) -> bool:
    table, name = stack.client("dynamodb"), stack.description["table"]
    item = table.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"]
    changes = {member: _earlier(item[member]["S"], minutes) for member in also}
    if "due_sk" in item:
        due_at, rest = item["due_sk"]["S"].split("#", 1)
        changes["due_sk"] = f"{_earlier(due_at, minutes)}#{rest}"
    if not changes:
        return True
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
