"""What was made of grants, in the table: beside their order, from the first use on. No link is ever among it."""

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.keys import Key, joined
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders.grants.model import Grant, GrantId, Usage
from storekeeper.orders.items import order_pk
from storekeeper.orders.model import Order

SCHEMA = 1
PREFIX = joined("GRANT", "")

ENTITIES = (
    Entity(
        name="grant",
        pk="T#<tenant>#ORDER#<order>",
        sk="GRANT#<grant>",
        holds="How often one download of one line was fetched, and whether it was renewed; from the first time on.",
        found_by="A query beside its order.",
        written_by="use_grant, renew_grant",
    ),
)


def grant_key(order: Order, grant_id: GrantId) -> Key:
    """Where it is kept what was made of a grant."""
    return Key(order_pk(order.tenant_id, order.id), joined("GRANT", grant_id))


def create_usage(order: Order, grant: Grant) -> Put:
    """The first that is made of the grant."""
    return Put(grant_key(order, grant.id), as_item(order, grant), only_if=ABSENT)


def change_usage(order: Order, grant: Grant) -> Put:
    """What was made of the grant, one version on; refused if that changed since it was read."""
    return Put(
        grant_key(order, grant.id),
        as_item(order, grant),
        only_if="version = :version",
        values={":version": grant.usage.version - 1},
    )


def as_item(order: Order, grant: Grant) -> Item:
    """What was made of the grant."""
    usage = grant.usage
    return {
        "type": "grant",
        "schema": SCHEMA,
        "id": grant.id,
        "order_id": order.id,
        "store_id": order.store_id,
        "line_id": grant.line.id,
        "download_id": grant.download.id,
        "used": usage.used,
        "renewed_from": usage.renewed_from,
        "valid_until": clock.to_text(usage.valid_until) if usage.valid_until else None,
        "changed_at": clock.to_text(usage.changed_at) if usage.changed_at else None,
        "version": usage.version,
    }


def usage_from(item: Item) -> Usage:
    """What was made of the grant of an item."""
    return Usage(
        used=item["used"],
        renewed_from=item["renewed_from"],
        valid_until=clock.from_text(item["valid_until"]) if "valid_until" in item else None,
        changed_at=clock.from_text(item["changed_at"]) if "changed_at" in item else None,
        version=item["version"],
    )
