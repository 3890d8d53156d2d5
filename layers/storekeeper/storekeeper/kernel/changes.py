"""Changes and events: one record of the table's stream, and the facts that are published for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key

SOURCE = "storekeeper"


class Change(Struct, frozen=True):
    """One item before and after one write; `old` None: it was made, `new` None: it was removed.

    The stream may deliver a change twice, and cut batches differently the second time.
    """

    key: Key
    old: Item | None
    new: Item | None
    sequence: str
    at: datetime

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Change":
        """The change of one DynamoDB stream record, as Lambda receives it."""
        stream = record["dynamodb"]
        keys = item_from_wire(stream["Keys"])
        old, new = (item_from_wire(stream[name]) if stream.get(name) else None for name in ("OldImage", "NewImage"))
        at = datetime.fromtimestamp(float(stream["ApproximateCreationDateTime"]), UTC)
        return cls(Key(keys["pk"], keys["sk"]), old, new, stream["SequenceNumber"], at)

    @property
    def item(self) -> Item:
        """The item as it is now, or as it last was."""
        return self.new or self.old or {}

    @property
    def type(self) -> str:
        """What kind of item: `order`, `level`, ... (look-ups and marks have kinds of their own)."""
        return str(self.item.get("type", ""))

    @property
    def tenant_id(self) -> TenantId | None:
        """Whose it is; None for look-ups."""
        kind, _, rest = self.key.pk.partition("#")
        return TenantId(rest.partition("#")[0]) if kind == "T" else None

    def became(self, attribute: str, value: Any) -> bool:
        """Whether this change is the one by which `attribute` came to be `value`."""
        before = self.old.get(attribute) if self.old else None
        after = self.new.get(attribute) if self.new else None
        return bool(after == value and before != value)


class Event(Struct, frozen=True):
    """A fact in the past tense, as receivers see it. Holds ids and amounts, never personal data.

    `entity_id` and `version` order the events of one entity; the id is a function of both and the type, so that the
    same fact always has the same id and receivers can de-duplicate.
    """

    type: str
    tenant_id: TenantId
    entity_id: str
    version: int
    occurred_at: str
    data: Mapping[str, Any]
    store_id: str | None = None

    @property
    def id(self) -> str:
        """`order.paid:ord_…:3`."""
        return f"{self.type}:{self.entity_id}:{self.version}"

    def envelope(self) -> dict[str, Any]:
        """The event's detail on the bus."""
        return {
            "id": f"{self.tenant_id}:{self.id}",
            "type": self.type,
            "tenant_id": self.tenant_id,
            "store_id": self.store_id,
            "entity_id": self.entity_id,
            "version": self.version,
            "occurred_at": self.occurred_at,
            "data": dict(self.data),
        }
