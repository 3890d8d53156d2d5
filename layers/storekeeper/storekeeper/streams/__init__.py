"""The two readers of the table's stream, and feeding again what they could not process.

- record: one change of one item, as the stream delivers it; at least once, in the order of each item
- batch: some records of one shard; cut differently when it comes a second time
- projector: writes what contexts derive from changes (their `project`)
- publisher: puts on the bus what contexts tell of changes (their `events_of`)
- set aside: records that failed to the last attempt, whole, in object storage until they are replayed
"""

from storekeeper.streams.batches import Answer, Record
from storekeeper.streams.projecting import project_batch, tenant_tables
from storekeeper.streams.publishing import publish_batch
from storekeeper.streams.replaying import Replay, replay

__all__ = ["Answer", "Record", "Replay", "project_batch", "publish_batch", "replay", "tenant_tables"]
