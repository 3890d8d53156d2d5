"""10,000 adjustments on the local stack, over HTTP, from the request until the run is done."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from local.testing import running_stack
from tests.stack.shop import Merchant, found

VARIANTS = 45  # of a product
SIDE_BY_SIDE = 4
TIMEOUT_S = 120.0
GIVEN_UP_S = 300.0


def adjust_in_bulk(rows: int) -> tuple[float, dict[str, int]]:
    """Seconds until the run is done, and its counts. Each row is a SKU of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "state") as stack,
        httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as http,
    ):
        merchant = found(stack, http, "bulk")
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            sizes = {number: min(VARIANTS, rows - number) for number in range(0, rows, VARIANTS)}
            list(pool.map(partial(_make_product, merchant), sizes, sizes.values()))
        wanted = [{"sku": f"BULK-{number}", "quantity": 5, "type": "restock"} for number in range(rows)]
        started = time.monotonic()
        run = merchant.post("/v1/inventory/adjustments/bulk", {"adjustments": wanted})
        while run["status"] in {"waiting", "running"} and time.monotonic() - started < GIVEN_UP_S:
            time.sleep(0.2)
            run = merchant.get(f"/v1/inventory/adjustments/bulk/{run['id']}")
        return time.monotonic() - started, run["counts"]


def _make_product(merchant: Merchant, first: int, variants: int) -> None:
    product = {
        "title": f"Bulk {first}",
        "slug": f"bulk-{first}",
        "price": "10.00",
        "options": ["Number"],
        "variants": [
            {"sku": f"BULK-{number}", "options": {"Number": str(number)}} for number in range(first, first + variants)
        ],
    }
    merchant.post("/v1/products", product)
