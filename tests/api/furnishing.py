"""A tenant with one of everything, made through the API."""

from typing import Any

import httpx

from storekeeper.inventory.alerts.items import alert_id_of
from storekeeper.inventory.alerts.rules.model import ANYWHERE, AlertKind
from storekeeper.tenancy import Store
from tests.functions.conftest import Api

ADDRESS = {"line1": "1 Pier", "city": "New York", "region": "NY", "postal_code": "10001", "country": "US"}
SHIPPING = {"name": "Parcel", "rate": {"kind": "flat", "amount": "5.00"}, "zones": [{"country": "US"}]}
SEEN = "Harbour's own lamp"  # stands in titles and notes: an answer that shows it shows too much


class Furnishing:
    """Fills a tenant. `ids` are values for the names that stand in paths."""

    def __init__(self, api: Api, store: Store) -> None:
        self._api, self._store = api, store
        self.ids: dict[str, str] = {"store_id": store.id, "domain": store.domains[0], "method": "manual"}

    def all(self) -> None:
        """One of everything."""
        self.goods()
        self.settings()
        self.transfer()
        self.kit()
        self.alert()

        self.buying()
        self.told_apart()
        self.long_work()
        self.sale()

    def made(self, path: str, body: Any = None, *, key: str | None = "") -> dict[str, Any]:
        """What a POST made."""
        reply = self._api.post(path, body, key=key)
        assert reply.status in {200, 201, 202}, f"{path}: {reply.text}"
        return dict(reply.json)

    def goods(self) -> None:
        """A product in a category and a collection, listed, with an image and stock."""
        stores = f"/v1/stores/{self._store.id}"
        variant = {"sku": "LAMP", "price": "12.50", "weight_g": 350}
        product = self.made("/v1/products", {"title": SEEN, "slug": "lamp", "status": "active", "variants": [variant]})
        category = self.made(f"{stores}/categories", {"name": SEEN, "slug": "lamps"})
        collection = self.made(f"{stores}/collections", {"title": SEEN, "slug": "lamp"})
        listed = {"product_id": product["id"], "visible": True, "category_ids": [category["id"]]}
        image = {"content_type": "image/png", "alt": "A lamp"}
        self.ids |= {
            "product_id": product["id"],
            "variant_id": product["variants"][0]["id"],
            "category_id": category["id"],
            "listing_id": self.made(f"{stores}/listings", listed)["id"],
            "image_id": self.made(f"/v1/products/{product['id']}/images", image)["id"],
            "collection_id": collection["id"],
            "slug": "lamp",
            "download_id": self._manual(f"/v1/products/{product['id']}/downloads"),
        }
        self.made(f"{stores}/collections/{collection['id']}/products", {"product_ids": [product["id"]]})
        self.made("/v1/inventory/adjustments", {"sku": "LAMP", "type": "restock", "quantity": 20, "reason": SEEN})

    def _manual(self, path: str) -> str:
        """A download whose file has arrived."""
        announced = self.made(path, {"name": f"{SEEN}.pdf", "content_type": "application/pdf"})
        form = announced["upload"]
        sent = httpx.post(form["url"], data=form["fields"], files={"file": ("f", b"%PDF-1")})
        assert sent.status_code == 204, sent.text
        self.made(f"{path}/{announced['id']}/confirm")
        return str(announced["id"])

    def settings(self) -> None:
        """A way to ship, a tax rate, a location, a key."""
        stores = f"/v1/stores/{self._store.id}"
        tax = {"name": SEEN, "country": "US", "rate_percent": "0"}
        key = {"name": SEEN, "scopes": ["orders:read"]}
        self.ids |= {
            "shipping_method_id": self.made(f"{stores}/shipping-methods", SHIPPING)["id"],
            "tax_rate_id": self.made(f"{stores}/tax-rates", tax)["id"],
            "location_id": self.made("/v1/locations", {"name": SEEN})["id"],
            "key_id": self.made("/v1/api-keys", key)["id"],
        }

    def alert(self) -> None:
        """A rule by which the lamps are low, as the projector will see."""
        rule = self.made("/v1/inventory/alert-rules", {"scope": "variant", "sku": "LAMP", "low": 50})
        self.ids |= {"rule_id": rule["id"], "alert_id": alert_id_of("LAMP", ANYWHERE, AlertKind.LOW)}

    def transfer(self) -> None:
        """Units that shall go to the new location."""
        (source,) = (one["id"] for one in self._api.get("/v1/locations").json["data"] if one["is_default"])
        ends = {"source_location_id": source, "target_location_id": self.ids["location_id"]}
        body = {**ends, "lines": [{"sku": "LAMP", "quantity": 2}], "reference": SEEN, "notes": SEEN}
        self.ids["transfer_id"] = self.made("/v1/transfers", body)["id"]

    def kit(self) -> None:
        """Two lamps in a box."""
        self.made("/v1/products", {"title": SEEN, "slug": "box", "price": "9.00", "variants": [{"sku": "BOX"}]})
        body = {"sku": "BOX", "components": [{"sku": "LAMP", "quantity": 2}]}
        self.ids["kit_id"] = self.made("/v1/inventory/kits", body)["id"]

    def buying(self) -> None:
        """A supplier, with a SKU, and an order of it."""
        supplier = self.made("/v1/suppliers", {"name": SEEN, "code": "LANTERN", "notes": SEEN})
        sells = {"sku": "LAMP", "supplier_sku": SEEN, "unit_cost": "4.00"}
        self.ids |= {
            "supplier_id": supplier["id"],
            "supplier_sku_id": self.made(f"/v1/suppliers/{supplier['id']}/skus", sells)["id"],
        }
        lines = [{"sku": "LAMP", "quantity": 2, "unit_cost": "4.00"}]
        order = {"supplier_id": supplier["id"], "lines": lines, "reference": SEEN, "notes": SEEN}
        self.ids["purchase_order_id"] = self.made("/v1/purchase-orders", order)["id"]

    def told_apart(self) -> None:
        """A phone with a serial, and milk of a batch."""
        for sku, slug, mode, names in (
            ("PHONE", "phone", "serial", {"serials": ["SN-1"]}),
            ("MILK", "milk", "batch", {"batches": [{"number": "LOT-1", "quantity": 1}]}),
        ):
            variant = {"sku": sku, "price": "2.50"}
            self.made("/v1/products", {"title": SEEN, "slug": slug, "status": "active", "variants": [variant]})
            assert self._api.put(f"/v1/inventory/tracking/{sku}", {"tracking": mode}).status == 200
            self.made("/v1/inventory/adjustments", {"sku": sku, "type": "restock", "quantity": 1, **names})
        (serial,) = self._api.get("/v1/serials", query={"sku": "PHONE"}).json["data"]
        (batch,) = self._api.get("/v1/batches", query={"sku": "MILK"}).json["data"]
        self.ids |= {"sku": "PHONE", "serial_id": serial["id"], "batch_id": batch["id"]}

    def long_work(self) -> None:
        """Runs that wait to be worked on."""
        rows = {"adjustments": [{"sku": "LAMP", "quantity": 1, "reason": SEEN}]}
        self.ids |= {
            "bulk_id": self.made("/v1/inventory/adjustments/bulk", rows)["id"],
            "reconciliation_id": self.made("/v1/inventory/reconciliations")["id"],
            "sync_id": self.made(f"/v1/stores/{self._store.id}/stock/sync")["id"],
            "name": "valuation",
            "report_id": self.made("/v1/inventory/reports/valuation")["id"],
        }

    def sale(self) -> None:
        """An order, with a note; and a cart that is still open."""
        carts = f"/v1/storefront/{self._store.domains[0]}/carts"
        buyer = {
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "items": [{"sku": "LAMP", "quantity": 1}],
        }
        bought, kept = (self.made(carts, buyer, key=None) for _ in range(2))
        chosen = self._api.patch(
            f"{carts}/{bought['id']}", {"shipping_method_id": self.ids["shipping_method_id"]}, key=None
        )
        assert chosen.status == 200, chosen.text
        placed = self.made(f"{carts}/{bought['id']}/checkout", {"payment_method": "manual"}, key=None)
        self.made(f"/v1/orders/{placed['order']['id']}/notes", {"text": SEEN})
        self.ids |= {
            "order_id": placed["order"]["id"],
            "number": placed["order"]["number"],
            "cart_id": kept["id"],
            "item_id": kept["items"][0]["id"],
            "grant_id": self._api.get(f"/v1/orders/{placed['order']['id']}/downloads").json["data"][0]["id"],
        }
