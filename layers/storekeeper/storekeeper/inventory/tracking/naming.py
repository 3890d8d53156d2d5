"""Which serials and batches units are that come to a level or leave it: read, decided, and as writes.

They go into the transaction that changes the level.
"""

from storekeeper.inventory.tracking.batches.items import put_batch
from storekeeper.inventory.tracking.batches.model import BatchNotFound, drained, filled
from storekeeper.inventory.tracking.batches.store import find_batches
from storekeeper.inventory.tracking.model import Names, Occasion, Place, TooManyNamed
from storekeeper.inventory.tracking.serials.items import put_serial
from storekeeper.inventory.tracking.serials.model import SerialStatus, arrived, gone
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.kernel.table import MAX_TRANSACTION, Table
from storekeeper.kernel.writes import Write


def arriving_writes(table: Table, place: Place, names: Names, occasion: Occasion) -> tuple[Write, ...]:
    """Units come to a shelf: new serials or those that were gone; a new batch, or more of one.

    Raises:
        SerialTaken: a serial lies on a shelf already.
        BatchDiffers: the batch is known with another date or supplier.
    """
    tenant_id, numbers = table.tenant_id, [batch.number for batch in names.batches]
    serials = find_serials(table, place.sku, names.serials) if names.serials else {}
    batches = find_batches(table, place.sku, numbers) if numbers else {}
    return (
        *(
            put_serial(tenant_id, arrived(serials.get(number), number, place, occasion, tenant_id=tenant_id))
            for number in names.serials
        ),
        *(
            put_batch(
                tenant_id,
                filled(
                    batches.get(said.number),
                    place.sku,
                    said,
                    place.location_id,
                    tenant_id=tenant_id,
                    now=occasion.at,
                ),
            )
            for said in names.batches
        ),
    )


def leaving_writes(
    table: Table, place: Place, names: Names, occasion: Occasion, *, to: SerialStatus = SerialStatus.WRITTEN_OFF
) -> tuple[Write, ...]:
    """Units leave a shelf without an order: for good, or on their way.

    Raises:
        SerialNotThere, SerialReserved: a serial cannot go from there.
        BatchNotFound, BatchShort: a batch has not so many units there.
    """
    tenant_id, numbers = table.tenant_id, [batch.number for batch in names.batches]
    serials = find_serials(table, place.sku, names.serials) if names.serials else {}
    batches = find_batches(table, place.sku, numbers) if numbers else {}
    writes: list[Write] = [
        put_serial(tenant_id, gone(serials.get(number), number, place, occasion, order_id=None, otherwise=to))
        for number in names.serials
    ]
    for said in names.batches:
        if said.number not in batches:
            raise BatchNotFound(f"The SKU has no batch {said.number}.")
        after = drained(batches[said.number], said.units, place.location_id, sold=False)
        writes.append(put_batch(tenant_id, after))
    return tuple(writes)


def check_fits(writes: int, *, named: int) -> None:
    """Whether a receipt fits into one transaction, with what it is of and an idempotency mark.

    Raises:
        TooManyNamed: says how many units, or batches, fit.
    """
    if named and (over := writes + 2 - MAX_TRANSACTION) > 0:
        raise TooManyNamed(f"{named - over} serials or batches fit into this receipt; send the others in another.")
