"""Deliberate bugs of kits, and of units that are told apart."""

from tests.simulation.mutants.bug import ANY, Bug

BUGS_OF_GOODS = (
    Bug(
        "serials of a transfer stay on their way",
        "inventory.transfers.use_cases",
        "kept = (items.put_receipt(table.tenant_id, after, receipt), *shelved, *named)",
        "kept = (items.put_receipt(table.tenant_id, after, receipt), *shelved)",
        400,
    ),
    Bug(
        "a kit takes its components once, however many are bought",
        "inventory.kits.model",
        "return {one.sku: one.quantity * self.units for one in self.components}",
        "return {one.sku: one.quantity for one in self.components}",
        300,
    ),
    Bug(
        "what a kit lacks is not seen on the lists",
        "search.projections",
        "        touched += products_of_kits(sku, table=table)",
        "        touched += ()",
        2000,
    ),
    Bug(
        "of two who move a serial, the second writes over the first",
        "inventory.tracking.serials.items",
        'put_serial>>>only_if=ABSENT if serial.version == 1 else "version = :read"',
        f'only_if="{ANY}"',
        1500,
    ),
    Bug(
        "an order that is over keeps its serials",
        "orders.projections",
        "    set_free_what_is_not_owned(change, table=table)",
        "    del change",
        400,
    ),
    Bug(
        "what is put aside already is not counted",
        "orders.shipments.assigning",
        "{*numbers, *(one.number for one in aside if one.sku == sku)}",
        "{*numbers}",
        300,
    ),
    Bug(
        "a batch leaves past its date",
        "inventory.tracking.batches.model",
        "    fit = (batch for batch in batches if not batch.is_past(now))",
        "    fit = (batch for batch in batches)",
        300,
    ),
)
