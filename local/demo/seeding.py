"""The order in which a company is made: founded, stores, goods, stock and what is on its way, listings, collections.

Listings come that late because from then on every change of a product or its stock is derived into the stores' lists.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.demo.company import Company, Good, Shop
from local.demo.drawings import draw
from local.demo.merchant import Merchant, Refused, found
from local.demo.page import write_page
from local.demo.pictures import picture_of
from local.invoker import Invoker

WORKERS = 1  # goods in the making; the functions share two processors with everything else
ROWS = 25  # of one call for adjustments, which must end within 15 s on a busy machine too; the API takes 100
INVOKE_S = 60.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A company whose stores are open and empty. `stores` are id and category ids by slug, in the shops' order."""

    company: Company
    tenant_id: str
    api_key: str
    merchant: Merchant
    locations: list[str]
    stores: tuple[tuple[str, dict[str, str]], ...]

    def summary(self) -> Json:
        """What `demo.json` shows. Nobody signs in with a password yet: there is no console."""
        stores = zip(self.stores, self.company.shops, strict=True)
        return {
            "id": self.tenant_id,
            "name": self.company.name,
            "api_key": self.api_key,
            "console_email": None,
            "console_password": None,
            "stores": [{"id": store_id, "domain": shop.domain} for (store_id, _), shop in stores],
        }


def seed(companies: Sequence[Company], *, base_url: str, endpoint: str, operator: str) -> list[Json]:
    """Make the companies; what `demo.json` shows of them, in their order.

    Raises:
        Refused: something was not made. A repeat goes on from there.
    """
    invoker = Invoker(endpoint, connections=1, timeout_s=INVOKE_S)
    opened, made, listed = [], [], []
    with ThreadPoolExecutor(WORKERS) as workers:
        for company in companies:  # while the goods of the one before are being made
            opened.append(_open(company, invoker, base_url, operator))
            made.append([workers.submit(_make_good, opened[-1], good) for good in company.goods])
        for one, making in zip(opened, made, strict=True):
            product_ids = [product_id.result() for product_id in making]
            _deliver(one)
            _order_more(one)
            numbered = enumerate(zip(one.company.goods, product_ids, strict=True))
            listed += [workers.submit(_list_good, one, place, *good) for place, good in numbered]
            codes = [good.code for good in one.company.goods]
            listed.append(workers.submit(_pick, one, dict(zip(codes, product_ids, strict=True))))
        for listing in listed:
            listing.result()
    return [one.summary() for one in opened]


def _open(company: Company, invoker: Invoker, base_url: str, operator: str) -> Opened:
    tenant_id, api_key, is_new = found(invoker, operator, name=company.name, request_id=company.request_id)
    merchant = Merchant(base_url, api_key, is_new=is_new)
    first, second = company.locations
    default = next(one for one in merchant.get("/v1/locations")["data"] if one["is_default"])
    merchant.patch(f"/v1/locations/{default['id']}", first)
    locations = [default["id"], merchant.ensure("/v1/locations", second, by="name")["id"]]
    stores = tuple(_open_store(merchant, company, shop, locations) for shop in company.shops)
    return Opened(company, tenant_id, api_key, merchant, locations, stores)


def _open_store(merchant: Merchant, company: Company, shop: Shop, locations: list[str]) -> tuple[str, dict[str, str]]:
    nearest = locations[shop.nearest_location :] + locations[: shop.nearest_location]
    body = {**shop.body, "domains": [shop.domain], "settings": {**shop.settings, "location_priority": nearest}}
    store_id = merchant.ensure("/v1/stores", body, by="name")["id"]
    below = f"/v1/stores/{store_id}"
    for method in shop.shipping_methods:
        merchant.ensure(f"{below}/shipping-methods", method, by="name")
    for rate in shop.tax_rates:
        merchant.ensure(f"{below}/tax-rates", rate, by="name")
    categories: dict[str, str] = {}
    for position, (slug, name, parent) in enumerate(company.categories):
        body = {"name": name, "slug": slug, "position": position, "parent_id": categories[parent] if parent else None}
        category = merchant.ensure(f"{below}/categories", body, by="slug")
        categories[slug] = category["id"]
        _add_picture(merchant, f"{below}/categories", category, name, company.goods_in(slug))
    return store_id, categories


def _make_good(opened: Opened, good: Good) -> str:
    """The id of the product, which has its picture now, and its file if it is one."""
    product = opened.merchant.ensure("/v1/products", good.body(), by="slug")
    if not (product.get("images") or product.get("image_url")):
        images = f"/v1/products/{product['id']}/images"
        announced = _send_picture(opened.merchant, images, good.title, draw(good.drawing, good.color))
        opened.merchant.post(f"{images}/{announced['id']}/confirm")
    if good.digital:
        _add_file(opened.merchant, f"/v1/products/{product['id']}/downloads", good)
    return str(product["id"])


def _list_good(opened: Opened, place: int, good: Good, product_id: str) -> None:
    for number, (store_id, categories) in enumerate(opened.stores):
        if number == 0 or good.abroad is not None:
            listing = good.listing(product_id, categories, place=place, is_abroad=number > 0)
            opened.merchant.ensure(f"/v1/stores/{store_id}/listings", listing, by="product_id")


def _pick(opened: Opened, product_ids: Mapping[str, str]) -> None:
    """Fill each store's collections with what it sells, given products by the codes of their goods; all are listed."""
    for number, (store_id, _) in enumerate(opened.stores):
        sold = {good.code for good in opened.company.goods if number == 0 or good.abroad is not None}
        below = f"/v1/stores/{store_id}/collections"
        for position, picks in enumerate(opened.company.collections):
            made = opened.merchant.ensure(below, picks.body(position), by="slug")
            _add_picture(opened.merchant, below, made, picks.title, opened.company.goods_picked(picks))
            picked = [product_ids[code] for code in picks.goods if code in sold]
            opened.merchant.post(f"{below}/{made['id']}/products", {"product_ids": picked})


def _add_picture(merchant: Merchant, path: str, made: Json, name: str, goods: Sequence[Good]) -> None:
    """Give a category or a collection of `path` a picture of its goods, unless it has one."""
    if made["image"] is None or made["image"]["status"] != "ready":
        image = f"{path}/{made['id']}/image"
        _send_picture(merchant, image, name, picture_of(goods))
        merchant.post(f"{image}/confirm")


def _send_picture(merchant: Merchant, path: str, name: str, picture: bytes) -> Json:
    announced = merchant.post(path, {"content_type": "image/png", "alt": f"{name}, drawn"})
    merchant.upload(announced["upload"], picture)
    return announced


def _add_file(merchant: Merchant, downloads: str, good: Good) -> None:
    if merchant.get(downloads)["data"]:
        return
    name = good.slug.removesuffix("-pdf") + ".pdf"
    announced = merchant.post(downloads, {"name": name, "content_type": "application/pdf"})
    merchant.upload(announced["upload"], write_page(good.title, good.text))
    merchant.post(f"{downloads}/{announced['id']}/confirm")


def _deliver(opened: Opened) -> None:
    """Bring the stock that is missing. Before, it is said what is a kit, and whose units have numbers."""
    for good in opened.company.goods:
        if good.parts:
            opened.merchant.ensure("/v1/inventory/kits", good.kit(), by="sku")
        if good.serial:
            opened.merchant.put(f"/v1/inventory/tracking/{good.code}", {"tracking": "serial"})
    known = {
        (row["sku"], row["location_id"])
        for location_id in opened.locations
        for row in opened.merchant.rows(f"/v1/inventory/levels?location_id={location_id}")
    }
    rows = [row for good in opened.company.goods for row in good.stock(opened.locations)]
    missing = [row for row in rows if (row["sku"], row["location_id"]) not in known]
    for part in (missing[begin : begin + ROWS] for begin in range(0, len(missing), ROWS)):
        outcome = opened.merchant.post("/v1/inventory/adjustments", {"adjustments": part})
        if outcome["refused"]:
            raise Refused(f"adjustments: {[one for one in outcome['results'] if one['outcome'] == 'refused'][:3]}")


def _order_more(opened: Opened) -> None:
    """Order of suppliers what is not ordered yet, and send it."""
    for supply in opened.company.supplies:
        supplier = opened.merchant.ensure("/v1/suppliers", supply.supplier, by="code")
        order = opened.merchant.ensure("/v1/purchase-orders", supply.body(supplier["id"]), by="reference")
        if order["status"] == "draft":
            opened.merchant.post(f"/v1/purchase-orders/{order['id']}/send")
