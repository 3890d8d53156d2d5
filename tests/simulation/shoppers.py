"""Shoppers: they look, fill carts, hesitate, check out (sometimes twice at once), pay or not, change their minds."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from storekeeper.carts import (
    Addition,
    add_item,
    change_details,
    change_item,
    create_cart,
    delete_cart,
    hold_cart,
    take_out_item,
)
from storekeeper.checkout import Placed, check_out, reopen_cart, track_order
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.trace import SHOPPER
from storekeeper.orders import Order
from storekeeper.payments import PaymentState
from storekeeper.payments import Provider as PayBy
from tests.simulation.environments import Call, Machines
from tests.simulation.faults import Fault
from tests.simulation.keyed import once
from tests.simulation.moods import Mood
from tests.simulation.provider import Provider
from tests.simulation.scheduler import Crashed, Scheduler
from tests.simulation.wire import Backplane
from tests.simulation.world import Shop

HOME = Address(country="DE", line1="Street 1", city="Town", postal_code="12345")
PATIENCE = 3  # how often a shopper sends again what got no answer
WINDOW_S = 1800.0
HOLD_S = 900.0
GUESSES = 13
SENT_AGAIN = frozenset({"contended", "stock_contended", "idempotency_key_in_use"})
BESIDE_S = 0.1  # between what one shopper does in two windows "at once"

T = TypeVar("T")


@dataclass
class Shopper:
    """One shopper with one cart at a time. `wanted`: what all the world wants today."""

    name: str
    shop: Shop
    machines: Machines
    provider: Provider
    plane: Backplane
    chance: random.Random
    mood: Mood
    wanted: str | None

    @property
    def scheduler(self) -> Scheduler:
        """Who decides when this shopper goes on."""
        return self.plane.scheduler

    def live(self) -> None:
        """One visit, or two."""
        for _ in range(1 if self.chance.random() < 0.8 else 2):
            if self.chance.random() < 0.15:
                self._look()
            if self.chance.random() < 0.03:
                self._guess()
            if cart_id := self._fill():
                self._decide(cart_id)

    # asking

    def ask(self, work: Callable[[Call], T]) -> T | None:
        """One request, sent again while nothing comes back; None for a refusal, or when patience ends."""
        for _ in range(PATIENCE):
            try:
                return self.machines.run(self.shop, SHOPPER, work)
            except Crashed:
                self.scheduler.note("  crashed")
            except StorekeeperError as refused:
                self.scheduler.note(f"  answered {refused!r}")
                if refused.kind != "unavailable" and refused.code not in SENT_AGAIN:
                    return None
            self.scheduler.sleep(self.chance.random() * 3)
        return None

    def _wait(self, most_s: float) -> None:
        if self.chance.random() < self.mood.pauses:
            self.scheduler.sleep(self.chance.random() * most_s)

    # before the order

    def _look(self) -> None:
        slug = self.chance.choice(self.shop.skus).lower()
        self.ask(lambda call: call.environment.pages.read(call.table, self.shop.store_id, slug))

    def _guess(self) -> None:
        """Somebody tries numbers of orders, in several windows at once."""
        for window in range(GUESSES):
            self._beside(partial(self._track, f"S-{1001 + window}", "guess@example.org"))

    def _fill(self) -> str | None:
        additions = [self._addition() for _ in range(self.chance.choice((1, 1, 2)))]
        parcel = self.shop.shipping_method_id if any(one.sku != "BOOK" for one in additions) else None
        basket = self.ask(
            lambda call: create_cart(
                additions=additions,
                details={
                    "email": f"{self.name}@example.org",
                    "shipping_address": HOME,
                    "shipping_method_id": parcel,
                },
                carts=call.carts,
                now=call.now,
            )
        )
        return basket.cart.id if basket else None

    def _addition(self) -> Addition:
        sku = self.wanted if self.wanted and self.chance.random() < 0.8 else self.chance.choice(self.shop.skus)
        return Addition(sku, self.chance.choice((1, 1, 1, 2)))

    def _decide(self, cart_id: str) -> None:
        if self.chance.random() < 0.3:
            self._change(cart_id)
        if self.chance.random() < self.mood.holds:
            self._hold(cart_id)
        if self.chance.random() < 0.04:
            self.ask(lambda call: delete_cart(cart_id, carts=call.carts, now=call.now))
            return
        for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
            if self.chance.random() < 0.25:
                self._beside(lambda: self._meddle(cart_id))
            placed = self._buy(cart_id)
            if placed is None:
                self._change(cart_id)
                continue
            self._after_order(cart_id, placed.order)

    def _change(self, cart_id: str) -> None:
        basket = self.ask(lambda call: change_details(cart_id, {"note": "soon"}, carts=call.carts, now=call.now))
        items = basket.cart.items if basket else ()
        if not items or self.chance.random() < 0.4:
            self._add(cart_id)
            return
        item, units = self.chance.choice(items).id, self.chance.randint(1, 2)
        if self.chance.random() < 0.5:
            self.ask(lambda call: take_out_item(cart_id, item, carts=call.carts, now=call.now))
        else:
            self.ask(lambda call: change_item(cart_id, item, units=units, carts=call.carts, now=call.now))

    def _add(self, cart_id: str) -> None:
        added, key = self._addition(), f"{self.name}, addition {self.chance.random()}"

        def add(call: Call) -> None:
            once(
                call, key, lambda remember: add_item(cart_id, added, carts=call.carts, now=call.now, remember=remember)
            )

        if self.chance.random() < 0.2:
            self._beside(lambda: self.ask(add))  # an impatient second click
        self.ask(add)

    def _hold(self, cart_id: str) -> None:
        self._hold_again(cart_id)
        for _ in range(self.chance.randint(0, self.mood.renewals)):
            self._renew(cart_id)
        if self.chance.random() < self.mood.late:
            self._just_about(HOLD_S)
            self.chance.choice((self._change, self._hold_again))(cart_id)
        else:
            self._wait(2 * HOLD_S)

    def _renew(self, cart_id: str) -> None:
        """The cart, which has a hold, changes; and is held as it is now, in two windows at once."""
        self.chance.choice((self._add, self._change))(cart_id)
        self._beside(lambda: self._hold_again(cart_id))
        self.chance.choice((self._add, self._change, self._hold_again, self._hold_again))(cart_id)

    def _hold_again(self, cart_id: str) -> None:
        self.ask(lambda call: hold_cart(cart_id, carts=call.carts, leases=call.environment.leases, now=call.now))

    def _just_about(self, seconds: float) -> None:
        """Come back when the time is nearly, or just, over: when the sweep comes too."""
        self.scheduler.sleep(seconds + self.chance.uniform(-0.3, 0.6))

    def _beside(self, act: Callable[[], object]) -> None:
        """The same shopper in a second window, at the same time."""
        self.scheduler.spawn(f"{self.name}, second window", act, after=self.chance.random() * BESIDE_S, is_actor=True)

    def _meddle(self, cart_id: str) -> None:
        act = self.chance.choice((self._buy, self._buy, self._change, self._hold, self._reopen))
        act(cart_id)

    # the order

    def _buy(self, cart_id: str) -> Placed | None:
        method: PayBy = "manual" if self.chance.random() < 0.15 else "stripe"
        return self.ask(
            lambda call: check_out(
                cart_id,
                store_id=self.shop.store_id,
                method=method,
                till=call.till,
                settings=call.environment.settings,
                numbers=call.environment.numbers,
                leases=call.environment.leases,
                now=call.now,
            )
        )

    def _reopen(self, cart_id: str) -> None:
        self.ask(lambda call: reopen_cart(cart_id, store_id=self.shop.store_id, till=call.till, now=call.now))

    def _after_order(self, cart_id: str, order: Order) -> None:
        intent_id = order.payment.intent_id if order.payment else None
        if self.chance.random() < self.mood.regrets:
            self._regret(cart_id, intent_id)
            return
        if intent_id is not None:
            self._pay(intent_id)
        if self.chance.random() < 0.15:
            self._buy(cart_id)  # the page asks how it stands
        if self.chance.random() < 0.2:
            self._reopen(cart_id)
            self._change(cart_id)
        if self.chance.random() < 0.1:
            email = f"{self.name}@example.org" if self.chance.random() < 0.5 else "guess@example.org"
            self._track(order.number, email)

    def _regret(self, cart_id: str, intent_id: str | None) -> None:
        """The order is left unpaid, perhaps until it is over; its cart is taken back in several windows, and bought
        again. But the old order's payment is open in a window still.
        """
        if self.chance.random() < 0.6:
            self.scheduler.sleep(WINDOW_S * self.chance.uniform(1.3, 1.8))
        for _ in range(self.chance.randint(0, 3)):
            self._beside(lambda: self._reopen(cart_id))
        self.scheduler.sleep(self.chance.random() * BESIDE_S)
        self._reopen(cart_id)
        if self.chance.random() < 0.8:
            self._buy(cart_id)
        if intent_id is not None and self.chance.random() < 0.7:
            self._wait(300)
            self._confirm(intent_id)

    def _pay(self, intent_id: str) -> None:
        self._wait(60)
        fate = self.chance.random()
        if fate < 0.15:
            return  # never
        if self.chance.random() < self.mood.late:
            if self.chance.random() < 0.3:
                self._just_about(WINDOW_S)
            else:
                self.scheduler.sleep(WINDOW_S * self.chance.uniform(0.9, 2.2))
        if fate < 0.35:
            self._confirm(intent_id, declined=True)
        if fate < 0.45:
            self._by_bank(intent_id)
        elif self.chance.random() < 0.9:
            self._confirm(intent_id)

    def _confirm(self, intent_id: str, *, declined: bool = False) -> None:
        self.scheduler.step(f"{'a declined card' if declined else 'a card'} for {intent_id}")
        if declined and self.provider.decline(intent_id):
            self.plane.faults.count(Fault.DECLINED)
        elif not declined:
            self.provider.pay(intent_id)

    def _by_bank(self, intent_id: str) -> None:
        """The bank asks the shopper, or takes its time: meanwhile the payment is neither made nor refused."""
        state = self.chance.choice((PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING))
        self.scheduler.step(f"{state} for {intent_id}")
        if not self.provider.begin(intent_id, state):
            return
        if state is PaymentState.REQUIRES_ACTION and self.chance.random() < 0.3:
            return  # never answered
        end = self.provider.pay if self.chance.random() < 0.7 else self.provider.decline
        self.scheduler.spawn("the bank", lambda: _end(end, intent_id), after=self.chance.random() * 1.5 * WINDOW_S)

    def _track(self, number: str, email: str) -> None:
        self.ask(
            lambda call: track_order(
                number,
                email=email,
                store_id=self.shop.store_id,
                caller="192.0.2.1",
                table=call.table,
                sealer=self.shop.sealer,
                now=call.now,
            )
        )


def _end(end: Callable[[str], bool], intent_id: str) -> None:
    end(intent_id)
