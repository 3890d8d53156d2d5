"""Examples of bodies for the API's document. None has a null: the framework leaves nulls out of examples."""

from pydantic.config import JsonDict

VARIANT: JsonDict = {"sku": "MUG-RED", "options": {"Color": "Red"}, "price": "12.50", "weight_g": 350}
PRODUCT: JsonDict = {
    "title": "Mug",
    "slug": "mug",
    "description": "Holds a third of a liter.",
    "status": "active",
    "options": ["Color"],
    "tags": ["kitchen"],
    "variants": [{"sku": "MUG-BLUE", "options": {"Color": "Blue"}, "price": "12.50", "cost": "4.00", "weight_g": 350}],
}
PRODUCT_CHANGE: JsonDict = {"title": "Stoneware mug", "tags": ["kitchen", "stoneware"], "featured": True}
VARIANT_CHANGE: JsonDict = {"price": "11.50", "compare_at_price": "12.50"}
LISTING: JsonDict = {"product_id": "prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "visible": True, "sort_order": 10}
LISTING_CHANGE: JsonDict = {"promoted": True, "markup_bp": 500, "variant_prices": {"MUG-BLUE": {"price": "13.00"}}}
CATEGORY: JsonDict = {"name": "Kitchen", "slug": "kitchen", "description": "All for the kitchen.", "position": 1}
CATEGORY_CHANGE: JsonDict = {"name": "Kitchenware", "visible": True}
COLLECTION: JsonDict = {"title": "Gifts under 30", "slug": "gifts", "description": "Small and welcome.", "position": 1}
COLLECTION_CHANGE: JsonDict = {"title": "Gifts", "visible": False}
COLLECTION_PRODUCTS: JsonDict = {"product_ids": ["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"]}
COLLECTION_MOVE: JsonDict = {"place": 0}
FILE: JsonDict = {"content_type": "application/pdf"}
DOWNLOAD: JsonDict = {"name": "handbook.pdf", "content_type": "application/pdf"}
DOWNLOAD_CHANGE: JsonDict = {"name": "The Knot Handbook.pdf", "position": 0}
