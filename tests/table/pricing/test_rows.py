"""Shipping methods and tax rates in the table, against emulated DynamoDB."""

from datetime import datetime

import pytest

from storekeeper.kernel.errors import Contended, NotFound, StaleVersion
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table, WriteRefused
from storekeeper.pricing import (
    SHIPPING_METHODS,
    TAX_RATES,
    TaxRate,
    TaxTerms,
    change_row,
    create_row,
    delete_row,
    find_row,
    rows_of,
)
from storekeeper.pricing.rows.items import change_row_write, create_row_write, delete_row_write
from storekeeper.pricing.taxes.model import TooManyTaxRates
from storekeeper.tenancy import SettingsCache, Store, bump_settings, load_settings
from tests.emulated import MakeStore
from tests.table.carts.shop import ship_by, tax_at

VAT = TaxTerms("VAT", "DE", 190_000)


@pytest.fixture
def rate(table: Table, store: Store, now: datetime) -> TaxRate:
    return create_row(TAX_RATES, store.id, lambda _: VAT, table=table, now=now)


def test_a_row_is_found_as_it_was_made(table: Table, store: Store, rate: TaxRate) -> None:
    method = ship_by(table, store, min_days=2, max_days=4)

    assert find_row(TAX_RATES, store.id, rate.id, table=table) == rate
    assert find_row(SHIPPING_METHODS, store.id, method.id, table=table) == method


def test_settings_bring_each_store_its_own_rows(
    table: Table, store: Store, make_store: MakeStore, rate: TaxRate
) -> None:
    other = make_store(name="Other")
    tax_at(table, other, 70_000)

    settings = load_settings(table)

    assert rows_of(TAX_RATES, settings, store.id) == (rate,)
    assert [row.terms.rate_ppm for row in rows_of(TAX_RATES, settings, other.id)] == [70_000]
    assert rows_of(SHIPPING_METHODS, settings, store.id) == ()


def test_every_write_makes_kept_settings_stale(table: Table, store: Store, now: datetime) -> None:
    cache = SettingsCache()
    versions = [cache.fresh(table).version]

    rate = create_row(TAX_RATES, store.id, lambda _: VAT, table=table, now=now)
    versions.append(cache.fresh(table).version)
    change_row(TAX_RATES, store.id, rate.id, lambda row: replace(row.terms, name="USt"), table=table, now=now)
    versions.append(cache.fresh(table).version)
    assert [row.terms.name for row in rows_of(TAX_RATES, cache.fresh(table), store.id)] == ["USt"]
    delete_row(TAX_RATES, store.id, rate.id, table=table)
    versions.append(cache.fresh(table).version)

    assert [version - versions[0] for version in versions] == [0, 1, 2, 3]


def test_a_change_to_the_same_terms_writes_nothing(table: Table, store: Store, rate: TaxRate, now: datetime) -> None:
    unchanged = change_row(TAX_RATES, store.id, rate.id, lambda row: row.terms, table=table, now=now)

    assert unchanged.version == 1


def test_a_change_that_lost_a_race_is_applied_to_what_is_there_now(
    table: Table, store: Store, rate: TaxRate, now: datetime
) -> None:
    raced: list[TaxRate] = []

    def amend(row: TaxRate) -> TaxTerms:
        if not raced:
            raced.append(row)
            change_row(TAX_RATES, store.id, rate.id, lambda r: replace(r.terms, name="USt"), table=table, now=now)
        return replace(row.terms, rate_ppm=200_000)

    changed = change_row(TAX_RATES, store.id, rate.id, amend, table=table, now=now)

    assert (changed.terms.name, changed.terms.rate_ppm, changed.version) == ("USt", 200_000, 3)


@pytest.mark.guards("storekeeper.pricing.rows.items.create_row_write", clause="attribute_not_exists(pk)")
def test_a_row_never_takes_the_place_of_another(table: Table, rate: TaxRate) -> None:
    with pytest.raises(WriteRefused):
        table.write(create_row_write(TAX_RATES, replace(rate, terms=replace(VAT, name="Other"))))

    assert find_row(TAX_RATES, rate.store_id, rate.id, table=table) == rate


@pytest.mark.guards("storekeeper.pricing.rows.items.change_row_write", clause="version = :version")
def test_a_change_made_from_a_stale_row_is_refused(table: Table, store: Store, rate: TaxRate, now: datetime) -> None:
    stale = replace(rate, terms=replace(VAT, name="Stale"), version=rate.version + 1)
    change_row(TAX_RATES, store.id, rate.id, lambda row: replace(row.terms, name="First"), table=table, now=now)

    with pytest.raises(WriteRefused):
        table.write(change_row_write(TAX_RATES, stale))

    assert find_row(TAX_RATES, store.id, rate.id, table=table).terms.name == "First"


@pytest.mark.guards("storekeeper.pricing.rows.items.delete_row_write", clause="version = :version")
def test_a_row_that_changed_since_it_was_read_is_not_deleted(
    table: Table, store: Store, rate: TaxRate, now: datetime
) -> None:
    change_row(TAX_RATES, store.id, rate.id, lambda row: replace(row.terms, name="First"), table=table, now=now)

    with pytest.raises(WriteRefused):
        table.write(delete_row_write(TAX_RATES, rate))

    assert find_row(TAX_RATES, store.id, rate.id, table=table).terms.name == "First"


def test_a_row_is_not_added_to_settings_that_changed_meanwhile(table: Table, store: Store, now: datetime) -> None:
    def terms(_: Store) -> TaxTerms:
        table.write(bump_settings(table.tenant_id))
        return VAT

    with pytest.raises(Contended):
        create_row(TAX_RATES, store.id, terms, table=table, now=now)

    assert rows_of(TAX_RATES, load_settings(table), store.id) == ()


def test_a_store_has_a_bounded_number_of_rows(table: Table, store: Store, rate: TaxRate, now: datetime) -> None:
    few = replace(TAX_RATES, most=1)

    with pytest.raises(TooManyTaxRates):
        create_row(few, store.id, lambda _: VAT, table=table, now=now)


def test_no_row_is_made_in_a_store_that_is_not_there(table: Table, now: datetime) -> None:
    with pytest.raises(NotFound):
        create_row(TAX_RATES, "sto_1", lambda _: VAT, table=table, now=now)


def test_what_the_caller_expects_is_asked_before_deleting(table: Table, store: Store, rate: TaxRate) -> None:
    def expects(_: int) -> None:
        raise StaleVersion

    with pytest.raises(StaleVersion):
        delete_row(TAX_RATES, store.id, rate.id, table=table, expects=expects)

    assert find_row(TAX_RATES, store.id, rate.id, table=table) == rate


def test_another_tenant_another_store_and_nonsense_see_no_row(
    table: Table, other_table: Table, store: Store, make_store: MakeStore, rate: TaxRate
) -> None:
    other = make_store(name="Other")

    for asked_table, store_id, row_id in [
        (other_table, store.id, rate.id),
        (table, other.id, rate.id),
        (table, store.id, "nonsense"),
        (table, store.id, rate.id.replace("tax_", "shm_")),
    ]:
        with pytest.raises(NotFound):
            find_row(TAX_RATES, store_id, row_id, table=asked_table)
