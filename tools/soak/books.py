"""What people were told while it ran, to be held against what is there in the end."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from tests.stack.shop import Purchase


@dataclass(frozen=True)
class Sale:
    """An order that checkout answered with 201 or 200. `units` by SKU."""

    order_id: str
    number: str
    cart_id: str
    units: tuple[tuple[str, int], ...]
    intent_id: str | None
    client_secret: str | None
    email: str

    @property
    def purchase(self) -> Purchase:
        """As the tests' own clients know it."""
        payment = {"intent_id": self.intent_id, "client_secret": self.client_secret}
        return Purchase(self.cart_id, {"id": self.order_id, "number": self.number}, payment, self.email)


@dataclass
class Books:
    """Threads share it."""

    sales: dict[str, Sale] = field(default_factory=dict)
    adjusted: Counter[str] = field(default_factory=Counter)  # units by SKU, of adjustments that were answered
    adjusted_perhaps: Counter[str] = field(default_factory=Counter)  # of those that were not: how many
    did: Counter[str] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def sold(self, sale: Sale) -> None:
        """Checkout answered an order. The same cart must always be answered the same one."""
        with self._guard:
            self.did["order placed"] += 1
            known = [one for one in self.sales.values() if one.cart_id == sale.cart_id]
            if known and known[0].order_id != sale.order_id:
                self.contradictions.append(f"cart of {known[0].number} became {sale.number} too")
            self.sales[sale.order_id] = sale

    def adjustment(self, sku: str, units: int, *, answered: bool) -> None:
        """Units that were put on a shelf, or taken off one (negative)."""
        with self._guard:
            if answered:
                self.adjusted[sku] += units
            else:
                self.adjusted_perhaps[sku] += 1

    def count(self, what: str) -> None:
        """Something was done."""
        with self._guard:
            self.did[what] += 1

    def any_sale(self, chance: random.Random) -> Sale | None:
        """Some order, rather a young one."""
        with self._guard:
            young = list(self.sales.values())[-60:]
        return chance.choice(young) if young else None
