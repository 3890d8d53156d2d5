"""Purchase orders against the table: units are expected and arrive once, with their cost, or nothing happens at all."""

import pytest

from storekeeper.catalog import sku_key
from storekeeper.inventory import SkuUnknown
from storekeeper.inventory.costs.model import CostMethod, cost_of
from storekeeper.inventory.movements.model import Movement
from storekeeper.inventory.movements.store import Wanted, find_movements
from storekeeper.inventory.purchasing import items
from storekeeper.inventory.purchasing.drafting import WantedLine
from storekeeper.inventory.purchasing.model import MAX_LINES, PurchaseOrder, PurchaseOrderNotFound, PurchaseStatus
from storekeeper.inventory.purchasing.planning import change_purchase_order
from storekeeper.inventory.purchasing.receiving import TooManyUnits
from storekeeper.inventory.purchasing.store import find_purchase_order_by_number, get_purchase_order, list_receipts
from storekeeper.inventory.suppliers.store import get_supplier
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.states import WrongState
from storekeeper.kernel.writes import PRESENT, Delete
from storekeeper.tenancy import load_settings
from tests.table.inventory.buying import (
    a_sealer,
    a_supplier,
    came,
    end,
    on_the_way,
    ordered,
    sells,
    send,
    take_in,
    usd,
)
from tests.table.inventory.conftest import Shelf

CANCELLED, CLOSED = PurchaseStatus.CANCELLED, PurchaseStatus.CLOSED_SHORT


@pytest.fixture
def lamps(shelf: Shelf) -> PurchaseOrder:
    """An order of 12 lamps that was sent; 3 lie there already."""
    shelf.adjust(3)
    return ordered(shelf, a_supplier(shelf))


def found(shelf: Shelf, order: PurchaseOrder) -> PurchaseOrder:
    return get_purchase_order(order.id, table=shelf.table)


def ledger(shelf: Shelf) -> list[Movement]:
    """The rows of LAMP, the oldest first."""
    shelf.project()
    page = find_movements(
        shelf.table,
        Wanted(sku="LAMP"),
        locations=shelf.locations,
        after=None,
        limit=50,
        now=shelf.now,
        oldest=shelf.now,
    )
    return list(reversed(page.entries))


def change(shelf: Shelf, order: PurchaseOrder, **changes: object) -> PurchaseOrder:
    lines = changes.pop("lines", None)
    return change_purchase_order(
        order.id,
        changes,
        lines=(lambda _: lines) if lines else None,  # type: ignore[arg-type, return-value]
        table=shelf.table,
        settings=load_settings(shelf.table),
        sealer=a_sealer(shelf),
        now=shelf.now,
    )


def test_what_is_sent_is_expected_and_what_is_received_is_on_the_shelf(shelf: Shelf, lamps: PurchaseOrder) -> None:
    assert on_the_way(shelf) == [(3, 12)]

    take_in(shelf, lamps, came(5))
    assert on_the_way(shelf) == [(8, 7)]
    order = take_in(shelf, lamps, came(7)).order

    assert on_the_way(shelf) == [(15, 0)]
    assert found(shelf, lamps) == order
    assert order.status is PurchaseStatus.RECEIVED


def test_the_ledger_keeps_what_the_units_have_cost(shelf: Shelf, lamps: PurchaseOrder) -> None:
    take_in(shelf, lamps, came(5, rejected=1, reason="broken"))
    take_in(shelf, lamps, came(6, unit_cost=usd("4.50")))

    rows = [(row.type.value, row.quantity, row.incoming, row.unit_cost, row.reference_id) for row in ledger(shelf)[1:]]

    assert rows == [
        ("restock", 0, 12, None, lamps.id),
        ("restock", 5, 6, 400, lamps.id),
        ("restock", 6, 0, 450, lamps.id),
    ]
    cost = cost_of(ledger(shelf), method=CostMethod.FIFO, variant_cost=100)
    assert [(lot.units, lot.value) for lot in cost.locations[shelf.locations[0]].lots] == [
        (3, 300),
        (5, 2000),
        (6, 2700),
    ]


def test_rejected_units_are_counted_and_not_put_on_the_shelf(shelf: Shelf, lamps: PurchaseOrder) -> None:
    order = take_in(shelf, lamps, came(0, rejected=12, reason="wrong color")).order

    assert on_the_way(shelf) == [(3, 0)]
    assert (order.status, order.units("rejected")) == (PurchaseStatus.RECEIVED, 12)


def test_more_than_is_outstanding_is_refused_and_changes_nothing(shelf: Shelf, lamps: PurchaseOrder) -> None:
    with pytest.raises(TooManyUnits):
        take_in(shelf, lamps, came(13))

    assert (on_the_way(shelf), found(shelf, lamps)) == ([(3, 12)], lamps)
    take_in(shelf, lamps, came(13), allow_over=True)
    assert on_the_way(shelf) == [(16, 0)]


def test_what_is_closed_short_is_expected_no_more(shelf: Shelf, lamps: PurchaseOrder) -> None:
    take_in(shelf, lamps, came(5))

    order = end(shelf, lamps, CLOSED)

    assert on_the_way(shelf) == [(8, 0)]
    assert (order.units("short"), order.units("outstanding")) == (7, 0)
    with pytest.raises(WrongState):
        take_in(shelf, lamps, came(1))


def test_what_is_cancelled_is_expected_no_more(shelf: Shelf, lamps: PurchaseOrder) -> None:
    end(shelf, lamps, CANCELLED)

    assert on_the_way(shelf) == [(3, 0)]


def test_a_draft_that_is_cancelled_changes_no_stock(shelf: Shelf) -> None:
    shelf.adjust(3)
    order = ordered(shelf, a_supplier(shelf), sent=False)

    end(shelf, order, CANCELLED)

    assert (on_the_way(shelf), shelf.levels()[0].version) == ([(3, 0)], 1)


def test_skus_that_were_never_kept_get_their_levels_when_the_order_is_sent(shelf: Shelf) -> None:
    shelf.sell("LAMP", "MUG")
    west = shelf.locations[1]
    lines = [
        WantedLine("LAMP", 5, usd("1.00")),
        WantedLine("LAMP", 6, usd("1.00"), location_id=west),
        WantedLine("MUG", 7, usd("1.00"), location_id=west),
    ]

    order = ordered(shelf, a_supplier(shelf), *lines)

    assert (on_the_way(shelf), on_the_way(shelf, "MUG")) == ([(0, 5), (0, 6)], [(0, 7)])
    take_in(shelf, order, came(5, location_id=shelf.locations[0]), came(6, location_id=west), came(7, sku="MUG"))
    assert (on_the_way(shelf), on_the_way(shelf, "MUG")) == ([(5, 0), (6, 0)], [(7, 0)])
    assert load_settings(shelf.table).location(west).stocked


def test_an_order_of_as_many_lines_as_there_may_be_is_one_transaction(shelf: Shelf) -> None:
    skus = [f"SKU-{number}" for number in range(MAX_LINES)]
    shelf.sell(*skus)
    order = ordered(shelf, a_supplier(shelf), *(WantedLine(sku, 2, usd("1.00")) for sku in skus))

    done = take_in(shelf, order, *(came(2, sku=sku) for sku in skus)).order

    assert done.status is PurchaseStatus.RECEIVED
    assert {on_the_way(shelf, sku)[0] for sku in skus} == {(2, 0)}


def test_one_line_more_is_refused_and_says_to_split(shelf: Shelf) -> None:
    with pytest.raises(Invalid) as refused:
        ordered(shelf, a_supplier(shelf), *(WantedLine(f"SKU-{n}", 2, usd("1.00")) for n in range(MAX_LINES + 1)))

    assert [fault.code for fault in refused.value.faults] == ["too_many_lines"]
    assert "split" in refused.value.detail


def test_a_line_without_a_cost_has_the_supplier_s(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    supplier = a_supplier(shelf)
    sells(shelf, supplier, cost="3.50", supplier_sku="LW-1")

    order = ordered(shelf, supplier, WantedLine("LAMP", 2), sent=False)

    assert (str(order.lines[0].unit_cost), order.lines[0].supplier_sku) == ("3.50", "LW-1")


def test_each_line_that_cannot_be_is_named(shelf: Shelf) -> None:
    shelf.sell("LAMP", "MUG")
    lines = [
        WantedLine("GHOST", 1),
        WantedLine("LAMP", 1),
        WantedLine("MUG", 1, usd("1.00"), location_id="loc_nowhere"),
        WantedLine("MUG", 1, usd("1.00")),
        WantedLine("MUG", 1, usd("1.00")),
    ]

    with pytest.raises(Invalid) as refused:
        ordered(shelf, a_supplier(shelf), *lines)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("lines.0.sku", "sku_unknown"),
        ("lines.1.unit_cost", "unit_cost_missing"),
        ("lines.2.location_id", "location_unknown"),
        ("lines.4.sku", "line_repeated"),
    ]


def test_a_sku_that_has_gone_since_the_draft_is_not_sent(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    order = ordered(shelf, a_supplier(shelf), sent=False)
    shelf.table.write(Delete(sku_key(shelf.table.tenant_id, "LAMP"), only_if=PRESENT))

    with pytest.raises(SkuUnknown):
        send(shelf, order)

    assert (shelf.levels(), found(shelf, order)) == ((), order)


def test_the_lines_of_a_draft_can_be_changed_and_those_of_a_sent_order_stand(shelf: Shelf) -> None:
    shelf.adjust(3)
    shelf.sell("MUG")
    order = ordered(shelf, a_supplier(shelf), sent=False)

    changed = change(shelf, order, lines=[WantedLine("MUG", 2, usd("1.00")), WantedLine("LAMP", 5, usd("4.00"))])

    assert [(line.sku, line.quantity) for line in changed.lines] == [("MUG", 2), ("LAMP", 5)]
    assert changed.lines[1].id == order.lines[0].id
    sent = send(shelf, changed)
    with pytest.raises(WrongState):
        change(shelf, sent, lines=[WantedLine("LAMP", 1, usd("4.00"))])
    assert change(shelf, sent, reference="AB-17").reference == "AB-17"
    assert on_the_way(shelf) == [(3, 5)]


def test_what_says_nothing_new_changes_nothing(shelf: Shelf, lamps: PurchaseOrder) -> None:
    assert change(shelf, lamps, reference="", expected_at=None) == lamps


def test_nothing_is_changed_of_what_is_over(shelf: Shelf, lamps: PurchaseOrder) -> None:
    end(shelf, lamps, CANCELLED)

    with pytest.raises(WrongState):
        change(shelf, lamps, reference="AB-17")


def test_numbers_have_no_gaps_and_find_their_order(shelf: Shelf, lamps: PurchaseOrder) -> None:
    with pytest.raises(Invalid):
        ordered(shelf, a_supplier(shelf, code="B"), WantedLine("GHOST", 1))
    second = ordered(shelf, a_supplier(shelf, code="C"), sent=False)

    assert (lamps.number, second.number) == ("PO-1001", "PO-1002")
    assert find_purchase_order_by_number("po-1002", table=shelf.table) == second
    assert find_purchase_order_by_number("PO-1003", table=shelf.table) is None


def test_a_supplier_of_whom_something_is_ordered_is_used(shelf: Shelf, lamps: PurchaseOrder) -> None:
    assert get_supplier(lamps.supplier_id, table=shelf.table).used


def test_receipts_are_kept_in_order(shelf: Shelf, lamps: PurchaseOrder) -> None:
    made = [take_in(shelf, lamps, came(units)).receipt for units in (1, 2, 3)]

    first = list_receipts(lamps, after=None, limit=2, table=shelf.table)
    rest = list_receipts(lamps, after=first.next_position, limit=2, table=shelf.table)

    assert {receipt.id: receipt for receipt in (*first.entries, *rest.entries)} == {one.id: one for one in made}
    assert rest.next_position is None


def test_notes_lie_sealed(shelf: Shelf) -> None:
    shelf.sell("LAMP")
    order = ordered(shelf, a_supplier(shelf), sent=False, notes="Ask for Ada")

    item = shelf.table.get(items.purchase_key(shelf.table.tenant_id, order.id))

    assert "Ada" not in repr(item)
    assert items.open_notes(order, sealer=a_sealer(shelf)) == "Ask for Ada"


def test_another_tenant_sees_nothing(shelf: Shelf, other_shelf: Shelf, lamps: PurchaseOrder) -> None:
    with pytest.raises(PurchaseOrderNotFound):
        found(other_shelf, lamps)
    assert find_purchase_order_by_number(lamps.number, table=other_shelf.table) is None
    other_shelf.sell("LAMP")
    assert ordered(other_shelf, a_supplier(other_shelf), sent=False).number == "PO-1001"
