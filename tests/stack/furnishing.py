"""A shop with one of everything, so that every operation of the document has something to be called with."""

import httpx

from tests.stack.shop import Json, Shop, eventually, unique

SECRET_WORD = "Harbourmaster"  # stands in titles, names and notes: an answer that shows it shows too much


def furnish(shop: Shop) -> dict[str, str]:
    """Values for the names that stand in paths."""
    merchant, stores = shop.merchant, f"/v1/stores/{shop.store_id}"
    sku = shop.put_on_sale(20)
    product = next(merchant.rows("/v1/products", sku=sku))
    path = f"/v1/products/{product['id']}"
    merchant.patch(path, {"title": SECRET_WORD})
    slug = unique("category")
    category = merchant.post(f"{stores}/categories", {"name": SECRET_WORD, "slug": slug})
    collection = merchant.post(f"{stores}/collections", {"title": SECRET_WORD, "slug": slug})
    merchant.post(f"{stores}/collections/{collection['id']}/products", {"product_ids": [product["id"]]})
    image = merchant.post(f"{path}/images", {"content_type": "image/png", "alt": SECRET_WORD})
    tax = merchant.post(f"{stores}/tax-rates", {"name": SECRET_WORD, "country": "FR", "rate_percent": "20"})
    download_id = attach(shop, path, b"%PDF-1")
    order = sell(shop, sku)
    cart_id = shop.ready_cart(sku)
    cart = shop.http.get(f"{shop.path}/carts/{cart_id}").json()
    return {
        "store_id": shop.store_id,
        "domain": shop.domain,
        "method": "manual",
        "product_id": product["id"],
        "variant_id": merchant.get(f"{path}/variants")["data"][0]["id"],
        "listing_id": merchant.get(f"{stores}/listings", product_id=product["id"])["data"][0]["id"],
        "category_id": category["id"],
        "collection_id": collection["id"],
        "image_id": image["id"],
        "download_id": download_id,
        "grant_id": merchant.get(f"/v1/orders/{order['id']}/downloads")["data"][0]["id"],
        "slug": sku.lower(),
        "shipping_method_id": shop.shipping_method_id,
        "tax_rate_id": tax["id"],
        "location_id": merchant.post("/v1/locations", {"name": unique(SECRET_WORD)})["id"],
        "transfer_id": send_away(shop, sku),
        "key_id": merchant.post("/v1/api-keys", {"name": SECRET_WORD, "scopes": ["orders:read"]})["id"],
        "alert_id": low_alert(shop, sku),
        "rule_id": next(merchant.rows("/v1/inventory/alert-rules", target=sku))["id"],
        "bulk_id": bulk_adjustment(shop, sku),
        "reconciliation_id": merchant.post("/v1/inventory/reconciliations")["id"],
        "name": "valuation",
        "report_id": merchant.post("/v1/inventory/reports/valuation")["id"],
        "sync_id": merchant.post(f"/v1/stores/{shop.store_id}/stock/sync")["id"],
        **buy(shop, sku),
        **told_apart(shop),
        "kit_id": make_kit(shop, sku),
        "order_id": order["id"],
        "number": order["number"],
        "cart_id": cart_id,
        "item_id": cart["items"][0]["id"],
    }


def bulk_adjustment(shop: Shop, sku: str) -> str:
    """The id of a run that adjusts one level."""
    rows = {"adjustments": [{"sku": sku, "quantity": 1, "reason": SECRET_WORD}]}
    return str(shop.merchant.post("/v1/inventory/adjustments/bulk", rows)["id"])


def buy(shop: Shop, sku: str) -> dict[str, str]:
    """A supplier, what it sells, and an order that was not sent."""
    merchant, code = shop.merchant, unique("supplier")
    supplier = merchant.post("/v1/suppliers", {"name": SECRET_WORD, "code": code, "notes": SECRET_WORD})
    sells = {"sku": sku, "supplier_sku": SECRET_WORD, "unit_cost": "4.00"}
    lines = [{"sku": sku, "quantity": 5}]
    return {
        "supplier_id": supplier["id"],
        "supplier_sku_id": merchant.post(f"/v1/suppliers/{supplier['id']}/skus", sells)["id"],
        "purchase_order_id": merchant.post("/v1/purchase-orders", {"supplier_id": supplier["id"], "lines": lines})[
            "id"
        ],
    }


def make_kit(shop: Shop, sku: str) -> str:
    """The id of a kit of two."""
    kit = unique("KIT")
    product = {"title": SECRET_WORD, "slug": kit.lower(), "price": "9.00", "variants": [{"sku": kit}]}
    shop.merchant.post("/v1/products", product)
    return str(
        shop.merchant.post("/v1/inventory/kits", {"sku": kit, "components": [{"sku": sku, "quantity": 2}]})["id"]
    )


def told_apart(shop: Shop) -> dict[str, str]:
    """A SKU of which each unit has a serial number, and one that comes in batches."""
    phone = _tracked(shop, "serial", {"serials": ["SN-1"]})
    milk = _tracked(shop, "batch", {"batches": [{"number": "LOT-1", "quantity": 1}]})
    return {
        "sku": phone,
        "serial_id": next(shop.merchant.rows("/v1/serials", sku=phone))["id"],
        "batch_id": next(shop.merchant.rows("/v1/batches", sku=milk))["id"],
    }


def _tracked(shop: Shop, mode: str, names: Json) -> str:
    sku = unique("TRACKED")
    variant = {"sku": sku, "price": "2.50"}
    shop.merchant.post("/v1/products", {"title": SECRET_WORD, "slug": sku.lower(), "variants": [variant]})
    shop.merchant.call("PUT", f"/v1/inventory/tracking/{sku}", {"tracking": mode}).raise_for_status()
    shop.merchant.post("/v1/inventory/adjustments", {"sku": sku, "type": "restock", "quantity": 1, **names})
    return sku


def attach(shop: Shop, path: str, content: bytes) -> str:
    """The id of a new download of the product at `path`, whose file has arrived."""
    body = {"name": f"{SECRET_WORD}.pdf", "content_type": "application/pdf"}
    announced = shop.merchant.post(f"{path}/downloads", body)
    form = announced["upload"]
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("f", content)}, trust_env=False)
    assert sent.status_code == 204, sent.text
    shop.merchant.post(f"{path}/downloads/{announced['id']}/confirm")
    return str(announced["id"])


def sell(shop: Shop, sku: str) -> Json:
    """An order with a note, of which something has left and something was paid back."""
    order = shop.bought(sku, 3, method="manual").order
    path = f"/v1/orders/{order['id']}"
    shop.merchant.post(f"{path}/notes", {"text": SECRET_WORD})
    shop.merchant.post(f"{path}/mark-paid")
    shop.merchant.post(f"{path}/fulfill", {"lines": [{"sku": sku, "quantity": 1}]})
    return order


def send_away(shop: Shop, sku: str) -> str:
    """The id of a transfer that is on its way."""
    source, target = shop.merchant.locations
    ends = {"source_location_id": source, "target_location_id": target}
    lines = [{"sku": sku, "quantity": 1}]
    made = shop.merchant.post("/v1/transfers", {**ends, "lines": lines, "notes": SECRET_WORD})
    shop.merchant.post(f"/v1/transfers/{made['id']}/dispatch")
    return str(made["id"])


def low_alert(shop: Shop, sku: str) -> str:
    """The id of the alert that a rule made now raises for a SKU."""
    shop.merchant.post("/v1/inventory/alert-rules", {"scope": "variant", "sku": sku, "low": 50})
    found = eventually(lambda: shop.merchant.get("/v1/inventory/alerts", sku=sku)["data"], until=bool, within_s=10)
    return str(found[0]["id"])
