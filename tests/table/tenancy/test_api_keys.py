"""Keys against the table: what they open, for how long, and that no race locks a tenant out or lets a stranger in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.testing import DataCloud
from storekeeper.kernel.errors import Contended
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.kernel.untenanted import Lookups
from storekeeper.tenancy import ALL_SCOPES, Access, AccessCache
from storekeeper.tenancy.api_keys import items
from storekeeper.tenancy.api_keys.model import ScopeNotHeld
from storekeeper.tenancy.api_keys.use_cases import (
    NewKey,
    change_key,
    create_key,
    find_key,
    issue_key,
    list_keys,
    make_key,
    revoke_key,
)


@pytest.fixture
def key(table: Table, now: datetime) -> NewKey:
    """A key with every scope."""
    return issue_key(name="Till", scopes=ALL_SCOPES, registry=table, now=now)


@pytest.fixture
def other_key(table: Table, now: datetime) -> NewKey:
    """Another one."""
    return issue_key(name="Office", scopes=ALL_SCOPES, registry=table, now=now)


@pytest.fixture
def lookups(wire: Any, cloud: DataCloud) -> Lookups:
    """The way in, before the tenant is known."""
    return Lookups(wire.get_item, cloud.table)


def opened(
    secret: str, table: Table, lookups: Lookups, now: datetime, cache: AccessCache | None = None
) -> Access | None:
    return (cache or AccessCache()).find(secret, lookups=lookups, table_of=lambda _: table, now=now)


def test_a_secret_opens_its_tenant_with_its_scopes(table: Table, key: NewKey, lookups: Lookups, now: datetime) -> None:
    access = opened(key.secret, table, lookups, now)

    assert access == Access(table.tenant_id, key.key.id, frozenset(ALL_SCOPES))


def test_a_guess_opens_nothing(table: Table, key: NewKey, lookups: Lookups, now: datetime) -> None:
    assert opened(key.secret[:-1] + "_", table, lookups, now) is None


def test_a_revoked_secret_opens_nothing_once_the_cache_has_ended(
    table: Table, key: NewKey, other_key: NewKey, lookups: Lookups, now: datetime
) -> None:
    cache = AccessCache()
    opened(key.secret, table, lookups, now, cache)

    revoke_key(key.key.id, by=other_key.key.id, registry=table, now=now)

    assert opened(key.secret, table, lookups, now + timedelta(seconds=29), cache)
    assert opened(key.secret, table, lookups, now + timedelta(seconds=30), cache) is None
    assert opened(key.secret, table, lookups, now) is None


def test_the_tenant_that_is_acted_for_is_the_secret_s(
    key: NewKey, table: Table, lookups: Lookups, now: datetime
) -> None:
    asked: list[TenantId] = []

    def table_of(tenant_id: TenantId) -> Table:
        asked.append(tenant_id)
        return table

    AccessCache().find(key.secret, lookups=lookups, table_of=table_of, now=now)

    assert asked == [table.tenant_id]


def test_the_day_of_use_is_noted_once_a_day(table: Table, key: NewKey, lookups: Lookups, now: datetime) -> None:
    for moment in (now, now + timedelta(hours=1), now + timedelta(days=1)):
        opened(key.secret, table, lookups, moment)
        assert find_key(key.key.id, table=table).last_used_on == moment.date()
    assert find_key(key.key.id, table=table).version == 1


@pytest.mark.guards(
    "storekeeper.tenancy.api_keys.items.note_use",
    clause="(attribute_not_exists(last_used_on) OR last_used_on < :day)",
)
def test_a_slow_clock_does_not_turn_the_day_of_use_back(table: Table, key: NewKey, now: datetime) -> None:
    table.write(items.note_use(table.tenant_id, key.key.id, on=now.date()))

    with pytest.raises(WriteRefused):
        table.write(items.note_use(table.tenant_id, key.key.id, on=now.date() - timedelta(days=1)))

    assert find_key(key.key.id, table=table).last_used_on == now.date()


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.note_use", clause="attribute_exists(pk)")
def test_a_day_of_use_makes_no_key(table: Table, now: datetime) -> None:
    with pytest.raises(WriteRefused):
        table.write(items.note_use(table.tenant_id, "key_nobody", on=now.date()))

    assert table.get(items.api_key_key(table.tenant_id, "key_nobody")) is None


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.put_key")
def test_a_key_is_never_put_over_another(table: Table, key: NewKey) -> None:
    with pytest.raises(WriteRefused):
        table.write(items.put_key(table.tenant_id, replace(key.key, name="Usurper")))

    assert find_key(key.key.id, table=table).name == "Till"


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.put_secret")
def test_a_secret_never_comes_to_lead_elsewhere(table: Table, key: NewKey, other_table: Table) -> None:
    with pytest.raises(WriteRefused):
        other_table.write(items.put_secret(other_table.tenant_id, key.key))

    found = table.get(items.secret_key(key.key.secret_hash))
    assert found is not None
    assert found["tenant_id"] == table.tenant_id


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.drop_secret")
def test_only_its_own_key_takes_a_secret_away(table: Table, key: NewKey, other_key: NewKey) -> None:
    with pytest.raises(WriteRefused):
        table.write(items.drop_secret(replace(other_key.key, secret_hash=key.key.secret_hash)))

    assert table.get(items.secret_key(key.key.secret_hash)) is not None


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.change_key")
def test_a_change_made_from_a_stale_key_writes_nothing(table: Table, key: NewKey, other_key: NewKey) -> None:
    change_key(key.key.id, scopes=["orders:read"], by=other_key.key.id, table=table)

    with pytest.raises(WriteRefused):
        table.write(items.change_key(table.tenant_id, replace(key.key, name="Stale", version=2)))

    assert find_key(key.key.id, table=table).scopes == {"orders:read"}


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.revoke_key")
def test_a_revocation_decided_from_a_stale_key_writes_nothing(
    table: Table, key: NewKey, other_key: NewKey, now: datetime
) -> None:
    change_key(key.key.id, name="Kept", by=other_key.key.id, table=table)

    with pytest.raises(WriteRefused):
        table.write(items.revoke_key(table.tenant_id, replace(key.key, revoked_at=now, version=2), at=now))

    assert find_key(key.key.id, table=table).is_active


@pytest.mark.guards("storekeeper.tenancy.api_keys.items.still_as_read")
def test_of_two_keys_that_revoke_each_other_one_remains(
    table: Table, key: NewKey, other_key: NewKey, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read each other as active; the second one's write must see that it is revoked itself."""
    stale = {key.key.id: key.key, other_key.key.id: other_key.key}
    revoke_key(key.key.id, by=other_key.key.id, registry=table, now=now)
    monkeypatch.setattr("storekeeper.tenancy.api_keys.use_cases.find_key", lambda key_id, **_: stale[key_id])

    with pytest.raises(Contended):
        revoke_key(other_key.key.id, by=key.key.id, registry=table, now=now)

    monkeypatch.undo()
    assert find_key(other_key.key.id, table=table).is_active


def test_a_revoked_key_cannot_make_another(table: Table, key: NewKey, other_key: NewKey, now: datetime) -> None:
    revoke_key(key.key.id, by=other_key.key.id, registry=table, now=now)

    with pytest.raises(ScopeNotHeld):
        create_key(name="Afterlife", scopes=["orders:read"], by=key.key.id, registry=table, now=now)

    listed = list_keys(status=None, after=None, limit=50, table=table).entries
    assert "Afterlife" not in {one.name for one in listed}


def test_keys_are_listed_past_what_one_read_holds(table: Table, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storekeeper.tenancy.api_keys.use_cases.MAX_READ", 2)
    for number in range(5):
        issue_key(name=f"Till {number}", scopes=["orders:read"], registry=table, now=now)

    first = list_keys(status="active", after=None, limit=4, table=table)
    second = list_keys(status="active", after=first.next_position, limit=4, table=table)

    names = [key.name for key in (*first.entries, *second.entries)]
    assert sorted(names) == ["First key", *(f"Till {number}" for number in range(5))]
    assert (len(first.entries), second.next_position) == (4, None)


def test_a_secret_cannot_be_read_from_a_key() -> None:
    made = make_key(name="Till", scopes=["orders:read"], now=datetime(2026, 11, 20))  # noqa: DTZ001

    assert made.secret not in repr(made.key)
    assert len(made.secret) > 40
