"""Each tenant's data key, under which its customers' personal data is sealed. KMS wraps it."""

import os
from collections import OrderedDict

from storekeeper.kernel.aws import kms
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import NotFound
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put

DATA_KEY_BYTES = 32
MAX_KEPT = 500

ENTITIES = (
    Entity(
        name="data_key",
        pk="T#<tenant>#DATAKEY",
        sk="DATAKEY",
        holds="The key of the tenant's personal data, wrapped by KMS for this tenant alone.",
        found_by="Read by key; kept, unwrapped, by each environment.",
        written_by="create_tenant, once",
    ),
)


def data_key_key(tenant_id: TenantId) -> Key:
    """Where a tenant's data key is kept."""
    return Key(tenant_pk(tenant_id, "DATAKEY"), "DATAKEY")


def put_data_key(tenant_id: TenantId, *, data_key_arn: str) -> Put:
    """A fresh data key; one that is there is never replaced. With no KMS key (unit tests) it is kept unwrapped."""
    if data_key_arn:
        _, wrapped = kms.make_data_key(data_key_arn, tenant_id)
        held: Item = {"wrapped": wrapped}
    else:
        held = {"unwrapped": os.urandom(DATA_KEY_BYTES)}
    return Put(data_key_key(tenant_id), {"type": "data_key", "schema": 1, **held}, only_if=ABSENT)


class SealerCache:
    """One environment's sealers; each tenant's key is unwrapped once."""

    def __init__(self, data_key_arn: str) -> None:
        self._data_key_arn = data_key_arn
        self._kept: OrderedDict[TenantId, Sealer] = OrderedDict()

    def of(self, table: Table) -> Sealer:
        """The sealer of the gateway's tenant.

        Raises:
            NotFound: there is no such tenant.
        """
        sealer = self._kept.get(table.tenant_id)
        if sealer is None:
            sealer = self._kept[table.tenant_id] = Sealer(table.tenant_id, self._unwrapped(table))
        self._kept.move_to_end(table.tenant_id)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return sealer

    def _unwrapped(self, table: Table) -> bytes:
        item = table.get(data_key_key(table.tenant_id))
        if item is None:
            raise NotFound("There is no such tenant.")
        if "wrapped" in item:
            return kms.unwrap_data_key(self._data_key_arn, table.tenant_id, bytes(item["wrapped"]))
        if self._data_key_arn:
            raise RuntimeError("a data key that KMS has not wrapped, where KMS is configured")
        return bytes(item["unwrapped"])
