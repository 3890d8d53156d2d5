"""Keys of the table. There is no way to build one without its tenant, but for the look-ups.

Every tenant's key begins with `T#<tenant>`, in the table and in every index: the IAM condition
`dynamodb:LeadingKeys` stands on that. Two kinds of key have no tenant: look-ups (host, key hash, provider
account: ids only, written by `tenancy`), and the `due` index, which only the sweeper reads.
"""

from typing import Literal, NamedTuple

from msgspec import Struct

from storekeeper.kernel.ids import TenantId

MAX_PK_BYTES = 2048
MAX_SK_BYTES = 1024


class Key(NamedTuple):
    """Primary key of one item."""

    pk: str
    sk: str

    @property
    def fits(self) -> bool:
        """Whether DynamoDB takes a key this long; a longer one names nothing."""
        return len(self.pk.encode()) <= MAX_PK_BYTES and len(self.sk.encode()) <= MAX_SK_BYTES


class Index(Struct, frozen=True):
    """A secondary index, by the names of its two key attributes."""

    name: str
    pk: str
    sk: str


GSI1 = Index("gsi1", "gsi1pk", "gsi1sk")
GSI2 = Index("gsi2", "gsi2pk", "gsi2sk")
GSI3 = Index("gsi3", "gsi3pk", "gsi3sk")
DUE = Index("due", "due_pk", "due_sk")


def joined(*parts: str) -> str:
    """Key parts joined by `#`; a `#` inside a part (a SKU may have one) is escaped, so that none run together."""
    return "#".join(part.replace("%", "%25").replace("#", "%23") for part in parts)


def tenant_pk(tenant_id: TenantId, *parts: str) -> str:
    """Partition key of the tenant, in the table or an index: `T#<tenant>#...`."""
    if not tenant_id:
        raise ValueError("a key needs its tenant")
    return joined("T", tenant_id, *parts)


def lookup_key(kind: Literal["HOST", "KEY", "ACCOUNT"], value: str) -> Key:
    """Key of a look-up, which finds a tenant and so cannot name it."""
    pk = joined(kind, value)
    return Key(pk, pk)


def due_pk(kind: str, shard: int) -> str:
    """Partition of the `due` index for one kind of thing that happens at a time."""
    return joined("DUE", kind, str(shard))


def belongs_to(pk: str, tenant_id: TenantId) -> bool:
    """Whether a partition key is this tenant's."""
    own = tenant_pk(tenant_id)
    return pk == own or pk.startswith(own + "#")


def padded(number: int) -> str:
    """A count as text whose order is the numbers' order; 12 digits."""
    return f"{number:012d}"
