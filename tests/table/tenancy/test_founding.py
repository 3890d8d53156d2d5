"""How a tenant comes to be, and changes."""

from datetime import datetime

import pytest

from local.testing import DataCloud
from storekeeper.kernel.errors import NotFound, StaleVersion
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.money import Currency
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.tenancy import SealerCache, SettingsCache, bump_settings, load_settings, settings_key
from storekeeper.tenancy.data_keys import put_data_key
from storekeeper.tenancy.settings import MAX_AGE_S, MAX_TENANTS
from storekeeper.tenancy.tenants.founding import create_tenant
from storekeeper.tenancy.tenants.items import bump_settings_if_unchanged, put_tenant
from storekeeper.tenancy.tenants.items import change_tenant as changed_item
from storekeeper.tenancy.tenants.use_cases import change_tenant, find_tenant
from tests.emulated import MakeTenant


def test_a_tenant_is_founded_with_a_default_location(table: Table) -> None:
    settings = load_settings(table)

    assert settings.tenant.id == table.tenant_id
    assert (settings.tenant.name, settings.tenant.plan) == ("Harbour", "premium")
    assert settings.tenant.currency == Currency.of("USD")
    assert settings.default_location().name == "Main location"


def test_a_repeat_founds_nothing_new(table: Table, cloud: DataCloud, now: datetime) -> None:
    before = load_settings(table)

    repeated = create_tenant(
        name="Usurper",
        plan="free",
        currency=Currency.of("EUR"),
        data_key_arn=cloud.data_key_arn,
        registry=table,
        now=now,
    )

    assert repeated.secret is None
    assert repeated.tenant.name == "Harbour"
    assert load_settings(table) == before


@pytest.mark.guards("storekeeper.tenancy.tenants.items.put_tenant")
def test_a_tenant_is_never_put_over_another(table: Table) -> None:
    tenant = find_tenant(table)

    with pytest.raises(WriteRefused):
        table.write(put_tenant(replace(tenant, name="Usurper")))

    assert find_tenant(table) == tenant


@pytest.mark.guards("storekeeper.tenancy.data_keys.put_data_key")
def test_a_data_key_is_never_replaced(table: Table, cloud: DataCloud) -> None:
    """What was sealed under the old one could never be opened again."""
    sealed = SealerCache(cloud.data_key_arn).of(table).seal("ada@example.com", purpose="test")

    with pytest.raises(WriteRefused):
        table.write(put_data_key(table.tenant_id, data_key_arn=cloud.data_key_arn))

    assert SealerCache(cloud.data_key_arn).of(table).open(sealed, purpose="test") == "ada@example.com"


def test_a_data_key_that_is_not_wrapped_is_refused_where_kms_is_configured(table: Table, cloud: DataCloud) -> None:
    stranger = Table(table._wire, cloud.table, tenant_id=TenantId("ten_unwrapped"), trace=table.trace)
    stranger.write(put_data_key(stranger.tenant_id, data_key_arn=""))

    SealerCache("").of(stranger)
    with pytest.raises(RuntimeError, match="KMS has not wrapped"):
        SealerCache(cloud.data_key_arn).of(stranger)


@pytest.mark.guards("storekeeper.tenancy.tenants.items.change_tenant")
def test_a_change_made_from_a_stale_tenant_writes_nothing(table: Table, now: datetime) -> None:
    stale = find_tenant(table)
    change_tenant(name="Second", table=table, now=now)

    with pytest.raises(WriteRefused):
        table.write(changed_item(replace(stale, name="Stale", version=stale.version + 1)))

    assert find_tenant(table).name == "Second"


def test_a_change_counts_both_versions_up(table: Table, now: datetime) -> None:
    before = find_tenant(table)

    changed = change_tenant(cart_events=True, table=table, now=now)

    assert changed == find_tenant(table)
    assert (changed.name, changed.cart_events) == ("Harbour", True)
    assert (changed.version, changed.settings_version) == (before.version + 1, before.settings_version + 1)


def test_a_change_from_another_version_than_the_expected_is_refused(table: Table, now: datetime) -> None:
    def expects(_: int) -> None:
        raise StaleVersion("no")

    with pytest.raises(StaleVersion):
        change_tenant(name="New", table=table, now=now, expects=expects)

    assert find_tenant(table).name == "Harbour"


@pytest.mark.guards("storekeeper.tenancy.tenants.items.bump_settings")
def test_settings_of_a_tenant_that_is_not_there_have_no_version(table: Table, cloud: DataCloud) -> None:
    nobody = Table(table._wire, cloud.table, tenant_id=TenantId("ten_nobody"), trace=table.trace)

    with pytest.raises((NotFound, RuntimeError)) as raised:
        nobody.write(bump_settings(nobody.tenant_id))

    assert raised.type is NotFound  # and not DynamoDB's own refusal to count what is not there
    assert nobody.get(settings_key(nobody.tenant_id)) is None


@pytest.mark.guards("storekeeper.tenancy.tenants.items.bump_settings_if_unchanged")
def test_a_decision_from_stale_settings_writes_nothing(table: Table) -> None:
    stale = load_settings(table)
    table.write(bump_settings(table.tenant_id))

    with pytest.raises(WriteRefused):
        table.write(bump_settings_if_unchanged(table.tenant_id, version=stale.version))

    assert load_settings(table).version == stale.version + 1


def test_cached_settings_are_read_again_only_after_a_change(table: Table, now: datetime) -> None:
    cache = SettingsCache()
    first = cache.fresh(table)

    same = cache.fresh(table)
    change_tenant(name="New", table=table, now=now)
    fresh = cache.fresh(table)

    assert same is first
    assert (first.tenant.name, fresh.tenant.name) == ("Harbour", "New")


def test_settings_loaded_across_a_change_are_read_again_by_who_knows_of_it(table: Table) -> None:
    cache = SettingsCache()
    before = load_settings(table).version
    table.write(bump_settings(table.tenant_id))

    across = cache.at(table, version=before)
    after = cache.at(table, version=before + 1)

    assert after is not across
    assert after.version == before + 1


def test_settings_are_read_again_after_a_minute_even_if_nothing_is_known_to_have_changed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = SettingsCache()
    first = cache.fresh(table)
    later = table.monotonic() + MAX_AGE_S + 1

    monkeypatch.setattr(table, "monotonic", lambda: later)

    assert cache.fresh(table) is not first


def test_settings_of_another_tenant_are_never_given(table: Table, other_table: Table) -> None:
    cache = SettingsCache()
    own = cache.fresh(table)

    other = cache.at(other_table, version=own.version)

    assert (own.tenant.id, other.tenant.id) == (table.tenant_id, other_table.tenant_id)
    assert not own.locations.keys() & other.locations.keys()


def test_an_environment_keeps_the_settings_of_a_bounded_number_of_tenants(
    table: Table, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_TENANTS == 200
    monkeypatch.setattr("storekeeper.tenancy.settings.MAX_TENANTS", 1)
    cache = SettingsCache()
    first = cache.fresh(table)

    cache.fresh(make_tenant())

    assert cache.fresh(table) is not first
