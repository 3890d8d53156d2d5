"""One call of DynamoDB, and its verdict: done, refused by a condition, or worth sending again."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

CONDITION_FAILED = "ConditionalCheckFailed"
_CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})
_THROTTLES = frozenset(
    {"ThrottlingError", "ThrottlingException", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
    | {"ProvisionedThroughputExceededException", "InternalServerError", "ServiceUnavailable", "InternalFailure"}
)


class Wire(Protocol):
    """The calls of boto3's DynamoDB client that the gateway makes."""

    def get_item(self, **kwargs: Any) -> Any: ...
    def batch_get_item(self, **kwargs: Any) -> Any: ...
    def query(self, **kwargs: Any) -> Any: ...
    def put_item(self, **kwargs: Any) -> Any: ...
    def update_item(self, **kwargs: Any) -> Any: ...
    def transact_write_items(self, **kwargs: Any) -> Any: ...


class TryAgain(Exception):
    """The call may succeed if it is sent again; `conflict` when it lost to another transaction.

    `places` are those of the transaction's items that the other one touched, or whose partition is at its limit.
    """

    def __init__(self, *, conflict: bool, places: Sequence[int] = ()) -> None:
        super().__init__("another transaction" if conflict else "no answer")
        self.conflict = conflict
        self.places = tuple(places)


def call(operation: Callable[..., Any], **request: Any) -> Any:
    """The operation's answer.

    Raises:
        ClientError: a condition failed.
        TryAgain: throttled, a conflict with another transaction, or no answer: it may or may not have been done.
        RuntimeError: the request is wrong, which is a fault of ours.
    """
    try:
        return operation(**request)
    except (HTTPClientError, NoConnection) as error:
        raise TryAgain(conflict=False) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        told = [reason["Code"] for reason in error.response.get("CancellationReasons", ())]
        reasons = set(told)
        if code == "ConditionalCheckFailedException" or CONDITION_FAILED in reasons:
            raise
        if (codes := {code} | reasons) & (_CONFLICTS | _THROTTLES):
            places = [place for place, reason in enumerate(told) if reason in _CONFLICTS | _THROTTLES]
            raise TryAgain(conflict=bool(codes & _CONFLICTS), places=places) from error
        raise RuntimeError(f"DynamoDB refused the request: {error}") from error
