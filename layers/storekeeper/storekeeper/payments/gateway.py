"""The port to a provider: what the domain asks of whoever moves money."""

from typing import Protocol

from storekeeper.kernel.ids import OrderId
from storekeeper.kernel.money import Money
from storekeeper.payments.model import Intent, IntentRequest, ProviderRefund, RefundRequest


class PaymentGateway(Protocol):
    """Every call ends within seconds, is safe to repeat (its key is derived from our id), and may raise

    - PaymentDeclined, ProviderRefused: final
    - ProviderUnavailable: unknown; ask again
    """

    @property
    def publishable_key(self) -> str:
        """What a browser needs, beside the client secret, to pay an intent."""

    def create_intent(self, request: IntentRequest) -> Intent:
        """The intent of an order; a repeat gives the same one."""

    def find_intent(self, intent_id: str) -> Intent:
        """The intent as it is now."""

    def capture(self, intent_id: str, *, order_id: OrderId, amount: Money) -> Intent:
        """Take authorized money: all of it, or less (what is left is given free). Once for each order."""

    def cancel(self, intent_id: str, *, order_id: OrderId) -> Intent:
        """Give an intent up, if it still can be. The answer is the intent as it is afterwards: look at its state."""

    def refund(self, request: RefundRequest) -> ProviderRefund:
        """Send money back; a repeat gives the same refund.

        A provider forgets keys after a day: what was asked longer ago is looked for with `find_refund` first.
        """

    def find_refund(self, intent_id: str, *, refund_id: str) -> ProviderRefund | None:
        """The refund that we asked for under this id, or None: the provider has never heard of it."""
