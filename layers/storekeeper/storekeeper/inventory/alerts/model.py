"""The life of an alert: raised by stock, told once in a day, put aside by the merchant, resolved by stock. Pure.

There is one alert for each SKU, place and kind, which comes and goes again and again. It is told (an event says so, and
whoever shall know is told of it) when things get worse, and at most once in COOLDOWN: what gets worse before that is
shown at once, and told when the time has passed, if it is still so.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from storekeeper.inventory.alerts.rules.model import BY_DEFAULT, SEVERITY, AlertKind, Governing, Place
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.states import move

COOLDOWN = timedelta(hours=24)
MAX_SNOOZE = timedelta(days=365)


class AlertStatus(StrEnum):
    """`open`: it is so, and nobody has put it aside; `resolved`: it is so no more."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"


# What a merchant may make of it. Stock resolves any, and opens those that are resolved.
BY_MERCHANT: Mapping[AlertStatus, Collection[AlertStatus]] = {
    AlertStatus.OPEN: {AlertStatus.SNOOZED, AlertStatus.DISMISSED},
    AlertStatus.SNOOZED: {AlertStatus.OPEN, AlertStatus.SNOOZED, AlertStatus.DISMISSED},
    AlertStatus.DISMISSED: {AlertStatus.OPEN, AlertStatus.SNOOZED},
    AlertStatus.RESOLVED: set(),
}


class AlertUnknown(NotFound):
    """The tenant has no such alert."""

    code = "alert_unknown"


class Alert(Struct, frozen=True):
    """What is said of a SKU at a place, and of which kind.

    `available` is what was there when it was raised, `raised_at`; `told_at` when it was last told, in whatever episode;
    `told`: this episode was. `due_at`: when it wakes, or is to be told.
    """

    id: str
    sku: str
    product_id: str
    place: Place
    kind: AlertKind
    governing: Governing
    status: AlertStatus
    available: int
    raised_at: datetime
    told: bool
    told_at: datetime | None
    due_at: datetime | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    episodes: int
    version: int

    @property
    def is_active(self) -> bool:
        """Whether it is still so."""
        return self.status is not AlertStatus.RESOLVED

    def _next(self, **changes: object) -> "Alert":
        return replace(self, **changes, version=self.version + 1)  # type: ignore[arg-type]

    def opened(self, available: int, governing: Governing, *, worse: bool, at: datetime) -> "Alert":
        """A new episode; it is told if things have got worse."""
        fresh = self._next(
            status=AlertStatus.OPEN,
            available=available,
            governing=governing,
            raised_at=at,
            told=False,
            due_at=None,
            snoozed_until=None,
            resolved_at=None,
            episodes=self.episodes + 1,
        )
        return fresh.telling(at) if worse else fresh

    def telling(self, at: datetime) -> "Alert":
        """The same, told at `at`; or to be told when the cooldown is over."""
        free_at = self.told_at + COOLDOWN if self.told_at else at
        if free_at > at:
            return replace(self, due_at=free_at)
        return replace(self, told=True, told_at=at, due_at=None)

    def resolved(self, at: datetime) -> "Alert":
        """It is so no more, whatever the merchant has said of it."""
        return self._next(status=AlertStatus.RESOLVED, due_at=None, snoozed_until=None, resolved_at=at)

    def governed(self, governing: Governing) -> "Alert":
        """The same under another rule."""
        return self._next(governing=governing)

    def dismissed(self) -> "Alert":
        """Nobody wants to see it until it comes anew; what was still to be told is not.

        Raises:
            WrongState: it is resolved.
        """
        if self.status is AlertStatus.DISMISSED:
            return self
        status = move(self.status, AlertStatus.DISMISSED, BY_MERCHANT)
        return self._next(status=status, due_at=None, snoozed_until=None)

    def snoozed(self, until: datetime, *, now: datetime) -> "Alert":
        """Nobody wants to see it until then.

        Raises:
            Invalid: `until` is past, or too far away.
            WrongState: it is resolved.
        """
        if not now < until <= now + MAX_SNOOZE:
            raise Invalid.field("until", "until_out_of_range", "Send an instant to come, at most 365 days away.")
        status = move(self.status, AlertStatus.SNOOZED, BY_MERCHANT)
        return self._next(status=status, due_at=until, snoozed_until=until)

    def reopened(self) -> "Alert":
        """It is to be seen again. Whoever asks for that need not be told.

        Raises:
            WrongState: it is resolved.
        """
        if self.status is AlertStatus.OPEN:
            return self
        return self._next(status=move(self.status, AlertStatus.OPEN, BY_MERCHANT), due_at=None, snoozed_until=None)

    def at_due(self, now: datetime) -> "Alert":
        """What becomes of it at its time: a snoozed one wakes and is told again, one that waited is told.

        The instant is the one that it was due at, however late somebody looks.
        """
        if self.due_at is None or self.due_at > now:
            return self
        woken = self._next(status=AlertStatus.OPEN, due_at=None, snoozed_until=None)
        return woken.telling(self.due_at)


class Seen(Struct, frozen=True):
    """What was last seen of a SKU at a place. Nothing is kept of a place that is as it should be."""

    kind: AlertKind | None
    is_out: bool
    since: str  # of what counts there: another rule is to be noted on its alerts

    @classmethod
    def of(cls, available: int, governing: Governing | None) -> "Seen | None":
        """What so few units are there; None if they are enough, or nobody wants to know."""
        if governing is None:
            return None
        kind, is_out = governing.terms.kind_of(available), available <= 0
        return cls(kind, is_out, f"{governing.rule_id}:{governing.since}") if kind or is_out else None


class Watch(Struct, frozen=True):
    """What was last seen of a SKU, by place. Its version has whoever looks at the same time decide one by one."""

    sku: str
    places: Mapping[Place, Seen]
    version: int

    def after(self, places: Mapping[Place, Seen | None]) -> "Watch":
        """The watch one look later."""
        together = {**self.places, **places}
        return replace(self, places={place: seen for place, seen in together.items() if seen}, version=self.version + 1)


def unborn(alert_id: str, sku: str, product_id: str, place: Place, kind: AlertKind, at: datetime) -> Alert:
    """An alert before its first episode: nothing is kept of it yet."""
    return Alert(
        id=alert_id,
        sku=sku,
        product_id=product_id,
        place=place,
        kind=kind,
        governing=BY_DEFAULT,
        status=AlertStatus.RESOLVED,
        available=0,
        raised_at=at,
        told=False,
        told_at=None,
        due_at=None,
        snoozed_until=None,
        resolved_at=None,
        episodes=0,
        version=0,
    )


def judge(
    alerts: Mapping[AlertKind, Alert],
    *,
    before: Seen | None,
    now_is: Seen | None,
    available: int,
    governing: Governing | None,
    at: datetime,
) -> tuple[Alert, ...]:
    """The alerts of a place that change when it is seen to be another than before; `alerts` has one of each kind."""
    kind_before = before.kind if before else None
    kind = now_is.kind if now_is else None
    worse = SEVERITY[kind] > SEVERITY[kind_before]
    changed: list[Alert] = []
    for one in (AlertKind.LOW, AlertKind.CRITICAL, AlertKind.OUT):
        alert = alerts[one]
        if one is not kind or governing is None:
            changed += [alert.resolved(at)] if alert.is_active else []
        elif not alert.is_active:
            changed.append(alert.opened(available, governing, worse=worse, at=at))
        elif alert.governing != governing:
            changed.append(alert.governed(governing))
    if before and before.is_out and available > 0 and governing:
        changed += _good_news(alerts[AlertKind.BACK_IN_STOCK], available, governing, at)
    return tuple(changed)


def _good_news(alert: Alert, available: int, governing: Governing, at: datetime) -> list[Alert]:
    """Told, and resolved in the same moment: there is nothing to be done about it. Within the cooldown, nothing."""
    if alert.kind not in governing.terms.kinds:
        return []
    told = alert.opened(available, governing, worse=True, at=at)
    return [replace(told, status=AlertStatus.RESOLVED, resolved_at=at)] if told.told else []
