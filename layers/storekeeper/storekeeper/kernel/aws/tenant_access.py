"""DynamoDB for one tenant: a client under a role whose session tag allows that tenant's keys and no others.

Where no role is configured (tests), the process's own credentials are used.
"""

import os
import time
from collections import OrderedDict
from typing import Any, cast

from msgspec import Struct

from storekeeper.kernel.aws.calls import Wire
from storekeeper.kernel.aws.dynamodb import DynamoDB, own_dynamodb
from storekeeper.kernel.aws.session import client, config, is_direct
from storekeeper.kernel.aws.signing import RoleKeys
from storekeeper.kernel.ids import TenantId

SESSION_S = 3600
RENEW_BEFORE_S = 300
MAX_KEPT = 128


class _Kept(Struct, frozen=True):
    wire: Wire
    until: float  # monotonic


_kept: OrderedDict[tuple[str, TenantId], _Kept] = OrderedDict()


def own_wire() -> Wire:
    """A DynamoDB client under the process's own credentials. It never repeats a call."""
    if is_direct():
        return own_dynamodb()
    made: Wire = client("dynamodb", attempts=1)
    return made


def tenant_wire(tenant_id: TenantId, *, registry: bool = False) -> Wire:
    """A DynamoDB client that can reach this tenant's keys only; `registry`: and the look-ups.

    It never repeats a call: the table gateway decides what may be sent again.
    """
    role = os.environ.get("REGISTRY_ROLE_ARN" if registry else "TENANT_ROLE_ARN", "")
    if not role:
        return own_wire()
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
    wire: Wire = DynamoDB(lambda: keys) if is_direct() else _boto3_wire(keys)
    return _Kept(wire, time.monotonic() + SESSION_S - RENEW_BEFORE_S)


def _boto3_wire(keys: RoleKeys) -> Wire:
    import boto3  # here, so that a start without the SDK is quick

    made: Any = boto3.client(
        "dynamodb",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=config(attempts=1),
    )
    return cast(Wire, made)
