"""Bodies and answers of alerts and alert rules."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from inventory.schemas import LocationRef
from storekeeper.edge.fields import Email, Id, InModel, Instant, InstantOut, Sku, left_out
from storekeeper.inventory.alerts.rules.model import (
    MAX_RECIPIENTS,
    MAX_UNITS,
    AlertKind,
    Channel,
    Rule,
    RuleScope,
    Target,
    Terms,
    location_at,
    store_at,
)
from storekeeper.inventory.alerts.store import ShownAlert, Totals
from storekeeper.inventory.levels.model import CRITICAL_UNITS, LOW_UNITS
from storekeeper.kernel import clock
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId

KindName: TypeAlias = Literal["low", "critical", "out", "back_in_stock"]
StatusName: TypeAlias = Literal["open", "snoozed", "dismissed", "resolved"]
ScopeName: TypeAlias = Literal["global", "store", "product", "variant"]
ChannelName: TypeAlias = Literal["email", "sms", "task"]
Units: TypeAlias = Annotated[int, Field(ge=0, le=MAX_UNITS)]
Member: TypeAlias = Annotated[str, Field(pattern="^mem_[0-9A-HJKMNP-TV-Z]{26}$", description="A member's id.")]
Recipients: TypeAlias = Annotated[
    list[Email | Member],
    Field(
        max_length=MAX_RECIPIENTS,
        description="E-mail addresses and members' ids.",
        examples=[["stock@example.com"]],
    ),
]
Kinds: TypeAlias = Annotated[
    list[KindName], Field(max_length=4, description="Which to raise; none at all keeps what it covers silent.")
]
Channels: TypeAlias = Annotated[list[ChannelName], Field(max_length=3, examples=[["email", "task"]])]

_NAMED = {"store": "store_id", "product": "product_id", "variant": "sku"}


class AlertRuleIn(InModel):
    """A new rule. `scope` says which of `store_id`, `product_id` and `sku` is to be sent: just the one it is named for.

    `reorder_point` and `reorder_quantity` go together: how many to order is shown on its alerts.
    """

    scope: ScopeName
    store_id: Id | None = None
    product_id: Id | None = None
    sku: Sku | None = None
    location_id: LocationRef | None = Field(default=None, description="Count the stock there alone. Not of a store.")
    kinds: Kinds = Field(default=["low", "critical", "out", "back_in_stock"])
    low: Annotated[Units, Field(description="At most so many are low.", examples=[10])] = LOW_UNITS
    critical: Annotated[Units, Field(description="At most so many are critical.", examples=[3])] = CRITICAL_UNITS
    reorder_point: Annotated[Units | None, Field(description="At most `low`.")] = None
    reorder_quantity: Annotated[int | None, Field(ge=1, le=MAX_UNITS, description="A lot.")] = None
    channels: Channels = Field(default=[])
    recipients: Recipients = Field(default=[])
    enabled: bool = True

    def target(self) -> Target:
        """What the rule is about.

        Raises:
            Invalid: what it is about is missing, or more than that is named.
        """
        wanted = _NAMED.get(self.scope)
        for name in _NAMED.values():
            given = getattr(self, name)
            if name == wanted and given is None:
                raise Invalid.field(name, "target_missing", f"Send {name}: the scope is {self.scope}.")
            if name != wanted and given is not None:
                raise Invalid.field(name, "target_of_other_scope", f"Leave {name} out: the scope is {self.scope}.")
        location_id = LocationId(self.location_id) if self.location_id else None
        return Target(RuleScope(self.scope), getattr(self, wanted) if wanted else "", location_id)

    def terms(self) -> Terms:
        """What the rule says."""
        return Terms(**_as_terms(self.model_dump(include=set(Terms.__struct_fields__))))


class AlertRulePatch(InModel):
    """Changes of a rule; lists are replaced as a whole. What a rule is about stays: make another rule for that."""

    kinds: Kinds = left_out()
    low: Annotated[Units, Field(examples=[10])] = left_out()
    critical: Annotated[Units, Field(examples=[3])] = left_out()
    reorder_point: Units | None = None
    reorder_quantity: Annotated[int | None, Field(ge=1, le=MAX_UNITS)] = None
    channels: Channels = left_out()
    recipients: Recipients = left_out()
    enabled: bool = left_out()

    def changes(self) -> dict[str, Any]:
        """The terms that change."""
        return _as_terms(self.model_dump(exclude_unset=True, exclude={"recipients"}))


def _as_terms(given: dict[str, Any]) -> dict[str, Any]:
    enums: dict[str, Callable[[str], Any]] = {"kinds": AlertKind, "channels": Channel}
    return {
        name: tuple(dict.fromkeys(map(enums[name], value))) if name in enums else value for name, value in given.items()
    }


class AlertRuleOut(BaseModel):
    """A rule. `recipient_ids` stand for the recipients in events, in the same order."""

    id: Annotated[str, Field(examples=["rul_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    scope: ScopeName
    store_id: Id | None
    product_id: Id | None
    sku: Sku | None
    location_id: LocationRef | None
    kinds: list[KindName]
    low: Annotated[int, Field(examples=[10])]
    critical: Annotated[int, Field(examples=[3])]
    reorder_point: Annotated[int | None, Field(examples=[10])]
    reorder_quantity: Annotated[int | None, Field(examples=[50])]
    channels: list[ChannelName]
    recipients: Annotated[list[str], Field(examples=[["stock@example.com"]])]
    recipient_ids: Annotated[list[str], Field(examples=[["rcp_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"]])]
    enabled: bool
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, rule: Rule, recipients: tuple[str, ...]) -> "AlertRuleOut":
        """The rule as it is answered, with who its recipients are."""
        terms, target = rule.terms, rule.target
        named = {name: target.name if scope == target.scope else None for scope, name in _NAMED.items()}
        return cls(
            id=rule.id,
            scope=target.scope.value,
            **named,
            location_id=target.location_id,
            kinds=[kind.value for kind in terms.kinds],
            low=terms.low,
            critical=terms.critical,
            reorder_point=terms.reorder_point,
            reorder_quantity=terms.reorder_quantity,
            channels=[channel.value for channel in terms.channels],
            recipients=list(recipients),
            recipient_ids=list(rule.recipients),
            enabled=terms.enabled,
            version=rule.version,
            created_at=clock.to_text(rule.created_at),
            updated_at=clock.to_text(rule.updated_at),
        )


class SnoozeIn(InModel):
    """Until when an alert is put aside: at most a year."""

    until: Instant


class ReorderOut(BaseModel):
    """What to order: as many lots as lift what is there and on its way above the reorder point; 0 if that is enough."""

    quantity: Annotated[int, Field(examples=[50])]
    reorder_point: Annotated[int, Field(examples=[10])]
    reorder_quantity: Annotated[int, Field(examples=[50])]


class AlertOut(BaseModel):
    """An alert. `available` and `incoming` are as of now, `available_then` when it was raised.

    `store_id` is set where a store's own rule raised it, `location_id` where the stock of one location was counted.
    `told_at` is when it was last told; within 24 hours it is not told again.
    """

    id: Annotated[str, Field(examples=["alr_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    kind: KindName
    status: StatusName
    sku: Sku
    product_id: Annotated[str, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    store_id: Id | None
    location_id: LocationRef | None
    available: Annotated[int, Field(examples=[7])]
    incoming: Annotated[int, Field(examples=[0])]
    available_then: Annotated[int, Field(examples=[9])]
    low: Annotated[int, Field(examples=[10])]
    critical: Annotated[int, Field(examples=[3])]
    reorder: ReorderOut | None
    rule_id: Annotated[str | None, Field(description="Null where no rule counts.")]
    channels: list[ChannelName]
    recipient_ids: list[str]
    raised_at: InstantOut
    told_at: InstantOut | None
    snoozed_until: InstantOut | None
    resolved_at: InstantOut | None
    episodes: Annotated[int, Field(description="How often it has come so far.", examples=[1])]
    version: int

    @classmethod
    def of(cls, shown: ShownAlert) -> "AlertOut":
        """The alert as it is answered."""
        alert, terms = shown.alert, shown.alert.governing.terms
        instants = {name: getattr(alert, name) for name in ("told_at", "snoozed_until", "resolved_at")}
        return cls(
            id=alert.id,
            kind=alert.kind.value,
            status=alert.status.value,
            sku=alert.sku,
            product_id=alert.product_id,
            store_id=store_at(alert.place),
            location_id=location_at(alert.place),
            available=shown.available,
            incoming=shown.incoming,
            available_then=alert.available,
            low=terms.low,
            critical=terms.critical,
            reorder=_reorder(shown),
            rule_id=alert.governing.rule_id,
            channels=[channel.value for channel in terms.channels],
            recipient_ids=list(alert.governing.recipients),
            raised_at=clock.to_text(alert.raised_at),
            **{name: clock.to_text(at) if at else None for name, at in instants.items()},
            episodes=alert.episodes,
            version=alert.version,
        )


def _reorder(shown: ShownAlert) -> ReorderOut | None:
    terms, units = shown.alert.governing.terms, shown.reorder_units
    if units is None or terms.reorder_point is None or terms.reorder_quantity is None:
        return None
    return ReorderOut(quantity=units, reorder_point=terms.reorder_point, reorder_quantity=terms.reorder_quantity)


class AlertTotalsOut(BaseModel):
    """How many alerts of a status there are of each kind. `capped`: of some kind there are more than 1,000."""

    status: StatusName
    low: int
    critical: int
    out: int
    back_in_stock: int
    total: int
    capped: bool

    @classmethod
    def of(cls, totals: Totals, status: StatusName) -> "AlertTotalsOut":
        """The totals as they are answered."""
        counts = {kind.value: count for kind, count in totals.kinds.items()}
        return cls(status=status, **counts, total=sum(counts.values()), capped=totals.capped)
