"""What was bought, at the prices of the sale, as shoppers and merchants see it."""

from typing import Annotated, Any, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator

from storekeeper.edge.fields import AmountOut
from storekeeper.kernel.money import Money


def _text_of_money(value: Any) -> Any:
    return str(value) if isinstance(value, Money) else value


Price: TypeAlias = Annotated[AmountOut, BeforeValidator(_text_of_money)]


class TotalsOut(BaseModel):
    """`total` = `subtotal` − `discount` + `shipping` + `tax`, always."""

    subtotal: Price
    discount: Price
    shipping: Price
    tax: Price
    total: Price

    @classmethod
    def of(cls, totals: object) -> Self:
        """The totals, which have these attributes, as they are answered."""
        return cls.model_validate(totals, from_attributes=True)


class BoughtLineOut(BaseModel):
    """Units of one SKU at the prices of the sale. `unit_price_shown` is the gross price, where prices include tax."""

    id: str
    sku: str
    product_id: str
    title: str
    variant_title: str | None
    quantity: int
    unit_price: Price
    unit_price_shown: Price | None
    discount: Price
    tax: Price
    total: Price

    @classmethod
    def of(cls, line: object) -> Self:
        """The line of an order, which has these attributes, as it is answered."""
        return cls.model_validate(line, from_attributes=True)
