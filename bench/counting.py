"""Counts one sale, step by step: reads in sequence, transactions, capacity units, invocations, events, log bytes.

Nothing here depends on how fast the machine is, so that a test can hold the figures against those that were accepted.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench import shoppers
from bench.shop import Shop, open_shop
from bench.site import Site, Webhook, running_site
from bench.stream import Stream
from bench.tap import Call, ItemWrite, Tap, sequential, tapped
from bench.units import begun, shapes_of
from local.filters import Pattern, admits, patterns_of
from local.sam import load_template
from storekeeper.edge.backend import backend
from storekeeper.inventory.live import watching
from storekeeper.kernel.limits import Limiter
from storekeeper.kernel.workers import in_turn

READ_TAKES_S = 0.03  # under the tap: far longer than what lies between two reads that do not wait for each other
EVENT_UNIT = 64 * 1024
LISTS, PAGES = 3, 7  # the ten page views before a sale
WARM_UP = 2  # sales before the one that counts: everything that is kept is kept by then
COUNTED_WITHIN_S = 3600
MOST_SALES = 50  # until one is as most are


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of invocation in a sale: how often it comes, and what all of them together take."""

    name: str
    function: str
    invocations: int
    sequential_reads: int
    transactions: int
    read_units: float
    write_units: int
    write_calls: int
    events: int
    messages: int
    log_bytes: int
    writes: Sequence[ItemWrite]


@dataclass
class Teller:
    """Runs steps under the eyes of the tap, and after each what the stream makes of it."""

    tap: Tap
    stream: Stream

    def step(self, name: str, function: str, run: Callable[[], Any]) -> tuple[Step, Any]:
        """One call from outside."""
        backend().limiter = Limiter()  # a shopper takes a while between two calls, and here is no time to
        self.tap.delay_s, logged = READ_TAKES_S, _logged()
        answer = run()
        self.tap.delay_s = 0
        return _step(name, function, self.tap.taken(), log_bytes=_logged() - logged), answer

    def follow(self, after: Step, name: str) -> Iterator[Step]:
        """What both readers of the stream make of a step, of what they write themselves too, until all is quiet.

        Each write is a batch of its own: a busier table hands over more at once, and pays for fewer invocations.
        """
        totals: dict[str, list[Step]] = {"projector": [], "publisher": []}
        waiting = len(after.writes) > 0
        while waiting:
            records = self.stream.records()
            for reader, steps in totals.items():
                batches, logged = batches_of(let_through(reader, records)), _logged()
                with in_turn():
                    for batch in batches:
                        outcome = shoppers.handler(reader)({"Records": batch}, shoppers.Context())
                        if outcome["batchItemFailures"]:
                            raise RuntimeError(f"{reader} failed: {outcome}")
                calls = self.tap.taken()
                steps.append(_step(name, reader, calls, log_bytes=_logged() - logged, invocations=len(batches)))
            waiting = bool(totals["projector"][-1].writes)
        for reader, steps in totals.items():
            if steps:
                yield added_up(name, reader, steps)


def added_up(name: str, function: str, steps: Sequence[Step]) -> Step:
    """Several steps as one."""
    return Step(
        name,
        function,
        invocations=sum(step.invocations for step in steps),
        sequential_reads=sum(step.sequential_reads for step in steps),
        transactions=sum(step.transactions for step in steps),
        read_units=sum(step.read_units for step in steps),
        write_units=sum(step.write_units for step in steps),
        write_calls=sum(step.write_calls for step in steps),
        events=sum(step.events for step in steps),
        messages=sum(step.messages for step in steps),
        log_bytes=sum(step.log_bytes for step in steps),
        writes=[write for step in steps for write in step.writes],
    )


def count_sale(*, products: int) -> list[Step]:
    """One sale of one line, paid by card, in a shop of so many products, everything warm.

    Whether anybody listens to stock is read every few seconds: here once, however slow the machine is.
    """
    vars(watching)["KEPT_S"] = COUNTED_WITHIN_S
    with running_site() as site:
        shop = open_shop(site.cloud, products=products)
        client = site.cloud.client("dynamodb")
        shapes = shapes_of(client.describe_table(TableName=site.cloud.table)["Table"])
        with tapped(site.cloud.endpoint, table=client, shapes=shapes) as (address, tap):
            os.environ["AWS_ENDPOINT_URL"] = address
            teller = Teller(tap, Stream(site.cloud))
            for _ in range(WARM_UP):
                list(_sale(teller, site, shop))
            return next(sale for _ in range(MOST_SALES) if _follows_another(sale := list(_sale(teller, site, shop))))


def _follows_another(sale: Sequence[Step]) -> bool:
    """Whether its part of the day's figures had counted another order before, as in all but a day's first sales."""
    return any(write.item == "order_counted" for step in sale for write in step.writes)


def _sale(teller: Teller, site: Site, shop: Shop) -> Iterator[Step]:
    yield _repeated(LISTS, teller.step("list of 20", "storefront", _sending("storefront", shoppers.list_page()))[0])
    page = _sending("storefront", shoppers.product_page(shop.slugs[0]))
    yield _repeated(PAGES, teller.step("product page", "storefront", page)[0])
    step, cart = teller.step("create cart", "checkout", _sending("checkout", shoppers.create_cart()))
    yield from _with_consequences(teller, step)
    for name, event in (
        ("add item", shoppers.add_item(cart["id"], shop.skus[0])),
        ("give address", shoppers.give_address(cart["id"])),
        ("choose shipping", shoppers.choose_shipping(cart["id"], shop)),
    ):
        step, _ = teller.step(name, "checkout", _sending("checkout", event))
        yield from _with_consequences(teller, step)
    checkout = _sending("checkout", shoppers.check_out(cart["id"], method="stripe"))
    step, placed = teller.step("checkout", "checkout", checkout)
    yield from _with_consequences(teller, step)
    webhook = site.pay(placed["payment"]["client_secret"].partition("_secret_")[0])
    yield teller.step("webhook", "webhooks_in", _sending("webhooks_in", webhook_event(webhook)))[0]
    messages = {"Records": site.take_messages()}
    settle = lambda: shoppers.handler("payments")(messages, shoppers.Context())  # noqa: E731
    step, outcome = teller.step("settle payment", "payments", settle)
    if outcome["batchItemFailures"]:
        raise RuntimeError("the payment was not settled")
    yield from _with_consequences(teller, step)


def _sending(function: str, event: shoppers.Event) -> Callable[[], Any]:
    return lambda: shoppers.send(function, event)


def _with_consequences(teller: Teller, step: Step) -> Iterator[Step]:
    yield step
    yield from teller.follow(step, f"after {step.name}")


def _repeated(times: int, step: Step) -> Step:
    return added_up(step.name, step.function, [step] * times)


def _fields(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in Step.__slots__}


def webhook_event(webhook: Webhook) -> shoppers.Event:
    headers = {"content-type": "application/json", "stripe-signature": webhook.signature}
    return shoppers.http_event("POST", "/v1/hooks/stripe", webhook.body, headers)


def _step(name: str, function: str, calls: Sequence[Call], *, log_bytes: int, invocations: int = 1) -> Step:
    for call in calls:
        if call.writes and call.stated_units and call.stated_units != call.write_units:
            raise RuntimeError(f"{call.operation}: counted {call.write_units} units, stated {call.stated_units}")
    return Step(
        name,
        function,
        invocations=invocations,
        sequential_reads=sequential([call for call in calls if call.is_read]),
        transactions=sum(call.operation == "TransactWriteItems" for call in calls),
        read_units=sum(call.read_units for call in calls),
        write_units=sum(call.write_units for call in calls),
        write_calls=sum(bool(call.writes) for call in calls),
        events=sum(begun(len(entry.encode()), EVENT_UNIT) for call in calls for entry in call.entries),
        messages=sum(call.operation == "SendMessage" for call in calls),
        log_bytes=log_bytes,
        writes=[write for call in calls for write in call.writes],
    )


@cache
def _filters(reader: str) -> Sequence[Pattern]:
    resource = load_template()["Resources"][f"{reader.title()}Function"]
    return patterns_of(resource["Properties"]["Events"]["Changes"]["Properties"]["FilterCriteria"])


def let_through(reader: str, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records that Lambda hands to a reader of the stream, by the filters in the template."""
    return [record for record in records if admits(_filters(reader), record)]


def batches_of(records: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The records of each write together: what one write changed has its `write_id`."""
    batches: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        image = record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"]
        write_id = image.get("write_id", {}).get("S", record["dynamodb"]["SequenceNumber"])
        batches.setdefault(write_id, []).append(record)
    return list(batches.values())


@contextmanager
def logs_kept_apart() -> Iterator[None]:
    """What functions print goes to a file of its own until the block ends, where it can be measured."""
    sys.stdout.flush()
    kept = os.dup(1)
    scratch = os.memfd_create("logs") if hasattr(os, "memfd_create") else os.open(os.devnull, os.O_RDWR)
    os.dup2(scratch, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)


def _logged() -> int:
    sys.stdout.flush()
    return os.fstat(1).st_size


def as_json(steps: Sequence[Step]) -> str:
    """For another process."""
    shown = [{**_fields(step), "writes": [_shown(write) for write in step.writes]} for step in steps]
    return json.dumps(shown, indent=1)


def from_json(text: str) -> list[Step]:
    """What `as_json` wrote."""
    read = json.loads(text)
    return [Step(**{**one, "writes": [ItemWrite(**write) for write in one["writes"]]}) for one in read]


def _shown(write: ItemWrite) -> dict[str, Any]:
    return {"item": write.item, "done": write.done, "alone": write.alone, "units": dict(write.units)}
