"""Whether somebody listens to a tenant's stock, as an environment knows it: asked for every movement, read seldom."""

from collections import OrderedDict
from datetime import datetime
from functools import cache

from storekeeper.inventory.live.items import feed_from, feed_key
from storekeeper.inventory.live.model import Feed
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table

KEPT_S = 3  # and a part: less than KNOWN_AFTER; who begins to listen waits until no environment knows it otherwise
MAX_TENANTS = 500


class KeptFeeds:
    """What an environment knows of feeds; not much older than KEPT_S."""

    def __init__(self) -> None:
        self._kept: OrderedDict[TenantId, tuple[Feed | None, int]] = OrderedDict()

    def read(self, table: Table) -> Feed | None:
        """The tenant's feed, or None where nobody ever listened."""
        asked_at = int(table.monotonic())
        kept = self._kept.get(table.tenant_id)
        if kept is None or kept[1] + KEPT_S < asked_at:
            item = table.get(feed_key(table.tenant_id))
            kept = feed_from(item) if item else None, asked_at
            self._kept[table.tenant_id] = kept
            while len(self._kept) > MAX_TENANTS:
                self._kept.popitem(last=False)
        return kept[0]


@cache
def _kept() -> KeptFeeds:
    return KeptFeeds()


def is_watched(table: Table, *, at: datetime) -> bool:
    """Whether a change of this instant is to be told."""
    feed = _kept().read(table)
    return feed is not None and feed.is_watched(at)
