"""Tax rates in the table: rows of a store's settings."""

from msgspec.structs import asdict

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.pricing.rows.items import RowKind
from storekeeper.pricing.taxes.model import MAX_RATES, TaxRate, TaxTerms, TooManyTaxRates

ENTITIES = (
    Entity(
        name="tax_rate",
        pk="T#<tenant>",
        sk="STORE#<store>#TAX#<rate>",
        holds="One row of a store's tax table.",
        found_by="The one query that brings the tenant's settings.",
        written_by="create_row, change_row, delete_row",
    ),
)


def _as_item(terms: TaxTerms) -> Item:
    return {name: value for name, value in asdict(terms).items() if value is not None}


TAX_RATES: RowKind[TaxTerms, TaxRate] = RowKind(
    name="tax_rate",
    part="TAX",
    id_prefix="tax",
    row=TaxRate,
    terms_as_item=_as_item,
    terms_from=lambda item: TaxTerms(**item),
    most=MAX_RATES,
    too_many=TooManyTaxRates,
)
