"""Cards in the table.

The cards of one product in one store share a partition: `CARD` for the store's list, and a copy for each category in
whose list it stands. They change in one transaction, under the version of `CARD`. Their order in lists is gsi1's.
"""

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import CategoryId, StoreId, TenantId
from storekeeper.kernel.keys import GSI1, Key, joined, padded, tenant_pk
from storekeeper.kernel.writes import ABSENT, PRESENT, Delete, Put, Write
from storekeeper.search.cards.model import Card

SCHEMA = 1
LIST_SHARDS = 1  # every list page asks all of them; one takes 1,000 changed cards a second, which no catalog comes to
HEAD = "CARD"
PLACE_PREFIX = "PLACE#"
TOMB_KEPT = timedelta(days=7)  # longer than any change can be under way: a version must not start again meanwhile

ENTITIES = (
    Entity(
        name="card",
        pk="T#<tenant>#S#<store>#CARD#<product>",
        sk="CARD",
        holds="A product as the store's list shows it; without a card where shoppers may not know of it.",
        found_by="The store's list, by sort order.",
        written_by="projector (search.projections)",
        indexes={"gsi1": ("T#<tenant>#S#<store>#CARDS#<n>", "<order>#<product>")},
    ),
    Entity(
        name="category_card",
        pk="T#<tenant>#S#<store>#CARD#<product>",
        sk="PLACE#<category>",
        holds="The same card in the list of a category.",
        found_by="The category's list, by sort order.",
        written_by="projector (search.projections)",
        indexes={"gsi1": ("T#<tenant>#S#<store>#PLACE#<category>", "<order>#<product>")},
    ),
)


def cards_pk(tenant_id: TenantId, store_id: StoreId, product_id: str) -> str:
    """Partition of a product's cards in a store."""
    return tenant_pk(tenant_id, "S", store_id, "CARD", product_id)


def card_key(tenant_id: TenantId, store_id: StoreId, product_id: str, category_id: CategoryId | None) -> Key:
    """A product's card in the store's list, or in a category's."""
    return Key(cards_pk(tenant_id, store_id, product_id), joined("PLACE", category_id) if category_id else HEAD)


def store_list_pks(tenant_id: TenantId, store_id: StoreId) -> tuple[str, ...]:
    """The partitions of gsi1 over which a store's list is spread."""
    return tuple(tenant_pk(tenant_id, "S", store_id, "CARDS", str(shard)) for shard in range(LIST_SHARDS))


def category_list_pk(tenant_id: TenantId, store_id: StoreId, category_id: CategoryId) -> str:
    """The partition of gsi1 that is a category's list."""
    return tenant_pk(tenant_id, "S", store_id, "PLACE", category_id)


def order_of(card: Card) -> str:
    """Where it stands in lists: by sort order, then by product id, which is by age."""
    return joined(padded(card.sort_order), card.product_id)


def card_writes(
    pk: str,
    lists: Mapping[str, str],
    card: Card | None,
    *,
    stored: Mapping[str, Item],
    now: datetime,
) -> Iterator[Write]:
    """What makes a partition hold this card. `lists` maps the sort key of each item to the list it stands in.

    `CARD` is always written, a version on: whoever derived from older facts at the same time is refused, and derives
    again. Where there is no card it stays for a while as a tombstone, so that the same holds after it.
    """
    version = stored[HEAD]["version"] if HEAD in stored else 0
    text = card.to_text() if card else None
    yield put_head(pk, _head(card, lists.get(HEAD), version=version + 1, now=now), was=version)
    wanted = lists.keys() - {HEAD} if card else set()
    for sk in sorted(wanted):
        if card and (sk not in stored or stored[sk]["card"] != text or stored[sk][GSI1.sk] != order_of(card)):
            yield put_copy(Key(pk, sk), _listed("category_card", card, lists[sk], version=version + 1))
    for sk in sorted(stored.keys() - wanted - {HEAD}):
        yield drop_copy(Key(pk, sk))


def _head(card: Card | None, list_pk: str | None, *, version: int, now: datetime) -> Item:
    if card is None or list_pk is None:
        return {"type": "card", "schema": SCHEMA, "version": version, "ttl": clock.to_epoch_s(now + TOMB_KEPT)}
    return _listed("card", card, list_pk, version=version)


def _listed(kind: str, card: Card, list_pk: str, *, version: int) -> Item:
    return {
        "type": kind,
        "schema": SCHEMA,
        "version": version,
        GSI1.pk: list_pk,
        GSI1.sk: order_of(card),
        "card": card.to_text(),
    }


def lists_of(tenant_id: TenantId, store_id: StoreId, product_id: str, places: frozenset[CategoryId]) -> dict[str, str]:
    """The lists that a product's card stands in, by the sort key of its item there."""
    pks = store_list_pks(tenant_id, store_id)
    shard = zlib.crc32(product_id.encode()) % LIST_SHARDS
    in_categories = {joined("PLACE", place): category_list_pk(tenant_id, store_id, place) for place in places}
    return {HEAD: pks[shard], **in_categories}


def put_head(pk: str, item: Item, *, was: int) -> Put:
    """The card for the store's list, or its tombstone: refused if somebody else derived it meanwhile."""
    return Put(
        Key(pk, HEAD),
        item,
        only_if="version = :version" if was else ABSENT,
        values={":version": was},
    )


def put_copy(key: Key, item: Item) -> Put:
    """The card for a category's list; an older one never replaces a newer one."""
    return Put(
        key, item, only_if="attribute_not_exists(pk) OR version < :version", values={":version": item["version"]}
    )


def drop_copy(key: Key) -> Delete:
    """The card, out of a category's list."""
    return Delete(key, only_if=PRESENT)
