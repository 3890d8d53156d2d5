"""Reads batches of the table's stream and projects them, each change through its own tenant's gateway."""

import os
from typing import Any

from storekeeper.streams import Answer, project_batch, tenant_tables


def handler(event: dict[str, Any], _: Any) -> Answer:
    """Project one batch; Lambda delivers again from the record that the answer names."""
    return project_batch(event["Records"], table_of=tenant_tables(os.environ["TABLE_NAME"]))
