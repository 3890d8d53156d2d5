"""Shoppers and staff: what they do, over and over, each with a chance of their own."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx

from tests.stack.provider import Provider
from tests.stack.shop import ADDRESS, Json, Shop
from tools.soak.asking import Client, NotAnswered, code_of
from tools.soak.books import Books, Sale

PAUSE_S = (0.05, 0.4)
CARD_ATTEMPTS = 4
SERVER_ERROR = 500
CARDS = ("visa", "visa", "visa", "visa", "chargeDeclined", "threeDSecure2Required", "")  # "": leaves without paying
STEPS = ("paid", "fulfill", "fulfill part", "deliver", "cancel", "refund", "refund and restock", "note", "look")


@dataclass(frozen=True)
class Place:
    """Where they meet."""

    shop: Shop
    skus: Sequence[str]
    locations: Sequence[str]
    books: Books


@dataclass(frozen=True)
class Person:
    """Does something, pauses, and goes on until it is closing time, whatever is not answered."""

    name: str
    do: Callable[[], None]
    closing: threading.Event
    chance: random.Random

    def run(self) -> None:
        """Raises what nobody expected."""
        while not self.closing.is_set():
            try:
                self.do()
            except NotAnswered:
                continue
            time.sleep(self.chance.uniform(*PAUSE_S))


class Shopper:
    """Looks, fills a cart, buys, pays or leaves."""

    def __init__(self, place: Place, client: Client, provider: Provider, chance: random.Random, name: str) -> None:
        self._place, self._client, self._provider, self._chance = place, client, provider, chance
        self._path, self._email = place.shop.path, f"{name}@shop.example"

    def visit(self) -> None:
        """One visit, from the first page to the end."""
        sku = self._chance.choice(self._place.skus)
        self._client.ask("list", "GET", f"{self._path}/products", limit=20)
        self._client.ask("page", "GET", f"{self._path}/products/{sku.lower()}")
        self._place.books.count("visit")
        if self._chance.random() < 0.8:
            self._buy(self._filled_cart(sku))

    def _filled_cart(self, sku: str) -> str:
        body = {
            "items": [{"sku": sku, "quantity": self._chance.randint(1, 3)}],
            "email": self._email,
            "shipping_address": ADDRESS,
            "shipping_method_id": self._place.shop.shipping_method_id,
        }
        cart_id = str(self._client.ask("cart", "POST", f"{self._path}/carts", body).json()["id"])
        cart = f"{self._path}/carts/{cart_id}"
        if self._chance.random() < 0.5:
            more = {"sku": self._chance.choice(self._place.skus), "quantity": 1}
            self._client.ask("cart item", "POST", f"{cart}/items", more)
        if self._chance.random() < 0.3:
            self._client.ask("cart note", "PATCH", cart, {"note": "By the back door, please."})
        return cart_id

    def _buy(self, cart_id: str) -> None:
        method = self._chance.choice(("stripe", "stripe", "manual"))
        path = f"{self._path}/carts/{cart_id}/checkout"
        sale = self._placed(cart_id, path, method)
        if sale and not sale.client_secret and method == "stripe":  # the provider could not be reached: asked again
            sale = self._placed(cart_id, path, method)
        if sale and sale.client_secret:
            self._pay(sale)

    def _placed(self, cart_id: str, path: str, method: str) -> Sale | None:
        answer = self._client.ask("checkout", "POST", path, {"payment_method": method})
        if answer.status_code not in (200, 201):
            self._place.books.count(f"checkout refused: {code_of(answer)}")
            return None
        sale = self._sale(cart_id, answer.json())
        self._place.books.sold(sale)
        return sale

    def _sale(self, cart_id: str, placed: Json) -> Sale:
        order, payment = placed["order"], placed["payment"] or {}
        units = tuple((line["sku"], line["quantity"]) for line in order["lines"])
        intent, secret = payment.get("intent_id"), payment.get("client_secret")
        return Sale(order["id"], order["number"], cart_id, units, intent, secret, self._email)

    def _pay(self, sale: Sale) -> None:
        card = self._chance.choice(CARDS)
        if not card:
            self._place.books.count("left without paying")
            return
        self._pays_with(sale, card)
        if card == "threeDSecure2Required":
            outcome = self._chance.choice(("succeed", "fail"))
            with suppress(AssertionError):  # the card was never tried: every call was cut off
                self._provider.control("authenticate", payment_intent=sale.intent_id, outcome=outcome)
        elif card == "chargeDeclined" and self._chance.random() < 0.7:
            self._pays_with(sale, "visa")
        self._place.books.count(f"paid with {card}")

    def _pays_with(self, sale: Sale, card: str) -> None:
        """As a browser does: what was cut off is sent again."""
        for _ in range(CARD_ATTEMPTS):
            with suppress(httpx.TransportError):
                if self._provider.pay(sale.purchase, card).status_code < SERVER_ERROR:
                    return


class Clerk:
    """Stocks shelves, and does to orders whatever can be done, fitting or not."""

    def __init__(self, place: Place, client: Client, chance: random.Random) -> None:
        self._place, self._client, self._chance = place, client, chance

    def work(self) -> None:
        """One thing."""
        if self._chance.random() < 0.35:
            self._adjust()
        elif sale := self._place.books.any_sale(self._chance):
            self._handle(sale, self._chance.choice(STEPS))

    def _adjust(self) -> None:
        sku, restocks = self._chance.choice(self._place.skus), self._chance.random() < 0.7
        units = self._chance.randint(1, 12) if restocks else -1
        body = {
            "sku": sku,
            "type": "restock" if restocks else "damage",
            "quantity": units,
            "location_id": self._chance.choice(self._place.locations),
        }
        try:
            answer = self._client.ask("adjust", "POST", "/v1/inventory/adjustments", body)
        except NotAnswered:
            self._place.books.adjustment(sku, units, answered=False)
            raise
        if answer.is_success:
            self._place.books.adjustment(sku, units, answered=True)
        self._place.books.count(f"{body['type']} {'made' if answer.is_success else answer.status_code}")

    def _handle(self, sale: Sale, step: str) -> None:
        sku, count = sale.units[0]
        path = f"/v1/orders/{sale.order_id}"
        part = [{"sku": sku, "quantity": max(1, count - 1)}]
        calls: dict[str, tuple[str, str, Json | None]] = {
            "paid": ("POST", "mark-paid", {}),
            "fulfill": ("POST", "fulfill", {}),
            "fulfill part": ("POST", "fulfill", {"lines": part}),
            "deliver": ("POST", "deliver", None),
            "cancel": ("POST", "cancel", {"reason": "Mistake."}),
            "refund": ("POST", "refund", {"amount": "1.00", "reason": "Goodwill."}),
            "refund and restock": ("POST", "refund", {"lines": part, "restock": True, "reason": "Chipped."}),
            "note": ("POST", "notes", {"text": "Handle with care."}),
            "look": ("GET", "timeline", None),
        }
        method, action, body = calls[step]
        answer = self._client.ask(step, method, f"{path}/{action}", body)
        self._place.books.count(f"{step}: {'done' if answer.is_success else answer.status_code}")
