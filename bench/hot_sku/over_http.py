"""Many processes buy one SKU over HTTP from the local stack: `python -m bench.hot_sku.over_http [buyers]`.

The emulator does one thing at a time and never shows a conflict: this shows that nothing is sold twice or called sold
out wrongly through real processes, not how fast DynamoDB is.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx

from local.testing import running_stack
from tests.stack.buyers import Crowd, Reply, Request
from tests.stack.shop import Merchant, Shop, found, open_shop

BUYERS = 180  # for so many units that two buckets lend some
SHARE_SOLD = 0.75  # of what the buyers want there is so much
CARTS_AT_ONCE = 8
MAX_ROUNDS = 20
TIMEOUT_S = 35.0


def main(buyers: int) -> None:
    """A stack of its own; one sale with 1, 4 and 16 buckets each."""
    with (
        tempfile.TemporaryDirectory(prefix="storekeeper-") as folder,
        running_stack(Path(folder) / "state", seed=False) as stack,
        httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as http,
        closing(Crowd(stack.base_url)) as crowd,
    ):
        merchant = found(stack, http, "hot")
        shop = open_shop(merchant)
        for buckets in (1, 2, 4, 16):
            print(_sale(merchant, shop, crowd, buckets=buckets, buyers=buyers), flush=True)


def _sale(merchant: Merchant, shop: Shop, crowd: Crowd, *, buckets: int, buyers: int) -> str:
    units = int(buyers * SHARE_SOLD)
    sku = shop.put_on_sale(units)
    body = {"sku": sku, "location_id": merchant.locations[0], "buckets": buckets}
    answer = merchant.call("PUT", "/v1/inventory/levels/buckets", body)
    answer.raise_for_status()
    with ThreadPoolExecutor(CARTS_AT_ONCE) as pool:
        carts = list(pool.map(lambda place: shop.ready_cart(sku, email=f"b{place}@shop.example"), range(buyers)))
    started = time.perf_counter()
    replies = _all_served(crowd, shop, carts)
    seconds = time.perf_counter() - started
    codes = Counter(reply.code or str(reply.status) for reply in replies)
    left, reserved = merchant.units(sku), merchant.units(sku, "reserved")
    if (codes["201"], left, reserved) != (units, 0, units) or codes["insufficient_stock"] != buyers - units:
        raise RuntimeError(f"{units} units, {dict(codes)}, {left} left, {reserved} reserved")
    return (
        f"{buckets} buckets: {buyers} buyers in 4 processes, {units} units, {codes['201']} orders, {left} left, "
        f"{codes['insufficient_stock']} told that it is sold out; {codes['201'] / seconds:.0f} orders/s"
    )


def _all_served(crowd: Crowd, shop: Shop, carts: Sequence[str]) -> list[Reply]:
    """Everybody at once; who is told that others are in the way comes again."""
    final: list[Reply] = []
    for _ in range(MAX_ROUNDS):
        if not carts:
            break
        path = f"{shop.path}/carts/{{}}/checkout"
        replies = crowd.at_once([Request("POST", path.format(one), {"payment_method": "manual"}) for one in carts])
        final += [reply for reply in replies if reply.code != "stock_contended"]
        carts = [cart for cart, reply in zip(carts, replies, strict=True) if reply.code == "stock_contended"]
    return final


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else BUYERS)
