"""A shelf whose units are told apart."""

from typing import Any

from storekeeper.inventory import BatchUnits, Level, Mode, Names, SkuRef
from storekeeper.inventory.tracking.model import Place
from storekeeper.inventory.tracking.serials.model import Serial
from storekeeper.inventory.tracking.serials.store import find_serials
from storekeeper.inventory.tracking.use_cases import Tracking, name_stock, track
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf

LAMP = "LAMP"


def lamp(shelf: Shelf) -> SkuRef:
    return SkuRef(shelf.table.tenant_id, LAMP)


def serials(*numbers: str) -> Names:
    return Names(numbers)


def batch(number: str, units: int, **said: Any) -> Names:
    return Names((), (BatchUnits(number, units, **said),))


def track_lamps(shelf: Shelf, mode: Mode | None = Mode.SERIAL, **options: Any) -> Tracking:
    return track(shelf.table, LAMP, mode, settings=load_settings(shelf.table), **options)


def name(shelf: Shelf, names: Names, *, location: int = 0) -> Level:
    return name_stock(shelf.table, Place(LAMP, shelf.locations[location]), names, now=shelf.now)


def serial(shelf: Shelf, number: str) -> Serial:
    return find_serials(shelf.table, LAMP, [number])[number]


def statuses(shelf: Shelf, *numbers: str) -> list[str]:
    found = find_serials(shelf.table, LAMP, numbers)
    return [found[number].status.value if number in found else "unknown" for number in numbers]
