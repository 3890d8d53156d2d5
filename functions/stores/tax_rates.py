"""A store's tax table: list, create, read, change, delete."""

from typing import Annotated, Any, Self, TypeAlias

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import CountryCode, Handle, Id, InModel, InstantOut, Line, Name, left_out
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.paging import page_of
from storekeeper.kernel.records import replace
from storekeeper.pricing import (
    MAX_PRIORITY,
    MAX_RATE_PPM,
    STANDARD_TAX,
    TAX_RATES,
    TaxRate,
    TaxTerms,
    change_row,
    create_row,
    delete_row,
    find_row,
    rows_of,
)
from storekeeper.tenancy import load_settings

router = APIRouter(prefix="/v1/stores/{store_id}/tax-rates", tags=["Tax rates"])

PPM_DIGITS = 4  # of a percentage: 8.875 % is 88,750 millionths

Region: TypeAlias = Annotated[Line, Field(examples=["NY"])]
Percent: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$",
        description="A percentage from 0 to 100 as a decimal string, at most four decimals.",
        examples=["8.875"],
    ),
]
Priority: TypeAlias = Annotated[
    int,
    Field(ge=1, le=MAX_PRIORITY, description="One rate of each priority applies; rates of different ones add up."),
]
Compound: TypeAlias = Annotated[bool, Field(description="Taken of the price with taxes of lower priorities on it.")]
ToShipping: TypeAlias = Annotated[bool, Field(description="Whether shipping is taxed at this rate too.")]


class TaxRateIn(InModel):
    """A new rate. It matches goods of its tax category that go to its country and, if it has one, its region."""

    name: Annotated[Name, Field(examples=["NYC sales tax"])]
    country: CountryCode
    region: Region | None = None
    tax_category: Handle = STANDARD_TAX
    rate_percent: Percent
    priority: Priority = 1
    compound: Compound = False
    applies_to_shipping: ToShipping = False


class TaxRatePatch(InModel):
    """Changes of a rate. A region of null: the whole country."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rate_percent": "9", "applies_to_shipping": True}]})

    name: Annotated[Name, Field(examples=["NYC sales tax"])] = left_out()
    country: CountryCode = left_out()
    region: Region | None = None
    tax_category: Handle = left_out()
    rate_percent: Percent = left_out()
    priority: Priority = left_out()
    compound: Compound = left_out()
    applies_to_shipping: ToShipping = left_out()


class TaxRateOut(BaseModel):
    """One row of a store's tax table."""

    id: Annotated[Id, Field(examples=["tax_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["NYC sales tax"])]
    country: CountryCode
    region: Annotated[str | None, Field(examples=["NY"])]
    tax_category: Annotated[str, Field(examples=[STANDARD_TAX])]
    rate_percent: Percent
    priority: int
    compound: bool
    applies_to_shipping: bool
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, rate: TaxRate) -> Self:
        """The rate as it is answered."""
        terms = rate.terms
        return cls(
            id=rate.id,
            name=terms.name,
            country=terms.country,
            region=terms.region,
            tax_category=terms.tax_category,
            rate_percent=to_percent(terms.rate_ppm),
            priority=terms.priority,
            compound=terms.compound,
            applies_to_shipping=terms.applies_to_shipping,
            version=rate.version,
            created_at=clock.to_text(rate.created_at),
            updated_at=clock.to_text(rate.updated_at),
        )


@router.get("")
async def list_tax_rates(
    store_id: str,
    params: Listed,
    call: Annotated[Call, requires("stores:read")],
    country: Annotated[CountryCode | None, Query(description="Only rates of this country.")] = None,
    tax_category: Annotated[Handle | None, Query(description="Only rates of this category.")] = None,
) -> ListOut[TaxRateOut]:
    """The store's tax rates, oldest first."""
    settings, after = load_settings(call.table), params.after() or ""
    store = settings.store(store_id)
    rates = [
        rate
        for rate in rows_of(TAX_RATES, settings, store.id)
        if rate.id > after and country in (None, rate.terms.country) and tax_category in (None, rate.terms.tax_category)
    ]
    return page_out(page_of(rates, limit=params.limit, position=lambda rate: rate.id), params.scope, TaxRateOut.of)


@router.post("", status_code=201)
async def make_tax_rate(
    store_id: str, body: TaxRateIn, call: Annotated[Call, requires("stores:write")], response: Response
) -> TaxRateOut:
    """Add a rate. Carts are taxed by it from then on."""
    terms = TaxTerms(**_changes(body))
    rate = create_row(
        TAX_RATES,
        store_id,
        lambda _: terms,
        table=call.table,
        now=call.now,
        remember=call.remembering(TaxRateOut.of),
    )
    return tagged(response, TaxRateOut.of(rate), version=rate.version)


@router.get("/{tax_rate_id}")
async def read_tax_rate(
    store_id: str, tax_rate_id: str, call: Annotated[Call, requires("stores:read")], response: Response
) -> TaxRateOut:
    """One rate."""
    rate = find_row(TAX_RATES, store_id, tax_rate_id, table=call.table)
    return tagged(response, TaxRateOut.of(rate), version=rate.version)


@router.patch("/{tax_rate_id}")
async def patch_tax_rate(
    store_id: str,
    tax_rate_id: str,
    body: TaxRatePatch,
    call: Annotated[Call, requires("stores:write")],
    response: Response,
) -> TaxRateOut:
    """Change a rate. Orders that were placed keep the tax they had."""
    changes = _changes(body)

    def amend(rate: TaxRate) -> TaxTerms:
        call.check_version(rate.version)
        return replace(rate.terms, **changes)

    rate = change_row(TAX_RATES, store_id, tax_rate_id, amend, table=call.table, now=call.now)
    return tagged(response, TaxRateOut.of(rate), version=rate.version)


@router.delete("/{tax_rate_id}", status_code=204)
async def remove_tax_rate(store_id: str, tax_rate_id: str, call: Annotated[Call, requires("stores:write")]) -> None:
    """Delete a rate. Orders that were placed keep the tax they had."""
    delete_row(TAX_RATES, store_id, tax_rate_id, table=call.table, expects=call.check_version)


def to_percent(rate_ppm: int) -> str:
    """Millionths as a percentage, without idle zeros: 88,750 is `8.875`, 200,000 is `20`."""
    whole, part = divmod(rate_ppm, 10**PPM_DIGITS)
    return f"{whole}.{part:0{PPM_DIGITS}d}".rstrip("0").rstrip(".")


def from_percent(percent: str) -> int:
    """A percentage in millionths.

    Raises:
        Invalid: `rate_out_of_range`.
    """
    whole, _, part = percent.partition(".")
    rate_ppm = int(whole + part.ljust(PPM_DIGITS, "0"))
    if rate_ppm > MAX_RATE_PPM:
        raise Invalid.field("rate_percent", "rate_out_of_range", "A rate is from 0 to 100 percent.")
    return rate_ppm


def _changes(body: TaxRateIn | TaxRatePatch) -> dict[str, Any]:
    changes = body.model_dump(exclude_unset=True)
    if "rate_percent" in changes:
        changes["rate_ppm"] = from_percent(changes.pop("rate_percent"))
    if "region" in changes:
        changes["region"] = (changes["region"] or "").strip() or None
    return changes
