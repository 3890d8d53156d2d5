"""Pricing: what a basket costs, and why. The rounding rule is in docs/pricing.md.

- basket line: units of one offer
- levy: the tax rates that fall on one thing together
- quote: a shipping method that applies, and its price
- parcel: weight, units and value of what is to be sent
- reason: one rule that changed what is paid, and by how much
- terms: what a merchant says of a shipping method or a tax rate
- net, gross: without and with tax; a price "shown" is the one that the store advertises
"""

from storekeeper.pricing.basket import (
    BasketLine,
    PricedBasket,
    PricedLine,
    PricedShipping,
    Reason,
    Totals,
    parcel_of,
    price_basket,
    price_shipping,
)
from storekeeper.pricing.destination import Destination
from storekeeper.pricing.rows.use_cases import change_row, create_row, delete_row, find_row, rows_of
from storekeeper.pricing.shipping.items import SHIPPING_METHODS
from storekeeper.pricing.shipping.model import (
    NUMBER_SLOT,
    AmountBand,
    AmountTable,
    FlatRate,
    ItemRate,
    Parcel,
    Quote,
    ShippingMethod,
    ShippingRate,
    ShippingTerms,
    WeightBand,
    WeightRate,
    WeightTable,
    Zone,
    applicable_methods,
)
from storekeeper.pricing.taxes.items import TAX_RATES
from storekeeper.pricing.taxes.model import (
    MAX_PRIORITY,
    MAX_RATE_PPM,
    STANDARD_TAX,
    Levy,
    TaxRate,
    TaxTable,
    TaxTerms,
)

__all__ = [
    "MAX_PRIORITY",
    "MAX_RATE_PPM",
    "NUMBER_SLOT",
    "SHIPPING_METHODS",
    "STANDARD_TAX",
    "TAX_RATES",
    "AmountBand",
    "AmountTable",
    "BasketLine",
    "Destination",
    "FlatRate",
    "ItemRate",
    "Levy",
    "Parcel",
    "PricedBasket",
    "PricedLine",
    "PricedShipping",
    "Quote",
    "Reason",
    "ShippingMethod",
    "ShippingRate",
    "ShippingTerms",
    "TaxRate",
    "TaxTable",
    "TaxTerms",
    "Totals",
    "WeightBand",
    "WeightRate",
    "WeightTable",
    "Zone",
    "applicable_methods",
    "change_row",
    "create_row",
    "delete_row",
    "find_row",
    "parcel_of",
    "price_basket",
    "price_shipping",
    "rows_of",
]
