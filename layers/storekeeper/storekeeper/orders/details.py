"""What a merchant may change on an order at any time: tags, gift message, own metadata."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from storekeeper.kernel.errors import Contended, Invalid
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.orders.items import change_order, open_contact, seal_contact
from storekeeper.orders.model import Order, changed
from storekeeper.orders.shipments.use_cases import Shipped, read_shipped

MAX_ATTEMPTS = 5
MAX_METADATA = 50


@dataclass(frozen=True, slots=True)
class DetailsPatch:
    """A merge patch. What is not named in `given` stays; `metadata` merges, and null takes a member away."""

    given: frozenset[str]
    tags: tuple[str, ...] = ()
    gift_message: str | None = None
    metadata: Mapping[str, str | None] | None = None


def change_details(
    order_id: str,
    patch: DetailsPatch,
    *,
    check_version: Callable[[int], None],
    table: Table,
    sealer: Sealer,
    now: datetime,
) -> Shipped:
    """Apply a patch; a lost race is read and applied again.

    Raises:
        OrderNotFound: there is no such order.
        StaleVersion: from `check_version`.
        Invalid: `too_much_metadata`.
        Contended: others kept changing it.
    """
    for _ in range(MAX_ATTEMPTS):
        before = read_shipped(order_id, table=table)
        check_version(before.order.version)
        after = patched(before.order, patch, sealer=sealer, now=now)
        if after == before.order:
            return before
        try:
            table.write(change_order(before.order, after))
        except WriteRefused:
            continue
        return Shipped(after, before.shipments)
    raise Contended("Others are changing this order; try again.")


def patched(order: Order, patch: DetailsPatch, *, sealer: Sealer, now: datetime) -> Order:
    """The order with the patch; the same one if it says nothing new.

    Raises:
        Invalid: `too_much_metadata`.
    """
    tags = tuple(dict.fromkeys(patch.tags)) if "tags" in patch.given else order.tags
    metadata = _merged(order.metadata, patch.metadata) if "metadata" in patch.given else order.metadata
    sealed = order.sealed_contact
    if "gift_message" in patch.given:
        contact = open_contact(order, sealer=sealer)
        if contact.gift_message != patch.gift_message:
            sealed = seal_contact(replace(contact, gift_message=patch.gift_message), sealer=sealer)
    if (tags, metadata, sealed) == (order.tags, order.metadata, order.sealed_contact):
        return order
    return changed(order, now=now, tags=tags, metadata=metadata, sealed_contact=sealed)


def _merged(present: Mapping[str, str], given: Mapping[str, str | None] | None) -> dict[str, str]:
    if given is None:
        return {}
    merged = {name: value for name, value in {**present, **given}.items() if value is not None}
    if len(merged) > MAX_METADATA:
        raise Invalid.field("metadata", "too_much_metadata", f"An order holds at most {MAX_METADATA} members.")
    return merged
