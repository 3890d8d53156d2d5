"""The soak's own judgment: it sees what is lost, doubled, unexplained or leaking, and nothing where all is well."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tools.soak.asking import is_passing
from tools.soak.books import Books, Sale
from tools.soak.judging import leaking, lost_orders, unexplained_letters
from tools.soak.memory import Sample

SALE = Sale("ord_1", "HB-1001", "cart_1", (("MUG", 2),), "pi_1", "secret", "ada@shop.example")
ORDER: dict[str, Any] = {"id": "ord_1", "number": "HB-1001", "lines": [{"sku": "MUG", "quantity": 2}]}


def books_of(*sales: Sale) -> Books:
    books = Books()
    for sale in sales:
        books.sold(sale)
    return books


def test_an_order_that_is_there_as_it_was_told_is_not_lost() -> None:
    assert list(lost_orders(books_of(SALE, SALE), {"ord_1": ORDER})) == []


@pytest.mark.parametrize(
    ("orders", "finding"),
    [
        ({}, "order HB-1001 is lost"),
        ({"ord_1": {**ORDER, "number": "HB-1002"}}, "order HB-1001 is not as it was answered"),
        ({"ord_1": {**ORDER, "lines": []}}, "order HB-1001 is not as it was answered"),
        ({"ord_1": ORDER, "ord_2": {**ORDER, "id": "ord_2"}}, "2 orders have the number HB-1001"),
    ],
)
def test_an_order_that_is_lost_changed_or_doubled_is_found(orders: dict[str, Any], finding: str) -> None:
    (found,) = lost_orders(books_of(SALE), orders)

    assert found.startswith(finding)


def test_a_cart_that_became_two_orders_is_found() -> None:
    books = books_of(SALE, replace(SALE, order_id="ord_2", number="HB-1002"))

    assert books.contradictions == ["cart of HB-1001 became HB-1002 too"]


def test_only_a_killed_sweep_explains_a_dead_letter() -> None:
    found = {"JobsDeadLetters": 2, "PaymentEventsDeadLetters": 1}

    assert list(unexplained_letters(found, {"killed jobs": 2, "killed payments": 9})) == [
        "1 messages in PaymentEventsDeadLetters, 0 explained"
    ]


@pytest.mark.parametrize(("last", "found"), [(100.0, []), (130.0, ["gateway holds 30% more"])])
def test_what_grows_in_the_last_third_leaks(last: float, found: list[str]) -> None:
    samples = [Sample(at, {"gateway": mib}, 0) for at, mib in enumerate([10.0, 10.0, 100.0, 100.0, last, last])]

    assert [finding.partition(" in the ")[0] for finding in leaking(samples)] == found


@pytest.mark.parametrize(
    ("status", "code", "passing"),
    [(200, "", False), (409, "out_of_stock", False), (409, "contended", True), (503, "unavailable", True)],
)
def test_only_what_may_be_otherwise_in_a_moment_is_asked_again(status: int, code: str, passing: bool) -> None:
    assert is_passing(httpx.Response(status, json={"code": code})) is passing
