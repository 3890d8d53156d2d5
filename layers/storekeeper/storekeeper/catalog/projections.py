"""Keeps collections clean: what a store lists no longer is taken out of them. (Shoppers do not see it anyway.)"""

from storekeeper.catalog.collections.picking import drop_unlisted
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import ProductId, StoreId
from storekeeper.kernel.table import Table

TYPES = frozenset({"listing"})


def project(change: Change, *, table: Table) -> None:
    """Follow a listing that is gone, alone or with its product. May come twice, and late: what is listed again stays.

    Raises:
        Contended: others changed one of the collections every time; the record is to be tried again.
    """
    if change.type == "listing" and change.new is None:
        item = change.item
        drop_unlisted(table, StoreId(item["store_id"]), ProductId(item["product_id"]), now=change.at)
