"""Reads batches of the table's stream and puts the events they mean on the bus."""

import os
from typing import Any

from storekeeper.streams import Answer, publish_batch


def handler(event: dict[str, Any], _: Any) -> Answer:
    """Publish one batch; Lambda delivers again from the record that the answer names."""
    return publish_batch(event["Records"], bus=os.environ["BUS_NAME"])
