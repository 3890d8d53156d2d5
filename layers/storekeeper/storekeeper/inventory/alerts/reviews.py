"""Reviews: what a change of a rule covers is looked at anew, and twice.

The first look begins as soon as the change is known. The second begins when no environment goes by the rules of before
any more: so what one of them passed over meanwhile is seen. What is more than one step is a run: it goes on where it
ended, in the worker, and delays nobody else.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

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
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.workers import workers
from storekeeper.kernel.writes import ABSENT, Delete, Put
from storekeeper.runs import Advance, Run, start_run

TYPE = "alert_review"
DUE_KIND = "alert_review"
RUN_KIND = "alert_review"
LEVELS, LISTINGS = 100, 10  # that one step looks at: it takes about a second
SIDE_BY_SIDE = 8
SETTLED = timedelta(seconds=KEPT_S + 30)  # no environment goes by the rules of before, nor one with a slow clock

ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#ALERTREVIEW#<review>",
        sk="REVIEW",
        holds="What is to be looked at, and when, because a rule has changed, or what a store with rules lists.",
        found_by="The sweep.",
        written_by="every change of a rule; inventory.projections for listings; continue_review, which removes it",
        indexes={"due": ("DUE#alert_review#<n>", "<due at>#<pk>#<sk>")},
    ),
)


class Review(Struct, frozen=True):
    """A look at all SKUs that `target` covers, to be begun at `due_at`."""

    id: str
    target: Target
    changed_at: datetime
    due_at: datetime
    version: int

    @property
    def next(self) -> "Review | None":
        """The look after this one; None if this is the last."""
        settled_at = self.changed_at + SETTLED
        return None if self.due_at >= settled_at else replace(self, due_at=settled_at, version=self.version + 1)


def review_of(target: Target, *, because: str, changed_at: datetime) -> Review:
    """The review for one change, which `because` names: that it is known twice makes no second one."""
    return Review(derived_id("rvw", because, at=changed_at), target, changed_at, changed_at, version=1)


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
        "version": review.version,
        **due_attributes(DUE_KIND, review_key(tenant_id, review.id), at=review.due_at),
    }


def review_from(item: Item) -> Review:
    """The review that an item holds. (Where its rule counts is of no matter: SKUs are looked at as a whole.)"""
    return Review(
        id=item["id"],
        target=Target(RuleScope(item["scope"]), item["name"]),
        changed_at=clock.from_text(item["changed_at"]),
        due_at=clock.from_text(item["due_sk"].partition("#")[0]),
        version=item["version"],
    )


def put_review(tenant_id: TenantId, review: Review) -> Put:
    """A review that begins."""
    return Put(review_key(tenant_id, review.id), _item(tenant_id, review), only_if=ABSENT)


def replace_review(tenant_id: TenantId, review: Review) -> Put:
    """The next look; somebody else may have begun this one."""
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
    """Begin the look of the review at `key`, if it is time: the first SKUs at once, more by a run. Safe to repeat.

    Raises:
        Contended: a SKU's stock kept changing.
    """
    item = table.get(key)
    if item is None or (review := review_from(item)).due_at > now:
        return False
    tenant_id = table.tenant_id
    if _look(table, review.target, review.changed_at, after=None) is not None:
        _start_run(table, review, now=now)
    try:
        table.write(replace_review(tenant_id, review.next) if review.next else drop_review(tenant_id, review))
    except WriteRefused:
        return False  # somebody else did the same
    return True


def _start_run(table: Table, review: Review, *, now: datetime) -> None:
    run_id = derived_id("run", review.id, str(review.version), at=review.changed_at)
    asked = {
        "scope": str(review.target.scope),
        "name": review.target.name,
        "changed_at": clock.to_text(review.changed_at),
    }
    with suppress(WriteRefused):  # it was started already
        start_run(table, run_id, RUN_KIND, asked=asked, now=now)


def review_part(run: Run, table: Table, _: datetime) -> Advance:
    """The step of a run that looks at what a rule covers."""
    asked = run.asked
    target = Target(RuleScope(asked["scope"]), asked["name"])
    return Advance(_look(table, target, clock.from_text(asked["changed_at"]), after=run.position or None))


def _look(table: Table, target: Target, since: datetime, *, after: str | None) -> str | None:
    """Look at the next SKUs; where the others begin (None: there are none)."""
    page = _skus(table, target, after=after)
    # Threads of their own: those of `together` must stay free for the reads that a look makes with it.
    with workers(SIDE_BY_SIDE, name="alert") as pool:
        for _ in pool.map(lambda sku: watch_sku(table, sku, since=since), page.entries):
            pass
    return page.next_position


def _skus(table: Table, target: Target, *, after: str | None) -> Page[str]:
    match target.scope:
        case RuleScope.VARIANT:
            return Page((target.name,), None)
        case RuleScope.PRODUCT:
            return Page(tuple(_skus_of(table, [target.name])), None)
        case RuleScope.STORE:
            page = list_listings(table, StoreId(target.name), ListingFilter(), after=after, limit=LISTINGS)
            return Page(tuple(_skus_of(table, [card["product_id"] for card in page.entries])), page.next_position)
        case RuleScope.GLOBAL:
            levels = list_levels(table, wanted=LevelFilter(), after=after, limit=LEVELS)
            return Page(tuple(dict.fromkeys(level.sku for level in levels.entries)), levels.next_position)


def _skus_of(table: Table, product_ids: Iterable[str]) -> Iterator[str]:
    for product_id in product_ids:
        if product := find_product(table, product_id):
            yield from (variant.sku for variant in product.variants)
