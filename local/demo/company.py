"""What a demo company is made of (see harbour.yaml, alpine.yaml), and the bodies that the API is sent for it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product, zip_longest
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Body: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).parent
_NO_CODE = re.compile(r"[^A-Z0-9]+")

# Units at the first and at the second location; the variants of a good take them in turn. What is "out" was there once.
SHELVES: Mapping[str, tuple[tuple[int, int], ...]] = {
    "plenty": ((60, 40), (48, 0), (75, 0), (52, 0)),
    "mixed": ((34, 18), (8, 0), (0, 0), (0, 12), (26, 0)),
    "low": ((6, 0), (2, 1), (9, 0)),
    "second": ((0, 14), (0, 30), (0, 21)),
    "out": ((0, 0),),
    "endless": ((10_000, 0),),
}


@dataclass(frozen=True, slots=True)
class Good:
    """A product. `drawing` and `color` are its picture; `code` begins its SKUs; `options` multiply into variants.

    `dearer` gives variants with an option's value another price, here and abroad. `abroad` is the price in the
    company's second store; None: not sold there. `parts` make it a kit of these SKUs. `serial` begins the numbers
    of its units, if they have any: then it has one variant, at one location.
    """

    code: str
    title: str
    drawing: str
    color: str
    price: str
    category: str
    text: str
    abroad: str | None = None
    weight_g: int = 0
    cost: str | None = None
    compare_at: str | None = None
    options: Mapping[str, list[str]] = field(default_factory=dict)
    dearer: Mapping[str, list[str]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    tax: str = "standard"
    shelf: str = "plenty"
    featured: bool = False
    digital: bool = False
    parts: Mapping[str, int] = field(default_factory=dict)
    serial: str | None = None

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")

    def forms(self) -> Iterator[tuple[str, dict[str, str]]]:
        """SKU and options of each variant."""
        for values in product(*self.options.values()):
            codes = (_NO_CODE.sub("", value.upper()) for value in values)
            yield "-".join((self.code, *codes)), dict(zip(self.options, values, strict=True))

    def body(self) -> Body:
        """For `POST /v1/products`."""
        return {
            "title": self.title,
            "slug": self.slug,
            "short_description": self.text,
            "description": f"{self.text}\n\nThis is demo data: nothing is sent, and no real card is charged.",
            "status": "active",
            "price": self.price,
            "cost": self.cost,
            "compare_at_price": self.compare_at,
            "weight_g": self.weight_g,
            "tax_category": self.tax,
            "tags": self.tags,
            "featured": self.featured,
            "digital": self.digital,
            "download_limit": 5 if self.digital else None,
            "seo": {"title": f"{self.title} (demo)", "description": self.text},
            "options": list(self.options),
            "variants": [self._variant(sku, options) for sku, options in self.forms()],
        }

    def _variant(self, sku: str, options: dict[str, str]) -> Body:
        prices = [self.dearer[value][0] for value in options.values() if value in self.dearer]
        return {"sku": sku, "options": options, **({"price": prices[0]} if prices else {})}

    def listing(self, product_id: str, category_ids: Mapping[str, str], *, place: int, is_abroad: bool) -> Body:
        """For `POST /v1/stores/{id}/listings`; abroad it has prices of its own."""
        body: Body = {
            "product_id": product_id,
            "visible": True,
            "promoted": self.featured,
            "sort_order": place * 10,
            "category_ids": [category_ids[self.category]],
        }
        if is_abroad:
            own = (
                (sku, [self.dearer[value][1] for value in options.values() if value in self.dearer])
                for sku, options in self.forms()
            )
            body["price"] = self.abroad
            body["variant_prices"] = {sku: {"price": prices[0]} for sku, prices in own if prices}
        return body

    def stock(self, locations: list[str]) -> Iterator[Body]:
        """Rows for `POST /v1/inventory/adjustments`; none of a kit, whose parts have rows of their own."""
        if self.parts:
            return
        rows = SHELVES[self.shelf]
        for number, (sku, _) in enumerate(self.forms()):
            units = rows[number % len(rows)]
            if not any(units):
                yield _row(sku, locations[0], "restock", 3, "opening stock")
                yield _row(sku, locations[0], "damage", -3, "water damage")
            for location_id, count in zip(locations, units, strict=True):
                if count:
                    named = {"serials": self.serials(count)} if self.serial else {}
                    yield _row(sku, location_id, "restock", count, "opening stock") | named

    def serials(self, count: int) -> list[str]:
        """The serial numbers of its first units."""
        return [f"{self.serial}-{number:04}" for number in range(1, count + 1)]

    def kit(self) -> Body:
        """For `POST /v1/inventory/kits`."""
        components = [{"sku": sku, "quantity": quantity} for sku, quantity in self.parts.items()]
        return {"sku": self.code, "components": components}


@dataclass(frozen=True, slots=True)
class Shop:
    """A store, and what is made below it. It takes stock from the location of this number first."""

    domain: str
    body: Body
    settings: Body
    nearest_location: int
    shipping_methods: list[Body]
    tax_rates: list[Body]


@dataclass(frozen=True, slots=True)
class Picks:
    """A collection, by the codes of its goods, in its order; each shop's has those that the shop sells."""

    slug: str
    title: str
    text: str
    goods: list[str]

    def body(self, position: int) -> Body:
        """For `POST /v1/stores/{id}/collections`."""
        return {"title": self.title, "slug": self.slug, "description": self.text, "position": position}


@dataclass(frozen=True, slots=True)
class Supply:
    """A supplier, and an order of it that is on its way; `reference` is how a repeat finds that order."""

    supplier: Body
    reference: str
    lines: list[Body]

    def body(self, supplier_id: str) -> Body:
        """For `POST /v1/purchase-orders`."""
        return {"supplier_id": supplier_id, "reference": self.reference, "lines": self.lines}


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant. The first shop sells everything at the products' own prices, the second what has a price abroad.

    `categories`, the same in each shop, are slug, name and slug of the parent; parents come first.
    """

    name: str
    request_id: str
    locations: list[Body]
    categories: list[tuple[str, str, str | None]]
    collections: list[Picks]
    shops: list[Shop]
    goods: list[Good]
    supplies: list[Supply]

    def goods_in(self, category: str) -> list[Good]:
        """The goods of the category with this slug and of those right below it: one of each in turn."""
        slugs = [category, *(slug for slug, _, parent in self.categories if parent == category)]
        parts = ([good for good in self.goods if good.category == slug] for slug in slugs)
        return [good for turn in zip_longest(*parts) for good in turn if good]

    def goods_picked(self, picks: Picks) -> list[Good]:
        """The goods of a collection, in its order."""
        by_code = {good.code: good for good in self.goods}
        return [by_code[code] for code in picks.goods]

    @classmethod
    def load(cls, name: str) -> "Company":
        """The company of the file `<name>.yaml` beside this module."""
        read = yaml.load((FOLDER / f"{name}.yaml").read_text(), Loader=yaml.CSafeLoader)
        shops = [Shop(**shop) for shop in read.pop("shops")]
        goods = [Good(**good) for good in read.pop("goods")]
        collections = [Picks(**picks) for picks in read.pop("collections")]
        supplies = [Supply(**supply) for supply in read.pop("supplies")]
        return cls(**read, collections=collections, shops=shops, goods=goods, supplies=supplies)


def _row(sku: str, location_id: str, kind: str, quantity: int, reason: str) -> Body:
    return {"sku": sku, "location_id": location_id, "type": kind, "quantity": quantity, "reason": reason}
