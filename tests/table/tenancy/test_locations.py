"""Locations against the table: always one default, and none deleted under its stock."""

from datetime import datetime

import pytest

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import Contended, NotFound
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import Location, Store, load_settings, mark_stocked
from storekeeper.tenancy.locations import items
from storekeeper.tenancy.locations.model import LocationInUse, TooManyLocations
from storekeeper.tenancy.locations.use_cases import change_location, create_location, delete_location, find_location
from storekeeper.tenancy.stores.use_cases import change_store


@pytest.fixture
def east(table: Table, now: datetime) -> Location:
    """A second location."""
    return create_location(name="East", address=Address("DE", city="Hamburg", line1="Pier 1"), table=table, now=now)


def test_a_location_is_read_as_it_was_made(table: Table, east: Location) -> None:
    assert find_location(east.id, table=table) == east


def test_another_tenant_sees_no_location(east: Location, other_table: Table) -> None:
    with pytest.raises(NotFound):
        find_location(east.id, table=other_table)


@pytest.mark.guards("storekeeper.tenancy.locations.items.put_location")
def test_a_location_is_never_put_over_another(table: Table, east: Location) -> None:
    with pytest.raises(WriteRefused):
        table.write(items.put_location(table.tenant_id, replace(east, name="Usurper")))

    assert find_location(east.id, table=table).name == "East"


@pytest.mark.guards("storekeeper.tenancy.locations.items.replace_location")
def test_two_new_defaults_at_once_leave_one(
    table: Table, east: Location, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = load_settings(table)
    west = create_location(name="West", address=None, is_default=True, table=table, now=now)
    monkeypatch.setattr("storekeeper.tenancy.locations.use_cases.load_settings", lambda _: stale)

    with pytest.raises(Contended):
        change_location(east.id, changes={"is_default": True}, table=table, now=now)

    defaults = [one.id for one in load_settings(table).locations.values() if one.is_default]
    assert defaults == [west.id]


@pytest.mark.guards("storekeeper.tenancy.locations.items.drop_location")
def test_a_location_that_gets_stock_meanwhile_is_kept(
    table: Table, east: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write(*mark_stocked(table.tenant_id, east))
    monkeypatch.setattr("storekeeper.tenancy.locations.use_cases.find_location", lambda *_, **__: east)

    with pytest.raises(Contended):
        delete_location(east.id, table=table)

    monkeypatch.undo()
    assert find_location(east.id, table=table).stocked
    with pytest.raises(LocationInUse):
        delete_location(east.id, table=table)


@pytest.mark.guards("storekeeper.tenancy.locations.items.mark_stocked")
def test_stock_in_a_location_that_is_gone_is_refused(table: Table, east: Location) -> None:
    delete_location(east.id, table=table)

    with pytest.raises((NotFound, RuntimeError)) as raised:
        table.write(*mark_stocked(table.tenant_id, east))

    assert raised.type is NotFound  # and not DynamoDB's own refusal to count what is not there
    assert table.get(items.location_key(table.tenant_id, east.id)) is None


def test_a_location_is_marked_once(table: Table, east: Location) -> None:
    table.write(*mark_stocked(table.tenant_id, east))

    assert mark_stocked(table.tenant_id, find_location(east.id, table=table)) == ()


def test_a_tenant_has_a_bounded_number_of_locations(
    table: Table, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storekeeper.tenancy.locations.use_cases.MAX_LOCATIONS", 1)

    with pytest.raises(TooManyLocations):
        create_location(name="Second", address=None, table=table, now=now)


def test_a_store_takes_stock_by_its_priority_then_from_the_default(
    table: Table, store: Store, east: Location, now: datetime
) -> None:
    west = create_location(name="West", address=None, table=table, now=now)
    closed = create_location(name="Closed", address=None, table=table, now=now)
    change_location(closed.id, changes={"active": False}, table=table, now=now)
    priority = {"location_priority": (closed.id, west.id)}
    change_store(store.id, changes={}, settings=priority, table=table, now=now)

    settings = load_settings(table)

    assert settings.locations_for(store.id) == (
        settings.location(west.id),
        settings.default_location(),
        settings.location(east.id),
    )
