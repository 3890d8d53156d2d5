"""Tags, gift message, metadata; notes."""

from typing import Any

import pytest

from storekeeper.kernel.errors import Contended, Invalid
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import CONTENTION_S, Table
from storekeeper.kernel.writes import Write
from storekeeper.orders import Order, OrderNotFound, change_order, changed, get_order, open_contact
from storekeeper.orders.details import MAX_METADATA, DetailsPatch, change_details
from storekeeper.orders.notes import Visibility, add_note, read_notes
from tests.table.orders.conftest import Place
from tests.table.orders.test_guards import Interrupted
from tests.unit.orders.builders import EMAIL, NOW


def accept(_: int) -> None:
    """Any version will do."""


def patch(order: Order, table: Table, sealer: Sealer, **given: Any) -> Order:
    details = DetailsPatch(frozenset(given), **given)
    return change_details(order.id, details, check_version=accept, table=table, sealer=sealer, now=NOW).order


def test_a_patch_changes_what_it_names(table: Table, place: Place, sealer: Sealer) -> None:
    order = place(tags=("old",), metadata={"crm": "1", "erp": "2"})

    after = patch(order, table, sealer, tags=("a", "b", "a"), metadata={"crm": None, "pos": "3"})

    assert (after.tags, after.metadata, after.version) == (("a", "b"), {"erp": "2", "pos": "3"}, 2)
    assert get_order(order.id, table=table) == after
    assert open_contact(after, sealer=sealer).email == EMAIL


def test_a_gift_message_is_sealed_and_can_be_taken_away(table: Table, place: Place, sealer: Sealer) -> None:
    order = place()

    given = patch(order, table, sealer, gift_message="For Ben")
    taken = patch(order, table, sealer, gift_message=None)

    assert open_contact(given, sealer=sealer).gift_message == "For Ben"
    assert open_contact(taken, sealer=sealer).gift_message is None
    assert taken.version == 3


def test_a_patch_that_says_nothing_new_changes_nothing(table: Table, place: Place, sealer: Sealer) -> None:
    order = place(tags=("a",))

    assert patch(order, table, sealer, tags=("a",), gift_message=None, metadata={}) == order
    assert patch(order, table, sealer) == order


def test_metadata_is_bounded(table: Table, place: Place, sealer: Sealer) -> None:
    order = place(metadata={f"k{n}": "x" for n in range(MAX_METADATA)})

    with pytest.raises(Invalid):
        patch(order, table, sealer, metadata={"one_more": "x"})

    assert patch(order, table, sealer, metadata=None).metadata == {}


def test_a_patch_that_lost_a_race_is_applied_to_what_won(table: Table, place: Place, sealer: Sealer) -> None:
    order = place()

    def interrupt() -> None:
        table.write(change_order(order, changed(order, now=NOW, metadata={"erp": "2"})))

    after = patch(order, Interrupted(table, interrupt), sealer, tags=("vip",))

    assert (after.tags, after.metadata, after.version) == (("vip",), {"erp": "2"}, 3)


def test_whoever_always_loses_is_told(table: Table, place: Place, sealer: Sealer) -> None:
    order = place()

    class Busy(Table):
        def write(self, *writes: Write, contention_s: float = CONTENTION_S) -> None:
            now = get_order(order.id, table=table)
            table.write(change_order(now, changed(now, now=NOW)))
            super().write(*writes, contention_s=contention_s)

    busy = Busy(table._wire, table._name, tenant_id=table.tenant_id, trace=table.trace)

    with pytest.raises(Contended):
        patch(order, busy, sealer, tags=("vip",))


def test_notes_are_read_page_by_page_and_sealed(table: Table, place: Place, sealer: Sealer) -> None:
    order = place()
    made = [
        add_note(order.id, text=f"Note {n}", visibility=Visibility(kind), table=table, sealer=sealer, now=NOW)
        for n, kind in enumerate(["internal", "customer", "internal"])
    ]

    first = read_notes(order.id, table=table, sealer=sealer, after=None, limit=2)
    rest = read_notes(order.id, table=table, sealer=sealer, after=first.next_position, limit=2)

    assert {note.id for note in (*first.entries, *rest.entries)} == {note.id for note in made}
    assert (len(first.entries), rest.next_position) == (2, None)
    assert {note.text for note in (*first.entries, *rest.entries)} == {"Note 0", "Note 1", "Note 2"}


def test_another_tenant_s_order_takes_no_notes_and_no_patch(other_table: Table, place: Place, sealer: Sealer) -> None:
    order = place()

    with pytest.raises(OrderNotFound):
        add_note(order.id, text="x", visibility=Visibility.INTERNAL, table=other_table, sealer=sealer, now=NOW)
    with pytest.raises(OrderNotFound):
        patch(order, other_table, sealer, tags=("x",))
    assert read_notes(order.id, table=other_table, sealer=sealer, after=None, limit=5).entries == ()
