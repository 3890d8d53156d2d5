"""What becomes of a level whose units are told apart: each change says how many of its units are named after it.

Beside each of these goes a write of every serial, or batch, that is meant: so `named` is their number, in any crash.
"""

from storekeeper.inventory.levels.items import CHANGE, change_values, level_key
from storekeeper.inventory.levels.model import (
    Cause,
    Level,
    MovementType,
    Pick,
    SkuRef,
    adjusted,
    received,
    shipped,
    withdrawn,
)
from storekeeper.inventory.tracking.model import Mode
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.writes import ABSENT, Check, Update

_CHANGE_NAMED = f"{CHANGE}, named = named + :named"


def adjust_tracked(sku: SkuRef, level: Level, quantity: int, *, named: int, cause: Cause) -> Update:
    """The adjustment that was decided on `level` as read; `named` more of its units have names, or (negative) less."""
    return Update(
        level_key(sku, level.location_id),
        _CHANGE_NAMED,
        only_if="version = :version AND tracked = :tracked AND named = :before",
        values=change_values(adjusted(quantity), cause, cause.type)
        | {":version": level.version, ":tracked": level.tracked, ":before": level.named, ":named": named},
    )


def ship_named(sku: SkuRef, pick: Pick, mode: Mode, *, cause: Cause) -> Update:
    """From reserved to gone, each unit by name: movement `sale`."""
    return Update(
        level_key(sku, pick.location_id, pick.bucket),
        _CHANGE_NAMED,
        only_if="reserved >= :units AND tracked = :tracked AND named >= :units",
        values=change_values(shipped(pick.units), cause, MovementType.SALE)
        | {":units": pick.units, ":tracked": mode, ":named": -pick.units},
    )


def receive_named(
    sku: SkuRef, location_id: LocationId, units: int, mode: Mode, *, named: int, of_expected: int, cause: Cause
) -> Update:
    """From on their way to the shelf, so many of the units by name."""
    return Update(
        level_key(sku, location_id),
        _CHANGE_NAMED,
        only_if="incoming >= :expected AND tracked = :tracked",
        values=change_values(received(units, expected=of_expected), cause, cause.type)
        | {":expected": of_expected, ":tracked": mode, ":named": named},
    )


def withdraw_named(sku: SkuRef, level: Level, units: int, *, named: int, cause: Cause) -> Update:
    """From the shelf to gone, of what can be sold; so many of the units go by name, of what `level` was as read."""
    return Update(
        level_key(sku, level.location_id),
        _CHANGE_NAMED,
        only_if="available >= :units AND tracked = :tracked AND on_hand = :there AND named = :before",
        values=change_values(withdrawn(units), cause, cause.type)
        | {":units": units, ":tracked": level.tracked, ":there": level.on_hand}
        | {":before": level.named, ":named": -named},
    )


def name_units(sku: SkuRef, level: Level, units: int) -> Update:
    """Units that lay there without names have some now; the level's figures stay, so this is no version of it."""
    return Update(
        level_key(sku, level.location_id),
        "SET named = named + :named",
        only_if="tracked = :tracked AND on_hand = :on_hand AND named = :before",
        values={":named": units, ":tracked": level.tracked, ":on_hand": level.on_hand, ":before": level.named},
    )


def track_level(sku: SkuRef, level: Level, mode: Mode) -> Update:
    """From now on the level's units are told apart; it must lie in one place, and none may be named yet."""
    return Update(
        level_key(sku, level.location_id),
        "SET tracked = :tracked, named = :none",
        only_if="(attribute_not_exists(layout) OR layout = :layout) AND (attribute_not_exists(named) OR named = :none)",
        values={":tracked": mode, ":none": 0, ":layout": level.layout},
    )


def stop_tracking_level(sku: SkuRef, level: Level) -> Update:
    """The level's units are no longer told apart, as none of them is named."""
    return Update(
        level_key(sku, level.location_id),
        "REMOVE tracked, named",
        only_if="named = :none",
        values={":none": 0},
    )


def no_level(sku: SkuRef, location_id: LocationId) -> Check:
    """The SKU is still not kept there: who makes its level later sees how the SKU is tracked."""
    return Check(level_key(sku, location_id), only_if=ABSENT)
