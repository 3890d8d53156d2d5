"""Stock: how much of each SKU is where, who has reserved it, and how it came to be so.

- level: stock of one SKU at one location: on_hand, reserved, available = on_hand - reserved - safety_stock, incoming
- bucket: a part of a level, used when one SKU is hot; most levels have one
- spread: how many buckets a level shall have
- lease: units of a hot SKU, lent by a bucket, that one environment alone sells from
- pick: units of a SKU from one level, given to a hold or an order
- hold: reserved units that belong to a cart, with an end
- cause: why a level changed, by whose doing and at whose order; travels with every change
- movement: one change of one level: the ledger's row, derived from the level's versions
- adjustment: a merchant says what is found on the shelf, or missing from it
- transfer: units that go from one location to another; it owns them until they have come (see `transfers`)
- supplier: whom a merchant buys from; a supplier SKU is a SKU of ours there, with its cost
- purchase order: units ordered of a supplier; a receipt says what came of it, at which cost
- kit: a SKU whose stock is that of its components
- demand: units by SKU that must come from shelves, kits taken apart
- cost: what units have cost, replayed from the ledger
- state: ok, low, critical or out, by the units that can still be sold
- status: how a store stands with what it lists, and what it makes of what is sold out
- feed: movements in the order in which they are told to those who listen; see `live`
- report: what stock is worth, how it moves and ages, as of an instant; a snapshot is that of a day (see `reports`)
- serial, batch: by what the units of a tracked SKU are told apart; a unit is named once it is known which one it is
- alert: that a SKU is low, critical or out by the merchant's rules, as it is told; see `alerts`
"""

from storekeeper.inventory.buckets.items import DUE_KIND as SPREAD_DUE_KIND
from storekeeper.inventory.buckets.model import MAX_BUCKETS
from storekeeper.inventory.buckets.store import levels_together
from storekeeper.inventory.buckets.use_cases import look_after_spread, report_conflicts, spread_level
from storekeeper.inventory.errors import (
    HoldTooLarge,
    LevelUnknown,
    LocationUnknown,
    OutOfStock,
    Shortage,
    SkuIsKit,
    SkuUnknown,
    StockContended,
    StockMissing,
    StockReserved,
)
from storekeeper.inventory.holds.items import DUE_KIND as HOLD_DUE_KIND
from storekeeper.inventory.holds.items import drop_hold, hold_from, hold_key, release_hold_writes, renew_hold
from storekeeper.inventory.holds.model import Hold, difference, plan_hold
from storekeeper.inventory.holds.use_cases import (
    place_or_renew_hold,
    release_expired_hold,
    release_expired_holds_of,
    release_hold,
)
from storekeeper.inventory.kits.model import MAX_QUANTITY as MAX_COMPONENT_UNITS
from storekeeper.inventory.kits.model import Asked, demand_of, kits_in, told_shortages
from storekeeper.inventory.kits.store import products_of_kits
from storekeeper.inventory.leases.held import Leases
from storekeeper.inventory.leases.store import find_levels_for_sale, levels_for_sale
from storekeeper.inventory.leases.use_cases import lease_units
from storekeeper.inventory.levels.items import (
    is_level,
    level_key,
    level_keys,
    release_units,
    return_units,
    ship_units,
    take_units,
)
from storekeeper.inventory.levels.model import (
    Cause,
    Level,
    MovementType,
    Pick,
    SkuPick,
    SkuRef,
    StockState,
    add_up,
)
from storekeeper.inventory.levels.plans import SCALE, available_units, plan_demand, plan_picks, sum_picks
from storekeeper.inventory.levels.store import find_levels, find_levels_with
from storekeeper.inventory.reconciliation.owners import OwnedPick
from storekeeper.inventory.states.use_cases import StateCorrection, correct_states, rebuild_states
from storekeeper.inventory.status.deriving import Correction, recount, refresh_listed_stock
from storekeeper.inventory.status.items import SHARDS as STATUS_SHARDS
from storekeeper.inventory.status.model import Availability, ListedStock, Tally, availability_of, is_hidden
from storekeeper.inventory.status.projection import open_locations
from storekeeper.inventory.status.store import rows_known
from storekeeper.inventory.tracking.model import BatchUnits, Mode, Names, TooManyNamed
from storekeeper.inventory.tracking.serials.model import Serial
from storekeeper.inventory.tracking.serials.reserving import freeing_writes, reserving_writes, still_put_aside
from storekeeper.inventory.tracking.shipping import Shipping, shipping_writes, with_modes
from storekeeper.inventory.tracking.store import tracked_among

__all__ = [
    "HOLD_DUE_KIND",
    "MAX_BUCKETS",
    "MAX_COMPONENT_UNITS",
    "SCALE",
    "SPREAD_DUE_KIND",
    "STATUS_SHARDS",
    "Asked",
    "Availability",
    "BatchUnits",
    "Cause",
    "Correction",
    "Hold",
    "HoldTooLarge",
    "Leases",
    "Level",
    "LevelUnknown",
    "ListedStock",
    "LocationUnknown",
    "Mode",
    "MovementType",
    "Names",
    "OutOfStock",
    "OwnedPick",
    "Pick",
    "Serial",
    "Shipping",
    "Shortage",
    "SkuIsKit",
    "SkuPick",
    "SkuRef",
    "SkuUnknown",
    "StateCorrection",
    "StockContended",
    "StockMissing",
    "StockReserved",
    "StockState",
    "Tally",
    "TooManyNamed",
    "add_up",
    "availability_of",
    "available_units",
    "correct_states",
    "demand_of",
    "difference",
    "drop_hold",
    "find_levels",
    "find_levels_for_sale",
    "find_levels_with",
    "freeing_writes",
    "hold_from",
    "hold_key",
    "is_hidden",
    "is_level",
    "kits_in",
    "lease_units",
    "level_key",
    "level_keys",
    "levels_for_sale",
    "levels_together",
    "look_after_spread",
    "open_locations",
    "place_or_renew_hold",
    "plan_demand",
    "plan_hold",
    "plan_picks",
    "products_of_kits",
    "rebuild_states",
    "recount",
    "refresh_listed_stock",
    "release_expired_hold",
    "release_expired_holds_of",
    "release_hold",
    "release_hold_writes",
    "release_units",
    "renew_hold",
    "report_conflicts",
    "reserving_writes",
    "return_units",
    "rows_known",
    "ship_units",
    "shipping_writes",
    "spread_level",
    "still_put_aside",
    "sum_picks",
    "take_units",
    "told_shortages",
    "tracked_among",
    "with_modes",
]
