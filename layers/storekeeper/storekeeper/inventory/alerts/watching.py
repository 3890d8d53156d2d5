"""Looks at a SKU's stock and writes down which of its alerts have come, changed or gone. Repeats do no harm.

Like a SKU's state, what is said is not made of a change but of the levels as they are: so changes may come twice, late
and in any order. The clock is that of the last change of stock or of rules, not of whoever looks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from storekeeper.inventory.alerts import items
from storekeeper.inventory.alerts.model import Alert, Seen, Watch, judge, unborn
from storekeeper.inventory.alerts.rules.model import AlertKind, Governing, Place, location_at
from storekeeper.inventory.alerts.rules.store import KeptRules, SkuRules, read_rule_set, read_sku_rules
from storekeeper.inventory.levels.items import cause_from
from storekeeper.inventory.levels.model import Level, add_up
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.levels.store import find_levels_with
from storekeeper.inventory.states.items import sku_stock_from, sku_stock_key
from storekeeper.kernel.attempts import until_written
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table

MAX_PLACES = 20  # that one transaction writes: the watch, and of each place as many alerts as there are kinds


class _Sight(Struct, frozen=True):
    """A SKU's stock, and what was seen of it before."""

    watch: Watch
    levels: Sequence[Level]
    at: datetime

    def available(self, place: Place) -> int:
        """Units that can be sold there; of a store as of all: its stock is that of everybody."""
        levels = self._levels_at(place)
        return available_units(levels) if location_at(place) is None else sum(level.available for level in levels)

    def seen(self, place: Place, governing: Governing | None) -> Seen | None:
        """What is to be seen there. Where a SKU never was, it is not missing."""
        if not any(map(has_been_there, self._levels_at(place))):
            return None
        return Seen.of(self.available(place), governing)

    def _levels_at(self, place: Place) -> Sequence[Level]:
        return [level for level in self.levels if location_at(place) in (None, level.location_id)]

    def changed(self, rules: SkuRules) -> dict[Place, tuple[Governing | None, Seen | None]]:
        """Places that are not as they were seen, with what counts there and what is seen now."""
        looked = {place: rules.places.get(place) for place in sorted({*rules.places, *self.watch.places})}
        now = {place: (governing, self.seen(place, governing)) for place, governing in looked.items()}
        return {place: both for place, both in now.items() if both[1] != self.watch.places.get(place)}


def has_been_there(level: Level) -> bool:
    """Whether units ever were at a level: its first change may only say that some are on their way."""
    return level.version > 1 or level.on_hand > 0


def watch_sku(
    table: Table,
    sku: str,
    *,
    location_id: LocationId | None = None,
    since: datetime | None = None,
    kept: KeptRules | None = None,
) -> None:
    """See which alerts a SKU's stock gives, where it has levels (and at `location_id`).

    `since` is when something else changed by which they come or go, such as a rule.

    With `kept` rules nothing more is read if nothing has changed by them; what is decided, is by those that count now.

    Raises:
        Contended: its stock kept changing.
    """

    def attempt() -> bool:
        sight = _look(table, sku, location_id, since)
        if sight is None or (kept and not sight.changed(kept.of_sku(table, sku))):
            return True
        rules = read_sku_rules(table, sku, rules=read_rule_set(table))
        changed = sight.changed(rules)
        some = dict(list(changed.items())[:MAX_PLACES])
        if some:
            _write(table, sight, rules.product_id, some)
        return len(some) == len(changed)

    while not until_written(attempt):
        continue


def _look(table: Table, sku: str, location_id: LocationId | None, since: datetime | None) -> _Sight | None:
    """The watch is read before the levels: whoever writes it meanwhile has seen later ones."""
    watch_key, stock_key = items.watch_key(table.tenant_id, sku), sku_stock_key(table.tenant_id, sku)
    known = table.get_many([watch_key, stock_key])
    watch = items.watch_from(known[watch_key]) if watch_key in known else Watch(sku, {}, 0)
    locations = {location_id} if location_id else set()
    if stock_key in known:
        locations.update(sku_stock_from(known[stock_key]).locations)
    levels, found = find_levels_with(table, [sku], locations=sorted(locations), keys=())
    if not levels[sku]:
        return None
    changed_at = max(cause_from(item).at for item in found.values())
    return _Sight(watch, add_up(levels[sku]), max(changed_at, since or changed_at))


def _write(
    table: Table, sight: _Sight, product_id: str, changed: Mapping[Place, tuple[Governing | None, Seen | None]]
) -> None:
    alerts = _alerts(table, sight, product_id, list(changed))
    written: list[Alert] = []
    for place, (governing, now_is) in changed.items():
        written += judge(
            alerts[place],
            before=sight.watch.places.get(place),
            now_is=now_is,
            available=sight.available(place),
            governing=governing,
            at=sight.at,
        )
    watch = sight.watch.after({place: seen for place, (_, seen) in changed.items()})
    table.write(
        items.put_watch(table.tenant_id, watch), *(items.put_alert(table.tenant_id, alert) for alert in written)
    )


def _alerts(
    table: Table, sight: _Sight, product_id: str, places: Sequence[Place]
) -> Mapping[Place, Mapping[AlertKind, Alert]]:
    """Every alert that there can be at these places."""
    sku = sight.watch.sku
    ids = {(place, kind): items.alert_id_of(sku, place, kind) for place in places for kind in AlertKind}
    found = table.get_many(items.alert_key(table.tenant_id, one) for one in ids.values())

    def alert(place: Place, kind: AlertKind) -> Alert:
        key = items.alert_key(table.tenant_id, ids[place, kind])
        if key in found:
            return items.alert_from(found[key])
        return unborn(ids[place, kind], sku, product_id, place, kind, sight.at)

    return {place: {kind: alert(place, kind) for kind in AlertKind} for place in places}
