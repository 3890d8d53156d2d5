"""Reviews: what a change of a rule covers is looked at anew, a few SKUs at a time, and twice.

The first pass begins as soon as the change is known. The second begins when no environment goes by the rules of before
any more: so what one of them passed over meanwhile is seen. A review that is cut off goes on where it stopped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storekeeper.catalog import ListingFilter, find_product, list_listings
from storekeeper.inventory.alerts.rules.model import RuleScope, Target
from storekeeper.inventory.alerts.rules.store import KEPT_S
from storekeeper.inventory.alerts.watching import watch_sku
from storekeeper.inventory.lists import LevelFilter, list_levels
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import StoreId, TenantId, derived_id
from storekeeper.kernel.keys import Key, tenant_pk
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.writes import ABSENT, Delete, Put

TYPE = "alert_review"
DUE_KIND = "alert_review"
LEVELS, LISTINGS = 50, 5  # that one step looks at: it takes about a second
SETTLED = timedelta(
    seconds=KEPT_S + 30
)  # after a change of rules: no environment knows those of before, nor a slow clock

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#ALERTREVIEW#<review>",
        sk="REVIEW",
        holds="Which SKUs are still to be looked at because a rule has changed, or what a store with rules lists.",
        found_by="The sweep.",
        written_by="every change of a rule; inventory.projections for listings; continue_review, which removes it",
        indexes={"due": ("DUE#alert_review#<n>", "<due at>#<pk>#<sk>")},
    ),
)


@dataclass(frozen=True, slots=True)
class Review:
    """A look at all SKUs that `target` covers; `after` is how far this pass has come."""

    id: str
    target: Target
    changed_at: datetime
    began_at: datetime
    due_at: datetime
    after: str | None
    version: int

    def next(self, after: str | None, *, now: datetime) -> "Review | None":
        """The review after a step that came as far as `after` (None: through); None if there is nothing left to do."""
        settled_at = self.changed_at + SETTLED
        if after is not None:
            return replace(self, after=after, due_at=now, version=self.version + 1)
        if self.began_at >= settled_at:
            return None
        again_at = max(settled_at, now)
        return replace(self, after=None, began_at=again_at, due_at=again_at, version=self.version + 1)


def review_of(target: Target, *, because: str, changed_at: datetime) -> Review:
    """The review for one change, which `because` names: that it is known twice makes no second one."""
    review_id = derived_id("rvw", because, at=changed_at)
    return Review(review_id, target, changed_at, changed_at, changed_at, None, version=1)


def review_key(tenant_id: TenantId, review_id: str) -> Key:
    """Key of a review."""
    return Key(tenant_pk(tenant_id, "ALERTREVIEW", review_id), "REVIEW")


def _item(tenant_id: TenantId, review: Review) -> Item:
    return {
        "type": TYPE,
        "schema": 1,
        "id": review.id,
        "scope": str(review.target.scope),
        "name": review.target.name,
        "changed_at": clock.to_text(review.changed_at),
        "began_at": clock.to_text(review.began_at),
        "after": review.after,
        "version": review.version,
        **due_attributes(DUE_KIND, review_key(tenant_id, review.id), at=review.due_at),
    }


def review_from(item: Item) -> Review:
    """The review that an item holds. (Where its rule counts is of no matter: SKUs are looked at as a whole.)"""
    return Review(
        id=item["id"],
        target=Target(RuleScope(item["scope"]), item["name"]),
        changed_at=clock.from_text(item["changed_at"]),
        began_at=clock.from_text(item["began_at"]),
        due_at=clock.from_text(item["due_sk"].partition("#")[0]),
        after=item.get("after"),
        version=item["version"],
    )


def put_review(tenant_id: TenantId, review: Review) -> Put:
    """A review that begins."""
    return Put(review_key(tenant_id, review.id), _item(tenant_id, review), only_if=ABSENT)


def replace_review(tenant_id: TenantId, review: Review) -> Put:
    """How far it has come; another step may have been quicker."""
    return Put(
        review_key(tenant_id, review.id),
        _item(tenant_id, review),
        only_if="version = :version",
        values={":version": review.version - 1},
    )


def drop_review(tenant_id: TenantId, review: Review) -> Delete:
    """It is done."""
    return Delete(review_key(tenant_id, review.id), only_if="version = :version", values={":version": review.version})


def begin_review(table: Table, review: Review) -> None:
    """Have it done; nothing if it has begun already."""
    try:
        table.write(put_review(table.tenant_id, review))
    except WriteRefused:
        return


def continue_review(table: Table, key: Key, *, now: datetime) -> bool:
    """Look at the next SKUs of the review at `key`; whether there were any to look at. Safe to run twice at once.

    Raises:
        Contended: a SKU's stock, or the review, kept changing.
    """
    item = table.get(key)
    if item is None or (review := review_from(item)).due_at > now:
        return False
    page = _skus(table, review)
    for sku in page.entries:
        watch_sku(table, sku, since=review.changed_at)
    left = review.next(page.next_position, now=now)
    tenant_id = table.tenant_id
    try:
        table.write(replace_review(tenant_id, left) if left else drop_review(tenant_id, review))
    except WriteRefused:
        return False  # another step did the same
    return True


def _skus(table: Table, review: Review) -> Page[str]:
    """The SKUs of the next step, and where it ends."""
    name, after = review.target.name, review.after
    match review.target.scope:
        case RuleScope.VARIANT:
            return Page((name,), None)
        case RuleScope.PRODUCT:
            return Page(tuple(_skus_of(table, [name])), None)
        case RuleScope.STORE:
            page = list_listings(table, StoreId(name), ListingFilter(), after=after, limit=LISTINGS)
            return Page(tuple(_skus_of(table, [card["product_id"] for card in page.entries])), page.next_position)
        case RuleScope.GLOBAL:
            levels = list_levels(table, wanted=LevelFilter(), after=after, limit=LEVELS)
            return Page(tuple(dict.fromkeys(level.sku for level in levels.entries)), levels.next_position)


def _skus_of(table: Table, product_ids: Iterable[str]) -> Iterator[str]:
    for product_id in product_ids:
        if product := find_product(table, product_id):
            yield from (variant.sku for variant in product.variants)
