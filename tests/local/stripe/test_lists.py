"""Lists and expansion."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

Make = Callable[..., Any]


def test_lists_are_newest_first_and_paged(standin: Any, intent: Make) -> None:
    ids = [intent(amount=1000 + number).id for number in range(5)]

    first = standin.v1.payment_intents.list({"limit": 2})
    rest = standin.v1.payment_intents.list({"limit": 3, "starting_after": first.data[-1].id})

    assert ([one.id for one in first.data], first.has_more) == ([ids[4], ids[3]], True)
    assert ([one.id for one in rest.data], rest.has_more) == ([ids[2], ids[1], ids[0]], False)
    assert [one.id for one in standin.v1.payment_intents.list({"limit": 2}).auto_paging_iter()] == ids[::-1]
    back = standin.v1.payment_intents.list({"ending_before": ids[0], "limit": 2})
    assert ([one.id for one in back.data], back.has_more) == ([ids[2], ids[1]], True)


def test_lists_are_filtered(standin: Any, intent: Make) -> None:
    customer = standin.v1.customers.create({"email": "ann@example.com"})
    mine, _ = intent(customer=customer.id), intent()

    listed = standin.v1.payment_intents.list({"customer": customer.id})

    assert [one.id for one in listed.data] == [mine.id]
    assert standin.v1.payment_intents.list({"created": {"gt": mine.created + 60}}).data == []
    assert (
        len(standin.v1.payment_intents.list({"created": {"gte": mine.created - 60, "lt": mine.created + 60}}).data) == 2
    )


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_one_to_a_hundred_rows(standin: Any, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Limit must be between 1 and 100"):
        standin.v1.payment_intents.list({"limit": limit})


def test_a_cursor_must_name_a_row(standin: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        standin.v1.payment_intents.list({"starting_after": "pi_nobody"})

    error: Any = caught.value
    assert error.error.param == "starting_after"


def test_events_are_listed_by_type(standin: Any, paid: Make) -> None:
    paid()

    assert [event.type for event in standin.v1.events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    both = standin.v1.events.list({"types": ["payment_intent.created", "charge.succeeded"]})
    assert sorted(event.type for event in both.data) == ["charge.succeeded", "payment_intent.created"]


def test_rows_of_a_list_can_be_expanded(standin: Any, paid: Make) -> None:
    paid()

    listed = standin.v1.payment_intents.list({"expand": ["data.latest_charge.refunds", "data.payment_method"]})

    assert listed.data[0].latest_charge.refunds.data == []
    assert listed.data[0].payment_method.card.last4 == "4242"


def test_only_ids_can_be_expanded(standin: Any, intent: Make) -> None:
    made = intent()

    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(colour\)"):
        standin.v1.payment_intents.retrieve(made.id, {"expand": ["colour"]})
