"""What an alert rule says, which one counts for a SKU, and what it makes of a number of units. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from storekeeper.inventory.levels.model import CRITICAL_UNITS, LOW_UNITS
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Fault, Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import LocationId, ProductId, StoreId, is_id

MAX_UNITS = 1_000_000_000
MAX_RECIPIENTS = 20

Place: TypeAlias = str
"""Where units are counted for an alert: ANYWHERE, a store (by its id: of what it lists), or a location (by its id)."""
ANYWHERE = "*"


def store_at(place: Place) -> StoreId | None:
    """The store whose own rule counts at a place."""
    return StoreId(place) if is_id(place, "sto") else None


def location_at(place: Place) -> LocationId | None:
    """The location whose stock alone is counted at a place."""
    return None if place == ANYWHERE or store_at(place) else LocationId(place)


class AlertKind(StrEnum):
    """What an alert says. The first three rise in severity; `back_in_stock` is good news."""

    LOW = "low"
    CRITICAL = "critical"
    OUT = "out"
    BACK_IN_STOCK = "back_in_stock"


SEVERITY: Mapping[AlertKind | None, int] = {None: 0, AlertKind.LOW: 1, AlertKind.CRITICAL: 2, AlertKind.OUT: 3}


class Channel(StrEnum):
    """How recipients want to be told; a task is for whoever works in the console."""

    EMAIL = "email"
    SMS = "sms"
    TASK = "task"


class RuleScope(StrEnum):
    """What a rule is about, the most general first."""

    GLOBAL = "global"
    STORE = "store"
    PRODUCT = "product"
    VARIANT = "variant"


class RuleExists(StorekeeperError):
    """There is a rule for the same target already."""

    code, kind = "alert_rule_exists", "conflict"


class RuleUnknown(NotFound):
    """The tenant has no such rule."""

    code = "alert_rule_unknown"


class Target(Struct, frozen=True):
    """What a rule is about: a store or product (by id), a variant (by SKU); with a location, its stock there alone."""

    scope: RuleScope
    name: str = ""
    location_id: LocationId | None = None


class Terms(Struct, frozen=True):
    """All that a merchant can change of a rule but for its recipients. Out is 0, whatever the thresholds are."""

    kinds: tuple[AlertKind, ...] = tuple(AlertKind)
    low: int = LOW_UNITS
    critical: int = CRITICAL_UNITS
    reorder_point: int | None = None
    reorder_quantity: int | None = None
    channels: tuple[Channel, ...] = ()
    enabled: bool = True

    def kind_of(self, available: int) -> AlertKind | None:
        """The most severe of its kinds that so few units are; None if they are enough."""
        reached = {
            AlertKind.OUT: available <= 0,
            AlertKind.CRITICAL: available <= self.critical,
            AlertKind.LOW: available <= self.low,
        }
        return next((kind for kind, is_reached in reached.items() if is_reached and kind in self.kinds), None)

    def suggest(self, *, available: int, incoming: int) -> int | None:
        """How many to order: as many lots as lift what is there and on its way above the reorder point."""
        if self.reorder_point is None or self.reorder_quantity is None:
            return None
        missing = max(0, self.reorder_point + 1 - max(0, available) - incoming)
        return -(-missing // self.reorder_quantity) * self.reorder_quantity


class Rule(Struct, frozen=True):
    """A rule as it is kept. `recipients` are opaque; who they are is sealed."""

    id: str
    target: Target
    terms: Terms
    recipients: tuple[str, ...]
    sealed_recipients: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class Governing(Struct, frozen=True):
    """What counts at a place: a rule as of `since`, or what counts where there is none (`rule_id` None)."""

    rule_id: str | None
    since: str
    terms: Terms
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, rule: Rule) -> "Governing":
        """The part of a rule that alerts keep."""
        return cls(rule.id, clock.to_text(rule.updated_at), rule.terms, rule.recipients)


BY_DEFAULT = Governing(None, "", Terms(), ())


class RuleSet(Struct, frozen=True):
    """How many rules there are of each scope (and location), and the highest threshold there has been.

    By it most changes of stock are seen to cross nothing, and rules that do not exist are not looked for.
    """

    counts: Mapping[str, int]
    highest: int
    version: int

    def has(self, scope: RuleScope, location_id: LocationId | None = None) -> bool:
        """Whether there is any rule of a scope, for a location."""
        return self.counts.get(slot(scope, location_id), 0) > 0

    @property
    def locations(self) -> tuple[LocationId, ...]:
        """Those that have rules of their own."""
        named = {name.partition("@")[2] for name, count in self.counts.items() if count > 0}
        return tuple(LocationId(one) for one in sorted(named - {""}))

    def counted(self, target: Target, *, by: int, low: int) -> "RuleSet":
        """The set after a rule came, went or changed."""
        name = slot(target.scope, target.location_id)
        counts = {**self.counts, name: self.counts.get(name, 0) + by}
        kept = {name: count for name, count in counts.items() if count > 0}
        return RuleSet(kept, max(self.highest if kept else 0, low), self.version + 1)


NO_RULES = RuleSet({}, 0, 0)


def slot(scope: RuleScope, location_id: LocationId | None) -> str:
    """The name under which rules of a scope (and location) are counted."""
    return f"{scope}@{location_id}" if location_id else str(scope)


def possible_targets(rules: RuleSet, *, sku: str, product_id: str, stores: Sequence[StoreId]) -> Iterator[Target]:
    """Every target that concerns a SKU and of which there may be a rule."""
    named = {RuleScope.VARIANT: [sku], RuleScope.PRODUCT: [product_id], RuleScope.GLOBAL: [""]}
    for scope, names in {**named, RuleScope.STORE: stores}.items():
        for location_id in (None, *rules.locations):
            if rules.has(scope, location_id):
                yield from (Target(scope, name, location_id) for name in names)


def places_of(
    rules: Mapping[Target, Rule],
    *,
    sku: str,
    product_id: ProductId,
    stores: Collection[StoreId],
    locations: Collection[LocationId],
) -> dict[Place, Governing]:
    """Where a SKU's units are counted for alerts, and what counts there: the most specific of its enabled rules.

    A rule for the variant, else for the product, counts anywhere. Without, a store that lists the SKU goes by its own
    rule; the others go by the global one, else by the default. Rules with a location count there, besides.
    """
    enabled = {target: Governing.of(rule) for target, rule in rules.items() if rule.terms.enabled}
    own = enabled.get(Target(RuleScope.VARIANT, sku)) or enabled.get(Target(RuleScope.PRODUCT, product_id))
    by_store = {store: enabled.get(Target(RuleScope.STORE, store)) for store in stores}
    places: dict[Place, Governing] = {store: rule for store, rule in by_store.items() if rule and not own}
    if not places or len(places) < len(by_store):
        places[ANYWHERE] = own or enabled.get(Target(RuleScope.GLOBAL), BY_DEFAULT)
    for location_id in locations:
        targets = (
            Target(RuleScope.VARIANT, sku, location_id),
            Target(RuleScope.PRODUCT, product_id, location_id),
            Target(RuleScope.GLOBAL, "", location_id),
        )
        if rule := next((enabled[target] for target in targets if target in enabled), None):
            places[location_id] = rule
    return places


def check_terms(terms: Terms, *, recipients: Sequence[str]) -> None:
    """Whether a rule can be meant at all.

    Raises:
        Invalid: names every fault.
    """
    if faults := list(_faults(terms, recipients)):
        raise Invalid("The rule contradicts itself; see errors.", faults=faults)


def _faults(terms: Terms, recipients: Sequence[str]) -> Iterator[Fault]:
    if terms.critical > terms.low:
        yield Fault("critical", "critical_above_low", "Send a `critical` of at most `low`.")
    if (terms.reorder_point is None) != (terms.reorder_quantity is None):
        yield Fault("reorder_quantity", "reorder_incomplete", "Send reorder_point and reorder_quantity, or neither.")
    elif terms.reorder_point is not None and terms.reorder_point > terms.low:
        detail = "What is to be ordered is shown on an alert: send a `low` of at least the reorder point."
        yield Fault("reorder_point", "reorder_above_low", detail)
    if Channel.EMAIL in terms.channels and not recipients:
        yield Fault("recipients", "recipients_missing", "Name somebody to send e-mail to.")
    if Channel.SMS in terms.channels and not any(is_member(one) for one in recipients):
        yield Fault("recipients", "member_missing", "Name a member: an e-mail address cannot be sent an SMS.")


def is_member(recipient: str) -> bool:
    """Whether a recipient is a member, by id; else it is an e-mail address."""
    return is_id(recipient, "mem")
