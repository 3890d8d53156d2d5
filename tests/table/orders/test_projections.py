"""What the projector derives from orders: in any order, any number of times, the same."""

from datetime import timedelta
from itertools import pairwise

import pytest

from storekeeper.kernel.changes import Change
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.orders import Order, OrderStatus, PaymentStatus, changed, moved, order_key, order_pk, paid_with
from storekeeper.orders.items import as_item
from storekeeper.orders.notes import Visibility, add_note
from storekeeper.orders.projections import project
from storekeeper.orders.statistics import read_sales, total_sales
from storekeeper.orders.timeline import read_timeline
from storekeeper.payments import stripe_payment
from tests.table.orders.conftest import Place
from tests.unit.orders.builders import NOW, STORE, an_order, paid_by_card, usd


def history(order: Order) -> list[Order]:
    """From placed, by card, to half refunded."""
    unpaid = stripe_payment(usd("37.50"), capture="automatic")
    waiting = replace(
        order, payment=unpaid, payment_status=PaymentStatus.PENDING, status=OrderStatus.PENDING, version=1
    )
    paid = moved(waiting, OrderStatus.PROCESSING, now=NOW + timedelta(minutes=1))
    paid = replace(paid_with(paid, paid_by_card(usd("37.50")), now=NOW + timedelta(minutes=1)), version=2)
    tagged = changed(paid, now=NOW + timedelta(minutes=2), tags=("vip",))
    back = paid_with(tagged, paid_by_card(usd("37.50"), refunded=usd("10.00")), now=NOW + timedelta(minutes=3))
    return [waiting, paid, tagged, back]


def changes_of(versions: list[Order], table: Table) -> list[Change]:
    images = [
        {name: value for name, value in as_item(order).items() if value is not None} | {"changed_by": f"key:{n}"}
        for n, order in enumerate(versions)
    ]
    key = order_key(table.tenant_id, versions[0].id)
    return [
        Change(key, before, after, str(n), NOW) for n, (before, after) in enumerate(pairwise([None, *images])) if after
    ]


def figures(table: Table) -> list[tuple[str, int, str, str, str]]:
    sales = read_sales(STORE, first=NOW.date(), last=NOW.date(), by_month=False, table=table)
    return [(one.period, one.orders, str(one.revenue), str(one.refunded), str(one.average)) for one in sales]


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param([0, 1, 2, 3], id="once_in_order"),
        pytest.param([0, 0, 1, 1, 2, 2, 3, 3], id="each_twice"),
        pytest.param([0, 1, 2, 0, 1, 2, 3, 2, 3], id="batches_again"),
        pytest.param([3, 2, 1, 0], id="backwards"),
    ],
)
def test_figures_and_timeline_are_the_same_however_changes_arrive(
    table: Table, sealer: Sealer, delivery: list[int]
) -> None:
    order = an_order(tenant_id=table.tenant_id, sealer=sealer)
    changes = changes_of(history(order), table)

    for n in delivery:
        project(changes[n], table=table)

    entries = read_timeline(order.id, table=table, after=None, limit=50).entries
    assert figures(table) == [("2026-11-20", 1, "37.50", "10.00", "37.50")]
    assert [(entry.type, entry.actor) for entry in entries] == [
        ("order.created", "key:0"),
        ("order.processing", "key:1"),
        ("order.paid", "key:1"),
        ("order.updated", "key:2"),
        ("order.refunded", "key:3"),
    ]


def test_an_order_counts_while_it_is_accepted(table: Table, sealer: Sealer) -> None:
    order = an_order(tenant_id=table.tenant_id, sealer=sealer)
    versions = history(order)
    versions.append(moved(versions[-1], OrderStatus.CANCELLED, now=NOW))
    seen = []

    for change in changes_of(versions, table):
        project(change, table=table)
        seen.append([orders for _, orders, *_ in figures(table)])

    assert seen == [[], [1], [1], [1], [0]]


def test_a_test_order_never_counts(table: Table, sealer: Sealer) -> None:
    order = an_order(tenant_id=table.tenant_id, sealer=sealer, test=True)

    project(changes_of([order], table)[0], table=table)

    assert figures(table) == []


def test_periods_add_up(table: Table, sealer: Sealer) -> None:
    for days in (0, 0, 1, 40):
        order = an_order(tenant_id=table.tenant_id, sealer=sealer, placed_at=NOW - timedelta(days=days))
        project(changes_of([order], table)[0], table=table)
    first = (NOW - timedelta(days=60)).date()

    days_ = read_sales(STORE, first=first, last=NOW.date(), by_month=False, table=table)
    months = read_sales(STORE, first=first, last=NOW.date(), by_month=True, table=table)

    assert [(one.period, one.orders) for one in days_] == [("2026-10-11", 1), ("2026-11-19", 1), ("2026-11-20", 2)]
    assert [(one.period, one.orders) for one in months] == [("2026-10", 1), ("2026-11", 3)]
    assert total_sales(days_, period="all") == total_sales(months, period="all")
    assert str(total_sales(days_, period="all")[0].revenue) == "150.00"


def test_a_note_is_in_the_timeline_without_its_text(table: Table, sealer: Sealer, place: Place) -> None:
    order = place()
    note = add_note(order.id, text="Call Anna.", visibility=Visibility.CUSTOMER, table=table, sealer=sealer, now=NOW)
    (item,) = table.query(order_pk(table.tenant_id, order.id), prefix="NOTE#")
    change = Change(order_key(table.tenant_id, order.id)._replace(sk=item["sk"]), None, item, "1", NOW)

    project(change, table=table)
    project(change, table=table)

    (entry,) = read_timeline(order.id, table=table, after=None, limit=10).entries
    assert (entry.type, entry.data["note_id"], entry.data["visibility"]) == ("order.note_added", note.id, "customer")
    assert "Anna" not in repr(item) + repr(entry)


def test_a_timeline_is_read_page_by_page(table: Table, sealer: Sealer) -> None:
    order = an_order(tenant_id=table.tenant_id, sealer=sealer)
    for change in changes_of(history(order), table):
        project(change, table=table)

    pages, after = [], None
    while True:
        page = read_timeline(order.id, table=table, after=after, limit=2)
        pages.append([entry.type for entry in page.entries])
        if (after := page.next_position) is None:
            break

    assert pages == [["order.created", "order.processing"], ["order.paid", "order.updated"], ["order.refunded"]]


def test_a_cursor_of_nonsense_leads_nowhere_else(table: Table, place: Place) -> None:
    order = place()

    for position in ("", "#", "\U0010ffff", "ORDER", "COUNTED"):
        assert read_timeline(order.id, table=table, after=position, limit=10).entries == ()
