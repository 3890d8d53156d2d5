"""What is kept beside an order: notes, and the timeline of what happened to it."""

from functools import partial
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from storekeeper import orders
from storekeeper.edge.call import Call, requires
from storekeeper.edge.fields import InModel, InstantOut, Text
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.orders import notes, timeline
from storekeeper.orders.notes import Note, Visibility
from storekeeper.orders.timeline import TimelineEntry

router = APIRouter(prefix="/v1/orders", tags=["Orders"])


class NoteIn(InModel):
    """A remark; `customer` notes are for the shopper's eyes too."""

    text: Annotated[Text, Field(min_length=1, examples=["Asked for a new lid."])]
    visibility: Annotated[Visibility, Field(strict=False)] = Visibility.INTERNAL


class NoteOut(BaseModel):
    """A remark and who made it."""

    id: str
    text: str
    visibility: Visibility
    author: Annotated[str, Field(examples=["key:key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    created_at: InstantOut

    @classmethod
    def of(cls, note: Note) -> Self:
        """The note as it is answered."""
        return cls(
            id=note.id,
            text=note.text,
            visibility=note.visibility,
            author=note.author,
            created_at=clock.to_text(note.created_at),
        )


class TimelineEntryOut(BaseModel):
    """What happened (`type`), when, and by whom: `key:<id>`, `shopper`, `system:<job>`."""

    id: str
    type: Annotated[str, Field(examples=["order.paid"])]
    at: InstantOut
    actor: Annotated[str, Field(examples=["shopper"])]
    data: dict[str, Any]

    @classmethod
    def of(cls, entry: TimelineEntry) -> Self:
        """The entry as it is answered."""
        return cls(id=entry.id, type=entry.type, at=entry.at, actor=entry.actor, data=dict(entry.data))


@router.post("/{order_id}/notes", status_code=201)
async def add_order_note(order_id: str, body: NoteIn, call: Annotated[Call, requires("orders:write")]) -> NoteOut:
    """Put a note beside an order."""
    note = notes.add_note(
        order_id,
        text=body.text,
        visibility=body.visibility,
        table=call.table,
        sealer=call.sealer(),
        now=call.now,
        remember=call.remembering(NoteOut.of),
    )
    return NoteOut.of(note)


@router.get("/{order_id}/notes")
async def list_order_notes(
    order_id: str, params: Listed, call: Annotated[Call, requires("orders:read")]
) -> ListOut[NoteOut]:
    """The notes of an order, oldest first."""
    order = orders.get_order(order_id, table=call.table)
    read = partial(notes.read_notes, order.id, table=call.table, sealer=call.sealer())
    return page_out(read(after=params.after(), limit=params.limit), params.scope, NoteOut.of)


@router.get("/{order_id}/timeline")
async def read_order_timeline(
    order_id: str, params: Listed, call: Annotated[Call, requires("orders:read")]
) -> ListOut[TimelineEntryOut]:
    """Everything that happened to an order, oldest first; seconds behind."""
    order = orders.get_order(order_id, table=call.table)
    page = timeline.read_timeline(order.id, table=call.table, after=params.after(), limit=params.limit)
    return page_out(page, params.scope, TimelineEntryOut.of)
