"""After closing time: faults end, and everything that was promised for later gets the time it was promised."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx

from local.testing import RunningStack
from tests.stack.provider import Provider
from tests.stack.rows import all_rows
from tests.stack.shop import Json, Merchant, invoke
from tests.stack.time_travel import age, age_item, sweep
from tools.soak.books import Books

QUEUE_S = 150.0  # a message whose consumer was killed is seen again after the queue's visibility timeout, 90 s
LOOK_EVERY_S = 1.0
LOOK_MINUTES, WINDOW_MINUTES, REFUND_MINUTES = 4, 31, 11
SWEEPS = 8
MOST_FAULTS = 500


def settle(stack: RunningStack, merchant: Merchant, provider: Provider, books: Books) -> Json:
    """Bring it all to rest, and say what that took."""
    http = merchant.http
    provider.end_faults()
    forget_faults(http, stack.description["stripe"])
    seconds = empty_queue(stack)
    unheard = paid_at_provider(provider, books, waiting(merchant, books))
    look_after(stack, merchant, unheard, minutes=LOOK_MINUTES)
    still = paid_at_provider(provider, books, waiting(merchant, books))
    unpaid = waiting(merchant, books)
    look_after(stack, merchant, unpaid, minutes=WINDOW_MINUTES)
    refunds = pending_refunds(stack)
    look_after_refunds(stack)
    kept = set_aside(stack)
    replayed = invoke(stack, "OperatorFunction", {"action": "replay"}) if kept else {}
    return {
        "queue_empty_after_s": round(seconds, 1),
        "webhooks_made_good_by_sweep": len(unheard) - len(still),
        "windows_ended": len(unpaid) - len(waiting(merchant, books)),
        "refunds_made_good_by_sweep": len(refunds) - len(pending_refunds(stack)),
        "records_set_aside": len(kept),
        "replayed": replayed,
    }


def forget_faults(http: httpx.Client, stripe: Json) -> None:
    """Faults of the provider that were ordered and have struck nobody yet strike calls that nobody misses."""
    headers = {"Authorization": f"Bearer {stripe['secret_key']}"}
    for path in ("payment_intents/pi_none/cancel", "refunds/re_none/cancel"):
        for _ in range(MOST_FAULTS):
            try:
                if http.post(f"{stripe['api_base']}/v1/{path}", headers=headers).status_code < 500:
                    break
            except httpx.TransportError:
                continue


def waiting(merchant: Merchant, books: Books) -> list[Json]:
    """Orders by card whose payment is still open."""
    pending = [row["id"] for row in merchant.rows("/v1/orders", status="pending")]
    return [merchant.order(one) for one in pending if one in books.sales and books.sales[one].intent_id]


def paid_at_provider(provider: Provider, books: Books, orders: list[Json]) -> list[Json]:
    """Of these orders, those whose money the provider has taken."""
    return [one for one in orders if provider.intent(books.sales[one["id"]].purchase)["status"] == "succeeded"]


def look_after(stack: RunningStack, merchant: Merchant, orders: list[Json], *, minutes: int) -> None:
    """Let these orders be older, and sweep until nothing of them is due."""
    for order in orders:
        age(stack, merchant, order["id"], minutes=minutes)
    for _ in range(SWEEPS if orders else 0):
        sweep(stack)
        if all(merchant.order(one["id"])["version"] > one["version"] for one in orders):
            break


def pending_refunds(stack: RunningStack) -> list[Json]:
    """Refunds of which it is not known how they ended, as they lie in the table."""
    return [row for row in all_rows(stack) if row.get("type", {}).get("S") == "refund" and "due_sk" in row]


def look_after_refunds(stack: RunningStack) -> None:
    """Let these refunds be older, and sweep until none of them is due."""
    for _ in range(SWEEPS):
        waiting_still = pending_refunds(stack)
        for row in waiting_still:
            age_item(stack, row["pk"]["S"], row["sk"]["S"], minutes=REFUND_MINUTES)
        if not waiting_still:
            break
        sweep(stack)


def empty_queue(stack: RunningStack) -> float:
    """Wait until no payment event is waiting or in work; the seconds it took."""
    begun = time.monotonic()
    queue = next(url for url in queues(stack) if "PaymentEventsQueue" in url)
    while time.monotonic() - begun < QUEUE_S and waiting_in(stack, queue):
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - begun


def queues(stack: RunningStack) -> list[str]:
    """All queues of the stack."""
    urls: list[str] = stack.client("sqs").list_queues().get("QueueUrls", [])
    return urls


def waiting_in(stack: RunningStack, queue: str) -> int:
    """Messages that wait or are in work."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def dead_letters(stack: RunningStack) -> dict[str, int]:
    """Messages in each dead-letter queue."""
    return {url.rsplit("/", 1)[-1]: waiting_in(stack, url) for url in queues(stack) if "DeadLetter" in url}


def set_aside(stack: RunningStack) -> list[str]:
    """Names of objects with stream records that could not be processed."""
    bucket = stack.description["outputs"]["RecordsBucketName"]
    found: list[Any] = stack.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return [one["Key"] for one in found]


def held_units(stack: RunningStack, tenant_id: str) -> Iterator[tuple[str, int]]:
    """SKU and units of each hold in the table, as it lies there."""
    for row in all_rows(stack):
        if row.get("type", {}).get("S") == "hold" and row["pk"]["S"].startswith(f"T#{tenant_id}#"):
            for pick in row["picks"]["L"]:
                yield pick["M"]["sku"]["S"], int(pick["M"]["units"]["N"])


def errors_logged(lines: Iterator[str]) -> dict[str, int]:
    """What functions logged as errors: message and exception, counted."""
    counted: dict[str, int] = {}
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        name = f"{said.get('message')}: {said.get('exception_name', '')}"
        counted[name] = counted.get(name, 0) + 1
    return counted
