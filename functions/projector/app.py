"""Reads batches of the table's stream and projects them, each change through its own tenant's gateway."""

import os
from typing import Any

from storekeeper.kernel.aws.tenant_access import tenant_wire
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.streams import Answer, project_batch

PROJECTOR = system_actor("projector")


def handler(event: dict[str, Any], _: Any) -> Answer:
    """Project one batch; Lambda delivers again from the record that the answer names."""
    return project_batch(event["Records"], table_of=_table)


def _table(tenant_id: TenantId, request_id: str) -> Table:
    wire = tenant_wire(tenant_id)
    return Table(wire, os.environ["TABLE_NAME"], tenant_id=tenant_id, trace=Trace(PROJECTOR, request_id))
