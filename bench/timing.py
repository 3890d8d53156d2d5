"""Processor time of the functions, warm: `process_time` around each handler, so that waiting costs nothing.

All threads of the function count. What it calls (the emulator, Stripe's stand-in) are processes of their own.
"""

import hashlib
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from bench import shoppers
from bench.counting import batches_of, let_through, webhook_event
from bench.pricing import price_large_cart
from bench.shop import Shop, open_shop
from bench.site import Site, running_site
from bench.stream import Stream

RUNS = 300
CARD_RUNS = 100
WARM_UP = 30
PRICINGS = 30


def time_shop(*, products: int, sales: bool) -> Mapping[str, float]:
    """Median milliseconds by name, in a shop of so many products; `sales` False: of reads only."""
    taken: dict[str, list[float]] = {}
    with running_site() as site:
        shop = open_shop(site.cloud, products=products)
        _add(taken, _reads(shop))
        if sales:
            for _ in range(RUNS + WARM_UP):
                _add(taken, _sale(shop, method="manual")[0])
            stream = Stream(site.cloud)
            for _ in range(CARD_RUNS + WARM_UP):
                _add(taken, _paid_sale(site, shop, stream))
            _add(taken, (("cart of 100 lines, 100 rules", ms) for ms in price_large_cart(runs=PRICINGS)))
        _add(taken, (("calibration", _timed(_calibrate)[0]) for _ in range(RUNS)))
    return {name: statistics.median(values[min(WARM_UP, len(values) // 2) :]) for name, values in taken.items()}


def _add(taken: dict[str, list[float]], measured: Iterable[tuple[str, float]]) -> None:
    for name, ms in measured:
        taken.setdefault(name, []).append(ms)


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    answer = run()
    return (time.process_time() - started) * 1000, answer


def _call(function: str, event: shoppers.Event) -> tuple[float, Any]:
    handler = shoppers.handler(function)
    ms, answer = _timed(lambda: handler(event, shoppers.Context()))
    return ms, shoppers.answered(answer)


def _reads(shop: Shop) -> Iterator[tuple[str, float]]:
    for number in range(RUNS + WARM_UP):
        yield "list of 20", _call("storefront", shoppers.list_page())[0]
        yield "product page", _call("storefront", shoppers.product_page(shop.slugs[number % 10]))[0]


def _sale(shop: Shop, *, method: str) -> tuple[list[tuple[str, float]], Any]:
    """From an empty cart to the order: six calls, of which the last is the checkout; and its answer."""
    total, cart = _call("checkout", shoppers.create_cart())
    taken = []
    for event in (
        shoppers.add_item(cart["id"], shop.skus[0]),
        shoppers.give_address(cart["id"]),
        shoppers.ask_shipping(cart["id"]),
        shoppers.choose_shipping(cart["id"], shop),
    ):
        ms, _ = _call("checkout", event)
        taken.append(("cart call", ms))
        total += ms
    ms, placed = _call("checkout", shoppers.check_out(cart["id"], method=method))
    return [*taken, (f"checkout, {method}", ms), (f"order flow, {method}", total + ms)], placed


def _paid_sale(site: Site, shop: Shop, stream: Stream) -> Iterator[tuple[str, float]]:
    """With a card, until it is paid, and what the readers of the stream make of it."""
    taken, placed = _sale(shop, method="stripe")
    yield from taken
    webhook = site.pay(placed["payment"]["client_secret"].partition("_secret_")[0])
    yield "webhook", _call("webhooks_in", webhook_event(webhook))[0]
    messages = {"Records": site.take_messages()}
    yield "settle payment", _timed(lambda: shoppers.handler("payments")(messages, shoppers.Context()))[0]
    records = stream.records()
    for reader in ("projector", "publisher"):
        for batch in batches_of(let_through(reader, records)):
            read = partial(shoppers.handler(reader), {"Records": batch}, shoppers.Context())
            yield f"{reader}, per batch", _timed(read)[0]
    stream.records()


def _calibrate() -> str:
    """What every machine can do: text to objects and back, and a hash of it. Other figures are also given in these."""
    text = json.dumps([{"id": number, "name": f"thing {number}", "tags": ["a", "b", "c"]} for number in range(300)])
    for _ in range(3):
        text = json.dumps(json.loads(text))
    return hashlib.sha256(text.encode()).hexdigest()
