"""Which holds a SKU is in, by their end: rows derived from the stream, for finding those that are over.

A row says only where to look. One that is left behind (a change that came twice) does no harm: the hold itself is read
before anything is released, and whoever finds the row clears it.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.inventory.holds.items import hold_from
from storekeeper.inventory.holds.model import Hold
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.changes import Change
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import CartId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import Delete, Put, Write

TYPE = "hold_reference"
SK = "HOLD"
MAX_EXPIRED = 25
KEPT = timedelta(days=7)  # after its end: long after the sweep has released the hold
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#SKU#<sku>",
        sk="HOLD#<ends at>#<hold>",
        holds="Which cart holds units of the SKU until when; `ttl` clears what was left behind.",
        found_by="Query of the SKU's holds that are over, by a buyer who would be refused.",
        written_by="projector (inventory.projections)",
    ),
)


class Reference(Struct, frozen=True):
    """One SKU of one hold, as long as the hold has this end."""

    key: Key
    cart_id: CartId
    expires_at: datetime


def references_of(table: Table, hold: Hold | None) -> frozenset[Reference]:
    """A hold's references; none where there is no hold."""
    if hold is None:
        return frozenset()
    sk = joined(SK, clock.to_text(hold.expires_at), hold.hold_id)
    return frozenset(
        Reference(Key(tenant_pk(table.tenant_id, "SKU", pick.sku), sk), hold.cart_id, hold.expires_at)
        for pick in hold.picks
    )


def project_references(change: Change, *, table: Table) -> None:
    """Follow one change of a hold. A repeat changes nothing, or leaves a row that is cleared when it is found."""
    before = references_of(table, hold_from(change.old) if change.old else None)
    after = references_of(table, hold_from(change.new) if change.new else None)
    for reference in sorted(after - before, key=_place):
        _write_unless_done(table, put_reference(reference))
    for reference in sorted(before - after, key=_place):
        forget(table, reference)


def _place(reference: Reference) -> Key:
    return reference.key


def find_expired(table: Table, sku: str, *, now: datetime) -> list[Reference]:
    """References of a SKU to holds that should be over, the longest over first; at most MAX_EXPIRED."""
    pk = tenant_pk(table.tenant_id, "SKU", sku)
    until = joined(SK, clock.to_text(now)) + "~"
    rows = table.query(pk, low=SK + "#", high=until, limit=MAX_EXPIRED, consistent=True)
    return [_from(row) for row in rows]


def find_references(table: Table, sku: str) -> list[Reference]:
    """All references of a SKU, to holds that are over or not."""
    rows = table.query(tenant_pk(table.tenant_id, "SKU", sku), prefix=SK + "#", consistent=True)
    return [_from(row) for row in rows]


def forget(table: Table, reference: Reference) -> None:
    """Clear a reference whose hold is gone or ends at another time; nothing if it is cleared already."""
    _write_unless_done(table, drop_reference(reference))


def _write_unless_done(table: Table, write: Write) -> None:
    try:
        table.write(write)
    except WriteRefused:
        return


def put_reference(reference: Reference) -> Put:
    """A reference that is not there yet; one that is stays as it was written."""
    return Put(
        reference.key,
        {
            "type": TYPE,
            "schema": 1,
            "cart_id": reference.cart_id,
            "expires_at": clock.to_text(reference.expires_at),
            "ttl": clock.to_epoch_s(reference.expires_at + KEPT),
        },
        only_if="attribute_not_exists(pk)",
    )


def drop_reference(reference: Reference) -> Delete:
    """A reference that is still there."""
    return Delete(reference.key, only_if="attribute_exists(pk)")


def _from(row: Item) -> Reference:
    return Reference(Key(row["pk"], row["sk"]), CartId(row["cart_id"]), clock.from_text(row["expires_at"]))
