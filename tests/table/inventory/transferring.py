"""The few verbs by which tests move units from the first shelf to the second."""

from typing import Any

from storekeeper.inventory.transfers.drafting import Draft, create_transfer
from storekeeper.inventory.transfers.model import Arrival, Transfer, new_lines
from storekeeper.inventory.transfers.use_cases import dispatch_transfer, receive_transfer
from storekeeper.tenancy import load_settings
from tests.table.inventory.conftest import Shelf


def a_draft(shelf: Shelf, units: int = 5, **more: int) -> Transfer:
    wanted = new_lines([("LAMP", units), *more.items()])
    draft = Draft(shelf.locations[0], shelf.locations[1], wanted)
    return create_transfer(shelf.table, draft, settings=load_settings(shelf.table), now=shelf.now)


def dispatch(shelf: Shelf, transfer: Transfer, **options: Any) -> Transfer:
    return dispatch_transfer(shelf.table, transfer.id, settings=load_settings(shelf.table), now=shelf.now, **options)


def sent(shelf: Shelf, units: int = 5) -> Transfer:
    """A transfer of LAMP that is on its way; two units stay at the source."""
    shelf.adjust(units + 2)
    return dispatch(shelf, a_draft(shelf, units))


def receive(shelf: Shelf, transfer: Transfer, *said: Arrival, **options: Any) -> Transfer:
    return receive_transfer(shelf.table, transfer.id, said or None, now=shelf.now, **options)


def ends(shelf: Shelf, sku: str = "LAMP") -> list[tuple[int, int]]:
    """on_hand and incoming at the source and at the target."""
    return [(level.on_hand, level.incoming) for level in shelf.levels(sku)]
