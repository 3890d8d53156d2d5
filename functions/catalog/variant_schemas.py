"""Bodies and answers of variants."""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from catalog import examples
from catalog.fields import prices, shown
from storekeeper.catalog import Product, Variant
from storekeeper.catalog.products.model import MAX_OPTIONS, VariantId
from storekeeper.edge.fields import Amount, AmountOut, Handle, Id, InModel, Name, Sku, left_out
from storekeeper.kernel.ids import new_id
from storekeeper.kernel.money import Currency
from storekeeper.kernel.records import replace

MAX_WEIGHT_G = 100_000_000

Options: TypeAlias = Annotated[
    dict[Name, Name], Field(max_length=MAX_OPTIONS, description="Option to value.", examples=[{"Color": "Blue"}])
]
DownloadLimit: TypeAlias = Annotated[
    int, Field(ge=1, le=1_000, description="How often each file may be fetched for each unit bought.", examples=[5])
]
DownloadDays: TypeAlias = Annotated[
    int, Field(ge=1, le=3_650, description="How many days after the payment files may be fetched.", examples=[30])
]
WeightG: TypeAlias = Annotated[int, Field(ge=0, le=MAX_WEIGHT_G, description="In grams.", examples=[350])]


class _VariantFields(InModel):
    price: Amount | None = None
    compare_at_price: Amount | None = None
    cost: Amount | None = None
    barcode: Handle | None = None
    weight_g: WeightG | None = None
    image_id: Id | None = None
    download_limit: DownloadLimit | None = None
    download_days: DownloadDays | None = None


class VariantIn(_VariantFields):
    """A variant. What is left out is the product's."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VARIANT]})

    sku: Sku
    options: Options = Field(default_factory=dict)
    active: bool = True

    def variant(self, currency: Currency, *, now: datetime, at: str = "") -> Variant:
        """As the domain knows it. `at` is where the body stands in the request."""
        named = self.model_dump()
        named |= prices(named, currency, at=at)
        return Variant(id=VariantId(new_id("var", at=now)), **named)


class VariantPatch(_VariantFields):
    """Changes of a variant; `options` are replaced as a whole.

    Null makes a price, cost, weight or limit the product's again.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VARIANT_CHANGE]})

    sku: Sku = left_out()
    options: Options = left_out()
    active: bool = left_out()

    def applied(self, product: Product, variant: Variant) -> Variant:
        """The variant with what this body names."""
        named = self.model_dump(exclude_unset=True)
        named |= prices(named, product.details.currency)
        return replace(variant, **named)


class VariantOut(BaseModel):
    """A variant. `price` is its own, or null where it has the product's. `version` is the product's."""

    id: Annotated[Id, Field(examples=["var_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    sku: Sku
    title: Annotated[str, Field(examples=["Blue"])]
    options: Options
    price: AmountOut | None
    compare_at_price: AmountOut | None
    cost: AmountOut | None
    barcode: str | None
    weight_g: WeightG | None
    image_id: Id | None
    active: bool
    download_limit: DownloadLimit | None
    download_days: DownloadDays | None
    version: int

    @classmethod
    def of(cls, product: Product, variant: Variant) -> "VariantOut":
        """As it is answered."""
        images = {image.id for image in product.images}
        return cls(
            id=variant.id,
            sku=variant.sku,
            title=variant.title,
            options=dict(variant.options),
            price=shown(variant.price),
            compare_at_price=shown(variant.compare_at_price),
            cost=shown(variant.cost),
            barcode=variant.barcode,
            weight_g=variant.weight_g,
            image_id=variant.image_id if variant.image_id in images else None,
            active=variant.active,
            download_limit=variant.download_limit,
            download_days=variant.download_days,
            version=product.version,
        )
