"""Reads of transfers, each seeing every write that was answered."""

from collections.abc import Iterable

from storekeeper.catalog import sku_key
from storekeeper.inventory.errors import SkuIsKit
from storekeeper.inventory.transfers.checks import TransferUnknown
from storekeeper.inventory.transfers.items import SK, receipt_from, transfer_from, transfer_pk
from storekeeper.inventory.transfers.model import Transfer
from storekeeper.kernel.ids import is_id
from storekeeper.kernel.table import Table


def read_transfer(table: Table, transfer_id: str) -> Transfer:
    """A transfer with its receipts, in the order in which they came.

    Raises:
        TransferUnknown: there is none.
    """
    found = table.query(transfer_pk(table.tenant_id, transfer_id), consistent=True) if is_id(transfer_id, "trf") else []
    own = [item for item in found if item["sk"] == SK]
    if not own:
        raise TransferUnknown("There is no such transfer.")
    return transfer_from(own[0], tuple(receipt_from(item) for item in found if item["sk"] != SK))


def skus_known(table: Table, skus: Iterable[str]) -> set[str]:
    """Those of the SKUs that a variant has.

    Raises:
        SkuIsKit: some of them are kits, of which there is nothing to send or to receive.
    """
    keys = {sku_key(table.tenant_id, sku): sku for sku in skus}
    found = table.get_many(keys)
    if kits := [keys[key] for key, item in found.items() if "kit" in item]:
        raise SkuIsKit(*kits)
    return {keys[key] for key in found}
