"""Notes: remarks beside an order, for the merchant's people only or for the customer too. Sealed at rest."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import OrderId, new_id
from storekeeper.kernel.keys import Key, joined
from storekeeper.kernel.paging import Page
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders.items import order_pk
from storekeeper.orders.model import Order
from storekeeper.orders.store import get_order

SCHEMA = 1
PREFIX = joined("NOTE", "")
PURPOSE = "note"

ENTITIES = (
    Entity(
        name="note",
        pk="T#<tenant>#ORDER#<order>",
        sk="NOTE#<note>",
        holds="A remark beside an order, internal or for the customer; its text is sealed.",
        found_by="A query beside its order, oldest first.",
        written_by="add_note",
    ),
)


class Visibility(StrEnum):
    """Who may read a note: the merchant's people only, or the customer too."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class Note(Struct, frozen=True):
    """A remark; never changed."""

    id: str
    text: str
    visibility: Visibility
    author: Actor
    created_at: datetime


def add_note(
    order_id: str,
    *,
    text: str,
    visibility: Visibility,
    table: Table,
    sealer: Sealer,
    now: datetime,
    remember: Remember[Note] = forget,
) -> Note:
    """Put a note beside an order.

    Raises:
        OrderNotFound: there is no such order.
    """
    order = get_order(order_id, table=table)
    note = Note(new_id("note", at=now), text, visibility, table.trace.actor, now)
    table.write(note_write(order, note, sealer=sealer), *remember(note))
    return note


def read_notes(order_id: OrderId, *, table: Table, sealer: Sealer, after: str | None, limit: int) -> Page[Note]:
    """A page of the notes of an order that is there, oldest first; it sees every note that was answered."""
    pk, start = order_pk(table.tenant_id, order_id), PREFIX + after if after is not None else None
    items = table.query(pk, prefix=PREFIX, after=start, limit=limit + 1, consistent=True)
    notes = tuple(_note_from(item, sealer) for item in items[:limit])
    return Page(notes, notes[-1].id if len(items) > limit else None)


def note_write(order: Order, note: Note, *, sealer: Sealer) -> Put:
    """A new note."""
    return Put(
        Key(order_pk(order.tenant_id, order.id), joined("NOTE", note.id)),
        {
            "type": "note",
            "schema": SCHEMA,
            "id": note.id,
            "order_id": order.id,
            "store_id": order.store_id,
            "text": sealer.seal(note.text, purpose=PURPOSE),
            "visibility": note.visibility.value,
            "author": note.author,
            "created_at": clock.to_text(note.created_at),
        },
        only_if=ABSENT,
    )


def _note_from(item: Item, sealer: Sealer) -> Note:
    text: str = sealer.open(item["text"], purpose=PURPOSE)
    created_at = clock.from_text(item["created_at"])
    return Note(item["id"], text, Visibility(item["visibility"]), Actor(item["author"]), created_at)
