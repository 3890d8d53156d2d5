"""DynamoDB's refusals, as botocore raises them."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError


def refusal(code: str, operation: str, *, message: str = "", **more: Any) -> ClientError:
    """An error of one call."""
    response: Any = {"Error": {"Code": code, "Message": message or code}, **more}
    return ClientError(response, operation)


def cancelled(reasons: Sequence[dict[str, Any]]) -> ClientError:
    """A transaction that was not done, with a reason for each of its items."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refusal(
        "TransactionCanceledException", "TransactWriteItems", message=message, CancellationReasons=list(reasons)
    )


def no_answer() -> ReadTimeoutError:
    """Nothing came back in time: it may have been done, or may still be."""
    return ReadTimeoutError(endpoint_url="dynamodb")
