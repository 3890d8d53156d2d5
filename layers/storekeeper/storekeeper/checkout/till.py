"""What moving an order's money needs: the tenant's table, the provider, the key to personal data."""

from collections.abc import Callable

from msgspec import Struct

from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.payments import PaymentGateway

SECRET_PURPOSE = "payment"  # noqa: S105 (what a client secret is sealed for, not a secret)


class Till(Struct, frozen=True):
    """One tenant's till. The provider is only reached for where a card is involved: `open_gateway` may be slow once."""

    table: Table
    open_gateway: Callable[[], PaymentGateway]
    sealer: Sealer

    @property
    def gateway(self) -> PaymentGateway:
        """The provider."""
        return self.open_gateway()
