"""DynamoDB for one tenant: a client under a role whose session tag allows that tenant's keys and no others.

Where no role is configured (tests), the process's own credentials are used.
"""

import os
import time
from collections import OrderedDict
from dataclasses import dataclass

from storekeeper.kernel.aws.dynamodb import DynamoDB, own_dynamodb
from storekeeper.kernel.aws.session import client
from storekeeper.kernel.aws.signing import RoleKeys
from storekeeper.kernel.ids import TenantId

SESSION_S = 3600
RENEW_BEFORE_S = 300
MAX_KEPT = 128


@dataclass(frozen=True, slots=True)
class _Kept:
    wire: DynamoDB
    until: float  # monotonic


_kept: OrderedDict[tuple[str, TenantId], _Kept] = OrderedDict()


def tenant_wire(tenant_id: TenantId, *, registry: bool = False) -> DynamoDB:
    """A DynamoDB client that can reach this tenant's keys only; `registry`: and the look-ups.

    It never repeats a call: the table gateway decides what may be sent again.
    """
    role = os.environ.get("REGISTRY_ROLE_ARN" if registry else "TENANT_ROLE_ARN", "")
    if not role:
        return own_dynamodb()
    kept = _kept.get((role, tenant_id))
    if kept is None or kept.until < time.monotonic():
        kept = _kept[role, tenant_id] = _assumed(role, tenant_id)
    _kept.move_to_end((role, tenant_id))
    while len(_kept) > MAX_KEPT:
        _kept.popitem(last=False)
    return kept.wire


def _assumed(role: str, tenant_id: TenantId) -> _Kept:
    answer = client("sts").assume_role(
        RoleArn=role,
        RoleSessionName=tenant_id,
        DurationSeconds=SESSION_S,
        Tags=[{"Key": "tenant", "Value": tenant_id}],
    )
    made = answer["Credentials"]
    keys = RoleKeys(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    wire = DynamoDB(lambda: keys)
    return _Kept(wire, time.monotonic() + SESSION_S - RENEW_BEFORE_S)
