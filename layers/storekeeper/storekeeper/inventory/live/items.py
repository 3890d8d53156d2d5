"""What is told of stock in the table: one head for each tenant, and the pages, in one partition."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storekeeper.inventory.live.model import KEPT, Feed
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, joined, padded, tenant_pk
from storekeeper.kernel.writes import ABSENT, Put

FEED = "feed"
FEED_PAGE = "feed_page"
ENTITIES = (
    Entity(
        name=FEED,
        pk="T#<tenant>#FEED",
        sk="HEAD",
        holds="Until when movements are marked to be told, and the newest page.",
        found_by="The tenant.",
        written_by="listen",
    ),
    Entity(
        name=FEED_PAGE,
        pk="T#<tenant>#FEED",
        sk="PAGE#<number>",
        holds="Movements in the order in which they were told.",
        found_by="The tenant and its number, which has no gap.",
        written_by="listen, in one transaction with unmarking the movements",
    ),
)


def feed_pk(tenant_id: TenantId) -> str:
    """The partition of head and pages."""
    return tenant_pk(tenant_id, "FEED")


def feed_key(tenant_id: TenantId) -> Key:
    """Key of the head."""
    return Key(feed_pk(tenant_id), "HEAD")


def page_sk(number: int) -> str:
    """Sort key of a page."""
    return joined("PAGE", padded(number))


def feed_from(item: Item) -> Feed:
    """The feed that an item holds."""
    return Feed(
        started_at=clock.from_text(item["started_at"]),
        watched_until=clock.from_text(item["watched_until"]),
        first=item["first"],
        last=item["last"],
        version=item["version"],
    )


def put_feed(tenant_id: TenantId, feed: Feed) -> Put:
    """The head in place of the version before it; version 1 is the first."""
    return Put(
        feed_key(tenant_id),
        {
            "type": FEED,
            "schema": 1,
            "started_at": clock.to_text(feed.started_at),
            "watched_until": clock.to_text(feed.watched_until),
            "first": feed.first,
            "last": feed.last,
            "version": feed.version,
        },
        only_if="attribute_not_exists(pk) OR version = :before",
        values={":before": feed.version - 1},
    )


def put_page(tenant_id: TenantId, number: int, cards: Sequence[str], *, now: datetime) -> Put:
    """A page that nobody has told."""
    item: dict[str, Any] = {
        "type": FEED_PAGE,
        "schema": 1,
        "number": number,
        "cards": json.dumps(list(cards), ensure_ascii=False, separators=(",", ":")),
        "ttl": clock.to_epoch_s(now + KEPT),
    }
    return Put(Key(feed_pk(tenant_id), page_sk(number)), item, only_if=ABSENT)


def cards_of(item: Item) -> list[str]:
    """What a page tells: cards of movements."""
    return [str(card) for card in json.loads(item["cards"])]
