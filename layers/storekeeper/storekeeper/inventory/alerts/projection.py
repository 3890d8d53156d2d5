"""Follows changes of stock, of what stores list, and of rules: so that nothing that changes stock can forget an alert.

A change of stock that crosses no threshold writes nothing, and reads nothing where there is plenty.
"""

from functools import cache

from storekeeper.inventory.alerts.reviews import TYPE as REVIEW
from storekeeper.inventory.alerts.reviews import begin_review, continue_review, review_from, review_of
from storekeeper.inventory.alerts.rules.model import RuleScope, Target
from storekeeper.inventory.alerts.rules.store import KeptRules
from storekeeper.inventory.alerts.watching import has_been_there, watch_sku
from storekeeper.inventory.levels.items import TYPE as LEVEL
from storekeeper.inventory.levels.items import level_from
from storekeeper.inventory.levels.model import LOW_UNITS, Level
from storekeeper.kernel.changes import Change
from storekeeper.kernel.table import Table

LISTING = "listing"
TYPES = frozenset({LEVEL, LISTING, REVIEW})


@cache
def _kept() -> KeptRules:
    return KeptRules()


def project_alerts(change: Change, *, table: Table) -> None:
    """Follow one change. Idempotent.

    Raises:
        Contended: the stock of a SKU kept changing; the record is to be tried again.
    """
    if change.type == LEVEL:
        _follow_level(change, table)
    elif change.type == LISTING:
        _follow_listing(change, table)
    elif change.type == REVIEW and change.old is None and change.new is not None:
        continue_review(table, change.key, now=max(change.at, review_from(change.new).due_at))


def _follow_level(change: Change, table: Table) -> None:
    if change.new is None:
        return
    before, after = level_from(change.old) if change.old else None, level_from(change.new)
    kept = _kept()
    if not _may_cross(before, after, max(LOW_UNITS, kept.rule_set(table).highest)):
        return
    if _may_cross(before, after, kept.of_sku(table, after.sku).highest):
        watch_sku(table, after.sku, location_id=after.location_id, kept=kept)


def _may_cross(before: Level | None, after: Level, highest: int) -> bool:
    """Whether one level's change may have a SKU cross a threshold of at most `highest`: not if it has plenty.

    A lease never has plenty, so it tells when it runs dry, as it does of the SKU's state (`may_change_state`).
    """
    if before is None or not has_been_there(before):
        return has_been_there(after)
    changed = before.available != after.available
    return changed and min(before.available, after.available) <= (0 if after.is_lease else highest)


def _follow_listing(change: Change, table: Table) -> None:
    """A store that begins or ceases to list a product: its rule counts for it, or no more."""
    if (change.old is None) == (change.new is None) or not _kept().rule_set(table).has(RuleScope.STORE):
        return
    target = Target(RuleScope.PRODUCT, str(change.item["product_id"]))
    begin_review(table, review_of(target, because=f"{change.key.sk}:{change.sequence}", changed_at=change.at))
