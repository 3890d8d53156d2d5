"""Refusals that several of the checkout's topics share."""

from storekeeper.kernel.errors import StorekeeperError


class PaymentInProgress(StorekeeperError):
    """The payment is being processed, or has succeeded: what would give it up is refused."""

    code, kind = "payment_in_progress", "conflict"

    def __init__(self) -> None:
        super().__init__("A payment for this order is being processed or has succeeded.")
