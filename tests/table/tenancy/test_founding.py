"""How a tenant comes to be."""

from datetime import datetime

import pytest

from local.testing import DataCloud
from storekeeper.kernel.money import Currency
from storekeeper.kernel.table import Table
from storekeeper.tenancy import SealerCache, create_tenant, load_settings


def test_a_tenant_is_founded_with_a_default_location(table: Table) -> None:
    settings = load_settings(table)

    assert settings.tenant.id == table.tenant_id
    assert (settings.tenant.name, settings.tenant.plan, settings.tenant.currency) == (
        "Harbour",
        "premium",
        Currency.of("USD"),
    )
    assert settings.default_location().name == "Main location"


@pytest.mark.guards("storekeeper.tenancy.tenants.items.put_tenant")
@pytest.mark.guards("storekeeper.tenancy.data_keys.put_data_key")
def test_a_repeat_founds_nothing_new(table: Table, cloud: DataCloud, now: datetime) -> None:
    before = load_settings(table)
    sealed = SealerCache(cloud.data_key_arn).of(table).seal("ada@example.com", purpose="test")

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
    assert SealerCache(cloud.data_key_arn).of(table).open(sealed, purpose="test") == "ada@example.com"
