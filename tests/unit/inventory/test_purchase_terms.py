"""What purchase orders are asked by their suppliers' terms, and what costs are in another currency."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.inventory.purchasing.exchange import ExchangeRate, check_rate
from storekeeper.inventory.purchasing.model import PurchaseLine, PurchaseOrder, PurchaseOrderId
from storekeeper.inventory.purchasing.terms import (
    BelowMinimumOrder,
    BelowMinimumQuantity,
    NotWholePacks,
    SupplierInactive,
    check_terms,
    expected_by_lead_time,
)
from storekeeper.inventory.suppliers.model import Supplier, SupplierId, SupplierTerms
from storekeeper.inventory.suppliers.skus.model import SkuTerms, SupplierSku, SupplierSkuId
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.money import Currency, Money

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EUR, USD, JPY = (Currency.of(code) for code in ("EUR", "USD", "JPY"))
EAST = LocationId("loc_east")


def eur(text: str) -> Money:
    return Money.parse(text, EUR)


def a_line(sku: str = "LAMP", *, quantity: int = 12) -> PurchaseLine:
    return PurchaseLine(f"pol_{sku}", sku, EAST, quantity, eur("4.00"), eur("0.00"))


def an_order(*lines: PurchaseLine) -> PurchaseOrder:
    return PurchaseOrder(
        id=PurchaseOrderId("pur_1"),
        number="PO-1001",
        supplier_id=SupplierId("sup_1"),
        supplier_name="Lantern Works",
        currency=EUR,
        lines=lines or (a_line(),),
        sealed_notes="",
        created_at=NOON,
        updated_at=NOON,
    )


def a_supplier(**terms: Any) -> Supplier:
    said = SupplierTerms("Lantern Works", "LW", EUR, **terms)
    return Supplier(SupplierId("sup_1"), said, "", used=True, version=1, created_at=NOON, updated_at=NOON)


def sold(sku: str = "LAMP", **terms: Any) -> dict[str, SupplierSku]:
    said = SkuTerms(eur("4.00"), **terms)
    return {sku: SupplierSku(SupplierSkuId("ssk_1"), SupplierId("sup_1"), sku, said, 1, NOON, NOON)}


def faults(refused: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("amount", "rate", "currency", "converted"),
    [
        (Money.parse("10.00", EUR), "1.0842", USD, "10.84"),
        (Money.parse("0.01", EUR), "0.5", USD, "0.01"),
        (Money.parse("10.00", EUR), "163.255", JPY, "1633"),
        (Money(1250, JPY), "0.0061", EUR, "7.63"),
    ],
)
def test_a_cost_is_converted_exactly_and_rounded_once(
    amount: Money, rate: str, currency: Currency, converted: str
) -> None:
    assert str(ExchangeRate.parse(rate).convert(amount, currency)) == converted


@pytest.mark.parametrize("text", ["0", "0.00", "-1", "1e3", "1,5", "", "1.", "1234567", "0.123456789"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        ExchangeRate.parse(text)


@given(digits=st.integers(1, 10**14), decimals=st.integers(0, 8))
def test_a_rate_is_kept_as_it_was_written(digits: int, decimals: int) -> None:
    text = str(ExchangeRate(digits, decimals))
    if len(text.partition(".")[0]) <= 6:
        assert ExchangeRate.parse(text) == ExchangeRate(digits, decimals)
    check_rate(ExchangeRate(digits, decimals), supplier=EUR, tenant=USD)


def test_the_supplier_s_terms_are_asked_all_at_once() -> None:
    order, terms = an_order(a_line(quantity=10)), sold(pack_size=12, minimum_quantity=24)
    supplier = a_supplier(minimum_order=eur("100.00"))

    with pytest.raises(BelowMinimumOrder) as refused:
        check_terms(order, supplier, terms, override=())
    with pytest.raises(BelowMinimumQuantity):
        check_terms(order, supplier, terms, override={"below_minimum_order"})
    with pytest.raises(NotWholePacks):
        check_terms(order, supplier, terms, override={"below_minimum_order", "below_minimum_quantity"})

    assert faults(refused) == [
        ("lines", "below_minimum_order"),
        ("lines.0.quantity", "below_minimum_quantity"),
        ("lines.0.quantity", "not_whole_packs"),
    ]
    check_terms(an_order(a_line(quantity=36)), supplier, terms, override=())
    check_terms(an_order(a_line("OTHER", quantity=25)), supplier, terms, override=())


def test_nothing_is_sent_to_an_archived_supplier() -> None:
    with pytest.raises(SupplierInactive):
        check_terms(an_order(), a_supplier(active=False), {}, override={"below_minimum_order"})


@pytest.mark.parametrize(
    ("own", "supplier_s", "days"), [(None, None, None), (None, 7, 7), (21, 7, 21), (3, None, 3), (3, 7, 3)]
)
def test_an_order_is_expected_by_the_longest_lead_time(
    own: int | None, supplier_s: int | None, days: int | None
) -> None:
    expected = expected_by_lead_time(
        an_order(), a_supplier(lead_time_days=supplier_s), sold(lead_time_days=own), now=NOON
    )

    assert expected == (NOON + timedelta(days=days) if days is not None else None)


def test_an_order_of_which_one_line_has_no_lead_time_has_no_date() -> None:
    order = an_order(a_line(), a_line("MUG"))

    assert expected_by_lead_time(order, a_supplier(), sold(lead_time_days=3), now=NOON) is None
