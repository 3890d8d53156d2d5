"""Reads of alert rules: what counts for a SKU, as it is now or as an environment knows it; and the merchant's list."""

import json
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from storekeeper.catalog import sku_key, stores_listing
from storekeeper.inventory.alerts.rules import items
from storekeeper.inventory.alerts.rules.model import (
    NO_RULES,
    Governing,
    Place,
    Rule,
    RuleScope,
    RuleSet,
    RuleUnknown,
    places_of,
    possible_targets,
)
from storekeeper.kernel.ids import ProductId, TenantId, is_id
from storekeeper.kernel.keys import GSI1, Key
from storekeeper.kernel.paging import Page, read_sharded
from storekeeper.kernel.table import Table

KEPT_S = 60
MAX_TENANTS = 500
MAX_SKUS = 5_000
MAX_READS = 10  # of the index for one page: with narrow filters it may be short, and its cursor leads on

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SkuRules(Struct, frozen=True):
    """What counts for a SKU, by place; and the product it belongs to."""

    product_id: ProductId
    places: Mapping[Place, Governing]

    @property
    def highest(self) -> int:
        """Above it nothing is low."""
        return max((one.terms.low for one in self.places.values()), default=0)


class RuleFilter(Struct, frozen=True):
    """Which rules a list shows."""

    scope: RuleScope | None = None
    name: str | None = None
    location_id: str | None = None
    enabled: bool | None = None

    def takes(self, card: Mapping[str, object]) -> bool:
        """Whether a rule, by its card, is shown."""
        asked = {"scope": self.scope, "name": self.name, "location_id": self.location_id, "enabled": self.enabled}
        return all(wanted in (None, card[name]) for name, wanted in asked.items())


def read_rule(table: Table, rule_id: str) -> Rule:
    """The rule as it is now.

    Raises:
        RuleUnknown: the tenant has no such rule.
    """
    item = table.get(items.rule_key(table.tenant_id, rule_id)) if is_id(rule_id, "rul") else None
    if item is None:
        raise RuleUnknown("There is no such alert rule.")
    return items.rule_from(item)


def read_rule_set(table: Table) -> RuleSet:
    """How many rules of what scope there are now."""
    item = table.get(items.rule_set_key(table.tenant_id))
    return items.rule_set_from(item) if item else NO_RULES


def list_rules(table: Table, wanted: RuleFilter, *, after: str | None, limit: int) -> Page[Rule]:
    """One page of the rules, newest first. Which rows it has follows within seconds; what they show is live."""
    matched: list[Key] = []
    for _ in range(MAX_READS):
        left = limit - len(matched)
        rows = read_sharded(
            table, items.list_pks(table.tenant_id), index=GSI1, after=after, limit=left, newest_first=True
        )
        matched += [Key(row["pk"], row["sk"]) for row in rows.entries if wanted.takes(json.loads(row["card"]))]
        after = rows.next_position
        if after is None or len(matched) == limit:
            break
    found = table.get_many(matched)
    return Page(tuple(items.rule_from(found[key]) for key in matched if key in found), after)


def read_sku_rules(table: Table, sku: str, *, rules: RuleSet) -> SkuRules:
    """What counts for a SKU now, given which rules there are."""
    item = table.get(sku_key(table.tenant_id, sku))
    product_id = ProductId(item["product_id"] if item else "")
    stores = stores_listing(table, product_id) if rules.has(RuleScope.STORE) and product_id else ()
    targets = possible_targets(rules, sku=sku, product_id=product_id, stores=stores)
    keys = {target: items.rule_key(table.tenant_id, items.rule_id_of(target)) for target in targets}
    found = table.get_many(keys.values()) if keys else {}
    present = {target: items.rule_from(found[key]) for target, key in keys.items() if key in found}
    places = places_of(present, sku=sku, product_id=product_id, stores=stores, locations=rules.locations)
    return SkuRules(product_id, places)


class KeptRules:
    """What one environment knows of rules: at most KEPT_S old. Only to see that there is nothing to look at.

    What is decided is decided upon rules as they are. A change that nothing is seen in because a rule has just changed
    is seen by the second review of that rule (`reviews.py`).
    """

    def __init__(self) -> None:
        self._sets: _Kept[TenantId, RuleSet] = _Kept(MAX_TENANTS)
        self._skus: _Kept[tuple[TenantId, str], SkuRules] = _Kept(MAX_SKUS)

    def rule_set(self, table: Table) -> RuleSet:
        """Which rules there are."""
        now_s = int(table.monotonic())
        known = self._sets.find(table.tenant_id, now_s)
        return known or self._sets.keep(table.tenant_id, read_rule_set(table), now_s)

    def of_sku(self, table: Table, sku: str) -> SkuRules:
        """What counts for a SKU."""
        name, now_s = (table.tenant_id, sku), int(table.monotonic())
        known = self._skus.find(name, now_s)
        return known or self._skus.keep(name, read_sku_rules(table, sku, rules=self.rule_set(table)), now_s)


class _Kept(Generic[K, V]):
    """Values with the second in which they were read; there being no room, all are forgotten. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, tuple[int, V]] = {}

    def find(self, name: K, now_s: int) -> V | None:
        kept = self._values.get(name)
        return kept[1] if kept and kept[0] <= now_s < kept[0] + KEPT_S else None

    def keep(self, name: K, value: V, now_s: int) -> V:
        if len(self._values) >= self._most:
            self._values = {}
        self._values[name] = now_s, value
        return value
