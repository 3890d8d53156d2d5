"""Shipping methods in the table: rows of a store's settings. Amounts are minor units of the terms' currency."""

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.money import Currency, Money
from storekeeper.pricing.rows.items import RowKind
from storekeeper.pricing.shipping.model import (
    MAX_METHODS,
    AmountBand,
    AmountTable,
    FlatRate,
    ItemRate,
    ShippingMethod,
    ShippingRate,
    ShippingTerms,
    TooManyShippingMethods,
    WeightBand,
    WeightRate,
    WeightTable,
    Zone,
)

ENTITIES = (
    Entity(
        name="shipping_method",
        pk="T#<tenant>",
        sk="STORE#<store>#SHIPPING#<method>",
        holds="A way in which a store sends goods, with zones, limits and prices.",
        found_by="The one query that brings the tenant's settings.",
        written_by="create_row, change_row, delete_row",
    ),
)
_PLAIN = ("min_weight_g", "max_weight_g", "min_days", "max_days", "tracking_url_template")
_AMOUNTS = ("free_from", "min_amount", "max_amount")


def terms_as_item(terms: ShippingTerms) -> Item:
    """Terms as a map; what is not limited is left out."""
    plain = {name: getattr(terms, name) for name in _PLAIN}
    amounts = {name: _minor(getattr(terms, name)) for name in _AMOUNTS}
    limits = {name: value for name, value in {**plain, **amounts}.items() if value is not None}
    return {
        "name": terms.name,
        "currency": terms.currency.code,
        "rate": _rate_as_item(terms.rate),
        "zones": [{"country": zone.country, "regions": list(zone.regions)} for zone in terms.zones],
        "active": terms.active,
        "position": terms.position,
        **limits,
    }


def terms_from(item: Item) -> ShippingTerms:
    """The terms of a map."""
    currency = Currency.of(item["currency"])
    limits: Item = {name: item[name] for name in _PLAIN if name in item}
    limits |= {name: Money(item[name], currency) for name in _AMOUNTS if name in item}
    return ShippingTerms(
        name=item["name"],
        currency=currency,
        rate=_rate_from(item["rate"], currency),
        zones=tuple(Zone(zone["country"], tuple(zone["regions"])) for zone in item["zones"]),
        active=item["active"],
        position=item["position"],
        **limits,
    )


def _rate_as_item(rate: ShippingRate) -> Item:
    match rate:
        case FlatRate():
            return {"kind": "flat", "amount": rate.amount.minor}
        case WeightRate():
            return {
                "kind": "weight",
                "base": rate.base.minor,
                "per_step": rate.per_step.minor,
                "step_g": rate.step_g,
            }
        case ItemRate():
            return {"kind": "item", "base": rate.base.minor, "per_item": rate.per_item.minor}
        case WeightTable():
            return {"kind": "weight_table", "bands": [[band.up_to_g, band.amount.minor] for band in rate.bands]}
        case AmountTable():
            return {"kind": "amount_table", "bands": [[_minor(band.up_to), band.amount.minor] for band in rate.bands]}


def _rate_from(item: Item, currency: Currency) -> ShippingRate:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    match item["kind"]:
        case "flat":
            return FlatRate(money(item["amount"]))
        case "weight":
            return WeightRate(money(item["base"]), money(item["per_step"]), item["step_g"])
        case "item":
            return ItemRate(money(item["base"]), money(item["per_item"]))
        case "weight_table":
            return WeightTable(tuple(WeightBand(up_to, money(amount)) for up_to, amount in item["bands"]))
        case "amount_table":
            bands = item["bands"]
            return AmountTable(
                tuple(AmountBand(None if up_to is None else money(up_to), money(amount)) for up_to, amount in bands)
            )
    raise ValueError(f"a shipping rate of the unknown kind {item['kind']}")


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


SHIPPING_METHODS: RowKind[ShippingTerms, ShippingMethod] = RowKind(
    name="shipping_method",
    part="SHIPPING",
    id_prefix="shm",
    row=ShippingMethod,
    terms_as_item=terms_as_item,
    terms_from=terms_from,
    most=MAX_METHODS,
    too_many=TooManyShippingMethods,
)
