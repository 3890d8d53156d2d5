"""Stores, their domains and order numbers against the table."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.kernel.errors import Contended, NotFound
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.untenanted import Lookups
from storekeeper.tenancy import (
    HostCache,
    HostRef,
    NumberLease,
    Store,
    StoreStatus,
    StoreUnavailable,
    bump_settings,
    load_settings,
    mark_used,
)
from storekeeper.tenancy.hosts import claim_host, free_host, host_key
from storekeeper.tenancy.numbers import BLOCK, GROWTH, MOST, first_lease, further_lease, numbers_key
from storekeeper.tenancy.settings import Settings
from storekeeper.tenancy.stores import items
from storekeeper.tenancy.stores.domains import add_domain, remove_domain
from storekeeper.tenancy.stores.model import DomainTaken, StoreInUse, TooManyDomains
from storekeeper.tenancy.stores.use_cases import change_store, create_store, delete_store
from tests.emulated import MakeStore


@pytest.fixture
def lookups(wire: Any, cloud: DataCloud) -> Lookups:
    """The way in, before the tenant is known."""
    return Lookups(wire.get_item, cloud.table)


@pytest.fixture
def draft(table: Table, now: datetime) -> Store:
    """A store that nobody has used."""
    return create_store(
        name="Draft", looks={"language": "en", "time_zone": "UTC"}, settings={}, registry=table, now=now
    )


def stored(table: Table, store: Store) -> Store:
    return load_settings(table).store(store.id)


def test_a_store_is_read_as_it_was_made(table: Table, store: Store) -> None:
    assert stored(table, store) == store


def test_another_tenant_sees_no_store(store: Store, other_table: Table) -> None:
    with pytest.raises(NotFound):
        load_settings(other_table).store(store.id)


def test_shoppers_reach_only_an_active_store(table: Table, store: Store, now: datetime) -> None:
    assert load_settings(table).open_store(store.id) == store

    change_store(store.id, changes={"status": StoreStatus.INACTIVE}, settings={}, table=table, now=now)

    with pytest.raises(StoreUnavailable):
        load_settings(table).open_store(store.id)


@pytest.mark.guards("storekeeper.tenancy.stores.items.put_store")
def test_a_store_is_never_put_over_another(table: Table, store: Store) -> None:
    with pytest.raises(WriteRefused):
        table.write(items.put_store(replace(store, name="Usurper")))

    assert stored(table, store).name == "Harbour"


@pytest.mark.guards("storekeeper.tenancy.stores.items.replace_store")
def test_a_change_made_from_a_stale_store_writes_nothing(table: Table, store: Store, now: datetime) -> None:
    change_store(store.id, changes={"name": "Second"}, settings={}, table=table, now=now)

    with pytest.raises(WriteRefused):
        table.write(items.replace_store(replace(store, name="Stale", version=store.version + 1)))

    assert stored(table, store).name == "Second"


def test_a_lost_race_is_applied_again_to_what_is_there_now(
    table: Table, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = [load_settings(table)]
    change_store(store.id, changes={"name": "Second"}, settings={}, table=table, now=now)
    monkeypatch.setattr(
        "storekeeper.tenancy.stores.use_cases.load_settings", lambda t: stale.pop() if stale else load_settings(t)
    )

    changed = change_store(store.id, changes={"description": "Lamps"}, settings={}, table=table, now=now)

    assert (changed.name, changed.description, changed.version) == ("Second", "Lamps", 3)


@pytest.mark.guards("storekeeper.tenancy.stores.items.drop_store")
def test_a_deletion_decided_from_a_stale_store_deletes_nothing(table: Table, draft: Store, now: datetime) -> None:
    change_store(draft.id, changes={"name": "Wanted"}, settings={}, table=table, now=now)

    with pytest.raises(WriteRefused):
        table.write(items.drop_store(draft))

    assert stored(table, draft).name == "Wanted"


def test_a_store_that_gets_a_listing_meanwhile_is_kept(
    table: Table, draft: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = load_settings(table)
    table.write(*mark_used(draft))
    monkeypatch.setattr("storekeeper.tenancy.stores.use_cases.load_settings", lambda _: stale)

    with pytest.raises(Contended):
        delete_store(draft.id, registry=table)

    assert stored(table, draft).used
    monkeypatch.undo()
    with pytest.raises(StoreInUse):
        delete_store(draft.id, registry=table)


def test_a_store_with_settings_of_others_is_kept(table: Table, draft: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(table)
    rows = {f"STORE#{draft.id}#TAX#tax_1": {"type": "tax_rate"}}
    with_rows: Settings = replace(settings, rows=rows)
    monkeypatch.setattr("storekeeper.tenancy.stores.use_cases.load_settings", lambda _: with_rows)

    with pytest.raises(StoreInUse):
        delete_store(draft.id, registry=table)

    assert stored(table, draft) == draft


@pytest.mark.guards("storekeeper.tenancy.stores.items.mark_used")
def test_a_listing_in_a_store_that_is_gone_is_refused(table: Table, draft: Store) -> None:
    delete_store(draft.id, registry=table)

    with pytest.raises((NotFound, RuntimeError)) as raised:
        table.write(*mark_used(draft))

    assert raised.type is NotFound  # and not DynamoDB's own refusal to count what is not there
    assert table.get(items.store_key(table.tenant_id, draft.id)) is None


def test_a_store_is_marked_once(table: Table, draft: Store) -> None:
    table.write(*mark_used(draft))

    assert mark_used(stored(table, draft)) == ()


def test_a_domain_leads_to_its_store(table: Table, store: Store, lookups: Lookups, now: datetime) -> None:
    found = HostCache().find(store.domains[0].upper(), lookups=lookups, now=now)

    assert found == HostRef(table.tenant_id, store.id)


def test_a_domain_that_was_removed_leads_nowhere_after_30_seconds(
    table: Table, store: Store, lookups: Lookups, now: datetime
) -> None:
    cache, host = HostCache(), store.domains[0]
    cache.find(host, lookups=lookups, now=now)

    changed = remove_domain(store.id, host, registry=table, now=now)

    assert (changed.domains, changed.default_domain) == ((), None)
    assert cache.find(host, lookups=lookups, now=now + timedelta(seconds=29))
    assert cache.find(host, lookups=lookups, now=now + timedelta(seconds=30)) is None


def test_a_new_domain_is_found_after_2_seconds(table: Table, store: Store, lookups: Lookups, now: datetime) -> None:
    cache, host = HostCache(), f"new-{store.domains[0]}"
    assert cache.find(host, lookups=lookups, now=now) is None

    add_domain(store.id, host, is_default=True, registry=table, now=now)

    assert cache.find(host, lookups=lookups, now=now + timedelta(seconds=1)) is None
    assert cache.find(host, lookups=lookups, now=now + timedelta(seconds=2)) == HostRef(table.tenant_id, store.id)
    assert stored(table, store).default_domain == host


@pytest.mark.guards("storekeeper.tenancy.hosts.claim_host")
def test_a_host_is_never_taken_from_its_store(
    store: Store, other_table: Table, make_store: MakeStore, table: Table
) -> None:
    rival = make_store(table=other_table)

    with pytest.raises(DomainTaken):
        add_domain(rival.id, store.domains[0], is_default=False, registry=other_table, now=store.created_at)
    with pytest.raises(DomainTaken):
        other_table.write(claim_host(store.domains[0], HostRef(other_table.tenant_id, rival.id)))

    assert stored(other_table, rival) == rival
    found = table.get(host_key(store.domains[0]))
    assert found is not None
    assert (found["tenant_id"], found["store_id"]) == (table.tenant_id, store.id)


@pytest.mark.guards("storekeeper.tenancy.hosts.free_host", clause="tenant_id = :tenant_id")
@pytest.mark.guards("storekeeper.tenancy.hosts.free_host", clause="store_id = :store_id")
def test_a_host_is_freed_by_its_own_store_only(store: Store, table: Table, other_table: Table) -> None:
    foreign = HostRef(other_table.tenant_id, store.id)
    neighbor = HostRef(table.tenant_id, StoreId("sto_neighbor"))

    for ref in (foreign, neighbor):
        with pytest.raises(WriteRefused):
            table.write(free_host(store.domains[0], ref))

    assert table.get(host_key(store.domains[0])) is not None


def test_a_store_has_a_bounded_number_of_domains(
    table: Table, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storekeeper.tenancy.stores.domains.MAX_DOMAINS", 1)

    with pytest.raises(TooManyDomains):
        add_domain(store.id, f"more-{store.domains[0]}", is_default=False, registry=table, now=now)


def test_numbers_begin_at_1001_and_count_up(table: Table, store: Store) -> None:
    lease = NumberLease()

    numbers = [lease.next_number(table, store.id, "HB-") for _ in range(25)]

    assert numbers == [f"HB-{number}" for number in range(1001, 1026)]


def test_environments_never_share_a_number(table: Table, store: Store, make_store: MakeStore) -> None:
    one, two = NumberLease(), NumberLease()

    numbers = [lease.next_number(table, store.id, "") for _ in range(30) for lease in (one, two)]

    assert len(set(numbers)) == 60
    assert NumberLease().next_number(table, make_store().id, "") == "1001"


def test_who_comes_back_soon_is_given_more_numbers_at_once(table: Table, store: Store) -> None:
    lease, key = NumberLease(), numbers_key(table.tenant_id, store.id)
    seen: list[int] = []
    for _ in range(3):
        for _ in range(20 if not seen else seen[-1]):
            lease.next_number(table, store.id, "")
        before = table.get(key)
        lease.next_number(table, store.id, "")
        after = table.get(key)
        assert before is not None
        assert after is not None
        seen.append(after["free_from"] - before["free_from"] - 1)

    assert 40 <= seen[0] + 1 <= GROWTH * BLOCK
    assert seen[0] < seen[1] <= MOST
    assert MOST // 2 <= seen[2] + 1 <= MOST


@pytest.mark.guards("storekeeper.tenancy.numbers.first_lease")
def test_a_first_block_is_leased_once(table: Table, store: Store) -> None:
    key = numbers_key(table.tenant_id, store.id)
    NumberLease().next_number(table, store.id, "")
    NumberLease().next_number(table, store.id, "")

    with pytest.raises(WriteRefused):
        table.write(first_lease(key, many=20))

    item = table.get(key)
    assert item is not None
    assert item["free_from"] == 1041


@pytest.mark.guards("storekeeper.tenancy.numbers.further_lease")
def test_a_block_is_leased_once(table: Table, store: Store) -> None:
    key = numbers_key(table.tenant_id, store.id)
    NumberLease().next_number(table, store.id, "")
    table.write(further_lease(key, free_from=1021, many=20))

    with pytest.raises(WriteRefused):
        table.write(further_lease(key, free_from=1021, many=20))

    item = table.get(key)
    assert item is not None
    assert item["free_from"] == 1041


def test_settings_that_change_meanwhile_do_not_stop_a_deletion_for_good(table: Table, draft: Store) -> None:
    table.write(bump_settings(table.tenant_id))

    delete_store(draft.id, registry=table)

    with pytest.raises(NotFound):
        stored(table, draft)
