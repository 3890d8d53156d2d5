"""Shipping methods as merchants send and see them. Amounts include tax where the prices of the store do."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from storekeeper.edge.fields import (
    Amount,
    AmountOut,
    CountryCode,
    CurrencyCode,
    Id,
    InModel,
    InstantOut,
    Name,
    left_out,
)
from storekeeper.kernel import clock
from storekeeper.kernel.money import Currency, Money
from storekeeper.pricing import (
    NUMBER_SLOT,
    AmountBand,
    AmountTable,
    FlatRate,
    ItemRate,
    ShippingMethod,
    ShippingRate,
    ShippingTerms,
    WeightBand,
    WeightRate,
    WeightTable,
    Zone,
)
from stores import shipping_examples

MAX_BANDS, MAX_ZONES, MAX_REGIONS = 50, 250, 100
MAX_WEIGHT_G = 1_000_000_000
MAX_DAYS = 365
MAX_POSITION = 9_999
AMOUNTS = ("free_from", "min_amount", "max_amount")

Grams: TypeAlias = Annotated[int, Field(ge=0, le=MAX_WEIGHT_G)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=MAX_DAYS)]
Template: TypeAlias = Annotated[
    str,
    Field(
        max_length=2_048,
        pattern=r"^https?://[!-~]+$",
        description=f"Where a parcel can be followed; {NUMBER_SLOT} stands for its number.",
        examples=["https://track.example.com/{tracking_number}"],
    ),
]


class FlatRateBody(InModel):
    """The same for every parcel."""

    kind: Literal["flat"]
    amount: Amount


class WeightRateBody(InModel):
    """`base`, and `per_step` for every `step_g` grams that are begun."""

    kind: Literal["weight"]
    base: Amount = "0"
    per_step: Amount
    step_g: Annotated[int, Field(ge=1, le=MAX_WEIGHT_G)] = 1_000


class ItemRateBody(InModel):
    """`base`, and `per_item` for every unit."""

    kind: Literal["item"]
    base: Amount = "0"
    per_item: Amount


class WeightBandBody(InModel):
    """Up to this weight, inclusive; null on the last band: however heavy."""

    up_to_g: Grams | None = None
    amount: Amount


class WeightTableBody(InModel):
    """The first band that holds the weight; beyond the last one the method does not apply."""

    kind: Literal["weight_table"]
    bands: Annotated[list[WeightBandBody], Field(min_length=1, max_length=MAX_BANDS)]


class AmountBandBody(InModel):
    """Up to this goods value, inclusive; null on the last band: however much."""

    up_to: Amount | None = None
    amount: Amount


class AmountTableBody(InModel):
    """The first band that holds the goods value; beyond the last one the method does not apply."""

    kind: Literal["amount_table"]
    bands: Annotated[list[AmountBandBody], Field(min_length=1, max_length=MAX_BANDS)]


RateBody: TypeAlias = Annotated[
    FlatRateBody | WeightRateBody | ItemRateBody | WeightTableBody | AmountTableBody, Field(discriminator="kind")
]


class ZoneBody(InModel):
    """A country, or only some of its regions."""

    country: CountryCode
    regions: list[Name] = Field(default_factory=list, max_length=MAX_REGIONS)


class DeliveryDaysBody(InModel):
    """How many days the delivery takes."""

    min: Days | None = None
    max: Days | None = None


class ShippingMethodPatch(InModel):
    """Changes of a method. Null lifts a limit; a `rate` is of one kind, and so replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [shipping_examples.CHANGE]})

    name: Annotated[Name, Field(examples=["Parcel"])] = left_out()
    rate: RateBody = left_out()
    zones: Annotated[list[ZoneBody], Field(max_length=MAX_ZONES, description="None: everywhere.")] = left_out()
    free_from: Annotated[Amount | None, Field(description="Free from this goods value on.")] = None
    min_weight_g: Grams | None = None
    max_weight_g: Grams | None = None
    min_amount: Annotated[Amount | None, Field(description="Not for goods worth less.")] = None
    max_amount: Annotated[Amount | None, Field(description="Not for goods worth more.")] = None
    delivery_days: DeliveryDaysBody | None = None
    tracking_url_template: Template | None = None
    active: bool = left_out()
    position: Annotated[int, Field(ge=0, le=MAX_POSITION, description="Among methods of one price.")] = left_out()

    def changes(self, currency: Currency) -> dict[str, Any]:
        """What was sent, by the names of `ShippingTerms`.

        Raises:
            Invalid: `amount_malformed`: an amount with more decimals than the currency has.
        """
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if "rate" in sent:
            sent["rate"] = _rate(self.rate, currency)
        if "zones" in sent:
            sent["zones"] = tuple(Zone(zone.country, tuple(zone.regions)) for zone in self.zones)
        if "delivery_days" in sent:
            days = sent.pop("delivery_days")
            said = days.model_fields_set if days else DeliveryDaysBody.model_fields
            sent |= {f"{end}_days": getattr(days, end, None) for end in said}
        for name in AMOUNTS:
            if sent.get(name) is not None:
                sent[name] = Money.parse(sent[name], currency, field=name)
        return sent


class ShippingMethodIn(ShippingMethodPatch):
    """A new method. Without zones it goes everywhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [shipping_examples.METHOD]})

    name: Annotated[Name, Field(examples=["Parcel"])]
    rate: RateBody
    zones: list[ZoneBody] = Field(default_factory=list, max_length=MAX_ZONES, description="None: everywhere.")
    active: bool = True
    position: Annotated[int, Field(ge=0, le=MAX_POSITION, description="Among methods of one price.")] = 0


class ShippingMethodOut(BaseModel):
    """A way in which a store sends goods."""

    model_config = ConfigDict(json_schema_extra={"examples": [shipping_examples.ANSWER]})

    id: Annotated[Id, Field(examples=["shm_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: str
    currency: CurrencyCode
    rate: RateBody
    zones: list[ZoneBody]
    free_from: AmountOut | None
    min_weight_g: int | None
    max_weight_g: int | None
    min_amount: AmountOut | None
    max_amount: AmountOut | None
    delivery_days: DeliveryDaysBody
    tracking_url_template: str | None
    active: bool
    position: int
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, method: ShippingMethod) -> Self:
        """The method as it is answered."""
        terms = method.terms
        return cls(
            id=method.id,
            name=terms.name,
            currency=terms.currency.code,
            rate=_rate_body(terms.rate),
            zones=[ZoneBody(country=zone.country, regions=list(zone.regions)) for zone in terms.zones],
            free_from=_text(terms.free_from),
            min_weight_g=terms.min_weight_g,
            max_weight_g=terms.max_weight_g,
            min_amount=_text(terms.min_amount),
            max_amount=_text(terms.max_amount),
            delivery_days=DeliveryDaysBody(min=terms.min_days, max=terms.max_days),
            tracking_url_template=terms.tracking_url_template,
            active=terms.active,
            position=terms.position,
            version=method.version,
            created_at=clock.to_text(method.created_at),
            updated_at=clock.to_text(method.updated_at),
        )


def new_terms(body: ShippingMethodIn, currency: Currency) -> ShippingTerms:
    """The terms of a new method.

    Raises:
        Invalid: `amount_malformed`, or terms that contradict themselves.
    """
    terms = ShippingTerms(currency=currency, **body.changes(currency))
    terms.check()
    return terms


def _rate(body: RateBody, currency: Currency) -> ShippingRate:
    money = _parser(currency)
    match body:
        case FlatRateBody():
            return FlatRate(money(body.amount, "rate.amount"))
        case WeightRateBody():
            return WeightRate(money(body.base, "rate.base"), money(body.per_step, "rate.per_step"), body.step_g)
        case ItemRateBody():
            return ItemRate(money(body.base, "rate.base"), money(body.per_item, "rate.per_item"))
        case WeightTableBody():
            return WeightTable(
                tuple(
                    WeightBand(band.up_to_g, money(band.amount, f"rate.bands.{at}.amount"))
                    for at, band in enumerate(body.bands)
                )
            )
        case AmountTableBody():
            return AmountTable(
                tuple(
                    AmountBand(
                        None if band.up_to is None else money(band.up_to, f"rate.bands.{at}.up_to"),
                        money(band.amount, f"rate.bands.{at}.amount"),
                    )
                    for at, band in enumerate(body.bands)
                )
            )


def _parser(currency: Currency) -> Callable[[str, str], Money]:
    return lambda text, field: Money.parse(text, currency, field=field)


def _rate_body(rate: ShippingRate) -> RateBody:
    match rate:
        case FlatRate():
            return FlatRateBody(kind="flat", amount=str(rate.amount))
        case WeightRate():
            return WeightRateBody(kind="weight", base=str(rate.base), per_step=str(rate.per_step), step_g=rate.step_g)
        case ItemRate():
            return ItemRateBody(kind="item", base=str(rate.base), per_item=str(rate.per_item))
        case WeightTable():
            weights = [WeightBandBody(up_to_g=band.up_to_g, amount=str(band.amount)) for band in rate.bands]
            return WeightTableBody(kind="weight_table", bands=weights)
        case AmountTable():
            amounts = [AmountBandBody(up_to=_text(band.up_to), amount=str(band.amount)) for band in rate.bands]
            return AmountTableBody(kind="amount_table", bands=amounts)


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)
