"""The order of a collection's products, and each way to change it. Pure.

An order is kept whole, in one item under one version, and every change is decided from the order as it is, again if
somebody else was faster. So of two changes made at once both count, an order of 1,000 (31 KB) changes in one write,
and shoppers get it in one read. An item for each product would spare bytes when one moves; it would make a full new
order many transactions, of which shoppers saw some, and leave a thousand items to delete with their collection.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from storekeeper.kernel.errors import Fault, Invalid, NotFound
from storekeeper.kernel.ids import ProductId

MAX_PRODUCTS = 1_000

ProductOrder: TypeAlias = tuple[ProductId, ...]


class Spot(Struct, frozen=True):
    """Right before or right after a product of the collection, or at a place (0 is first); none of them: at the end."""

    before: ProductId | None = None
    after: ProductId | None = None
    place: int | None = None


END = Spot()


def with_products(order: ProductOrder, added: Sequence[ProductId], *, spot: Spot = END) -> ProductOrder:
    """The order with more products, in the order given, at `spot`. What is in it already stays where it is.

    Raises:
        Invalid: `collection_full`; or `spot` names no product of it.
    """
    new = new_among(order, added)
    room = MAX_PRODUCTS - len(order)
    if len(new) > room:
        detail = f"A collection holds at most {MAX_PRODUCTS:,} products; this one has room for {room} more."
        raise Invalid.field("product_ids", "collection_full", detail)
    at = _index(order, spot)
    return (*order[:at], *new, *order[at:])


def new_among(order: ProductOrder, added: Sequence[ProductId]) -> ProductOrder:
    """Those that are not in the order yet, each once."""
    known = set(order)
    return tuple(product_id for product_id in dict.fromkeys(added) if product_id not in known)


def moved(order: ProductOrder, product_id: ProductId, *, spot: Spot) -> ProductOrder:
    """The order with one product at another spot.

    Raises:
        NotFound: the collection does not have it.
        Invalid: `spot` names no other product of it.
    """
    others = without_product(order, product_id)
    at = _index(others, spot)
    return (*others[:at], product_id, *others[at:])


def without_product(order: ProductOrder, product_id: ProductId) -> ProductOrder:
    """The order without a product.

    Raises:
        NotFound: the collection does not have it.
    """
    if product_id not in order:
        raise NotFound("The collection has no such product.")
    return tuple(one for one in order if one != product_id)


def rearranged(order: ProductOrder, wanted: Sequence[ProductId]) -> ProductOrder:
    """Those that are named stand first, as named; the others follow as they stood.

    So whoever rearranges what they saw does not lose what somebody else has added meanwhile.

    Raises:
        Invalid: the collection does not have one of them; every such one is named.
    """
    known, first = set(order), dict.fromkeys(wanted)
    faults = [
        Fault(f"product_ids.{at}", "not_in_collection", f"The collection has no product {one}.")
        for at, one in enumerate(wanted)
        if one not in known
    ]
    if faults:
        raise Invalid("Some of these products are not in the collection; read it again.", faults=faults)
    return (*first, *(one for one in order if one not in first))


def _index(order: ProductOrder, spot: Spot) -> int:
    for field, product_id, further in (("before", spot.before, 0), ("after", spot.after, 1)):
        if product_id is not None:
            if product_id not in order:
                raise Invalid.field(field, "not_in_collection", "Name another product of this collection.")
            return order.index(product_id) + further
    return len(order) if spot.place is None else spot.place


# pages


def position_at(order: ProductOrder, place: int) -> str:
    """The position, for a page to go on from, of the product at a place."""
    return f"{place}#{order[place]}"


def place_after(order: ProductOrder, position: str | None) -> int:
    """Where a page goes on after a position: behind that product where it stands now, or where it stood if it is gone.

    Raises:
        Invalid: it is no position.
    """
    if position is None:
        return 0
    place, _, product_id = position.partition("#")
    if ProductId(product_id) in order:
        return order.index(ProductId(product_id)) + 1
    if not (place.isascii() and place.isdigit()):
        raise Invalid.field(
            "cursor", "cursor_unreadable", "Send next_cursor of the page before, with the same filters."
        )
    return min(int(place), len(order))
