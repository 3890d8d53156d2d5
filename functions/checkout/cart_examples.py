"""Examples of carts for the API's document: one cart of a store whose prices include tax.

No member of theirs is null: the framework leaves nulls out of examples, and what is left would lack them.
"""

from pydantic.config import JsonDict

METHOD_ID = "shm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
RATE_ID = "tax_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
ITEM_ID = "itm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
ADDRESS: JsonDict = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Analytical Engines",
    "line1": "Hafenstraße 1",
    "line2": "2. Stock",
    "city": "Berlin",
    "region": "BE",
    "postal_code": "10115",
    "country": "DE",
    "phone": "+49 30 1234567",
}
NEW_CART: JsonDict = {"items": [{"sku": "MUG-BLUE", "quantity": 2}], "utm": {"source": "newsletter"}}
CHANGE: JsonDict = {"email": "ada@example.com", "shipping_address": ADDRESS, "note": "Ring twice"}
ITEM: JsonDict = {
    "id": ITEM_ID,
    "sku": "MUG-BLUE",
    "product_id": "prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
    "title": "Mug",
    "variant_title": "Blue",
    "quantity": 2,
    "unit_price": "10.00",
    "unit_price_shown": "11.90",
    "discount": "0.00",
    "tax": "3.80",
    "total": "23.80",
    "available": 14,
    "availability": "in_stock",
    "sellable": True,
}
CART: JsonDict = {
    "id": "cart_01KAGC3M5Q8V6ZB1X7Y2N4T9RD",
    "status": "active",
    "currency": "EUR",
    "email": "ada@example.com",
    "items": [ITEM],
    "shipping_address": ADDRESS,
    "billing_address": ADDRESS,
    "shipping_method_id": METHOD_ID,
    "note": "Ring twice",
    "utm": {"source": "newsletter"},
    "hold_expires_at": "2026-11-20T07:47:00.000Z",
    "prices_include_tax": True,
    "totals": {"subtotal": "20.00", "discount": "0.00", "shipping": "5.00", "tax": "4.75", "total": "29.75"},
    "explanation": [
        {"kind": "tax", "rule_id": RATE_ID, "name": "VAT", "item_id": ITEM_ID, "amount": "3.80"},
        {"kind": "shipping", "rule_id": METHOD_ID, "name": "Parcel", "amount": "5.00"},
        {"kind": "tax", "rule_id": RATE_ID, "name": "VAT", "amount": "0.95"},
    ],
    "version": 3,
    "created_at": "2026-11-20T07:30:00.000Z",
    "updated_at": "2026-11-20T07:32:00.000Z",
}
QUOTE: JsonDict = {
    "id": METHOD_ID,
    "name": "Parcel",
    "amount": "5.00",
    "amount_shown": "5.95",
    "currency": "EUR",
    "delivery_days": {"min": 2, "max": 4},
}
