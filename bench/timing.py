"""Processor time of the functions, warm: `process_time` around each handler, so that waiting costs nothing.

All threads of the function count. What it calls (the emulator, Stripe's stand-in) are processes of their own.
"""

import hashlib
import json
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from bench import shoppers
from bench.counting import batches_of, let_through, webhook_event
from bench.pricing import price_large_cart
from bench.shop import Shop, open_shop
from bench.site import Site, running_site
from bench.stream import Stream

RUNS = 300
WARM_UP = 30


class Times(NamedTuple):
    """Medians by name: milliseconds, and how many calibration loops of the same moment these are."""

    ms: Mapping[str, float]
    loops: Mapping[str, float]


def time_shop(*, products: int, sales: bool) -> Times:
    """How long everything takes in a shop of so many products; `sales` False: of reads only."""
    taken = _Taken()
    with running_site() as site:
        shop = open_shop(site.cloud, products=products)
        for number in range(-WARM_UP, RUNS):
            taken.add(_reads(shop, number), kept=number >= 0)
        if sales:
            for number in range(-WARM_UP, RUNS):
                taken.add(_sale(shop, method="manual")[0], kept=number >= 0)
            stream = Stream(site.cloud)
            for number in range(-WARM_UP, RUNS):
                taken.add(_paid_sale(site, shop, stream), kept=number >= 0)
            for number, ms in enumerate(price_large_cart(runs=WARM_UP + RUNS), start=-WARM_UP):
                taken.add([("cart of 100 lines, 100 rules", ms)], kept=number >= 0)
    return taken.medians()


class _Taken:
    """What was measured, each time beside a calibration of the same moment: a processor's pace changes within a run."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}
        self._loops: dict[str, list[float]] = {}

    def add(self, measured: Iterable[tuple[str, float]], *, kept: bool) -> None:
        """Measure, and calibrate right after it; `kept` False: only to warm up."""
        times = list(measured)
        loop_ms = calibration_ms()
        if not kept:
            return
        for name, ms in [*times, ("calibration", loop_ms)]:
            self._ms.setdefault(name, []).append(ms)
            self._loops.setdefault(name, []).append(ms / loop_ms)

    def medians(self) -> Times:
        """Of everything."""
        ms, loops = (
            {name: statistics.median(values) for name, values in taken.items()} for taken in (self._ms, self._loops)
        )
        return Times(ms, loops)


def calibration_ms() -> float:
    """What a loop that every machine can run takes now."""
    return _timed(_calibrate)[0]


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    answer = run()
    return (time.process_time() - started) * 1000, answer


def _call(function: str, event: shoppers.Event) -> tuple[float, Any]:
    handler = shoppers.handler(function)
    ms, answer = _timed(lambda: handler(event, shoppers.Context()))
    return ms, shoppers.answered(answer)


def _reads(shop: Shop, number: int) -> Iterator[tuple[str, float]]:
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
