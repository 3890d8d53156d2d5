"""What is done with stores, but for their domains (`domains.py`)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Fault, Invalid
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.ids import LocationId, StoreId, new_id
from storekeeper.kernel.merging import merged
from storekeeper.kernel.money import Currency
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy.hosts import HostRef, claim_host, free_host, normalized_host
from storekeeper.tenancy.settings import Settings, load_settings
from storekeeper.tenancy.stores import items
from storekeeper.tenancy.stores.model import (
    MAX_MEMBERS,
    PAYMENT_METHODS,
    PaymentMethod,
    Store,
    StoreSettings,
    StoreStatus,
    TooManyDomains,
    TooManyStores,
    check_delete,
    check_time_zone,
    prefix_of,
)
from storekeeper.tenancy.tenants.items import bump_settings, bump_settings_if_unchanged

MAX_STORES = 100  # settings are read whole, so what they hold is bounded
MAX_DOMAINS = 20
MAPS = frozenset({"colors", "contacts", "social_links"})


def create_store(
    *,
    name: str,
    looks: Mapping[str, Any],
    settings: Mapping[str, Any],
    domains: Iterable[str] = (),
    status: StoreStatus = StoreStatus.PENDING,
    currency: Currency | None = None,
    registry: Table,
    now: datetime,
    remember: Remember[Store] = forget,
) -> Store:
    """Make a store, with its domains in the same write; the first is the default one.

    `looks` are fields of `Store` by name, `settings` of `StoreSettings`; what they leave out has its default. The
    currency defaults to the tenant's.

    Raises:
        DomainTaken: a domain is a store's already.
        Invalid: a domain is none; a location of the priority is unknown.
        TooManyStores, TooManyDomains: more than one can have.
    """
    hosts = tuple(dict.fromkeys(normalized_host(domain) for domain in domains))
    if len(hosts) > MAX_DOMAINS:
        raise TooManyDomains(f"A store has at most {MAX_DOMAINS} domains.")
    known = load_settings(registry)
    if len(known.stores) >= MAX_STORES:
        raise TooManyStores(f"A tenant has at most {MAX_STORES} stores.")
    check_time_zone(looks["time_zone"])
    store = Store(
        id=StoreId(new_id("sto", at=now)),
        tenant_id=registry.tenant_id,
        name=name,
        status=status,
        used=status is StoreStatus.ACTIVE,
        currency=currency or known.tenant.currency,
        domains=hosts,
        default_domain=hosts[0] if hosts else None,
        settings=replace(StoreSettings(order_prefix=prefix_of(name)), **settings),
        version=1,
        created_at=now,
        updated_at=now,
        **looks,
    )
    check_priority(store.settings.location_priority, known)
    registry.write(
        items.put_store(store),
        *(claim_host(host, HostRef(store.tenant_id, store.id)) for host in hosts),
        bump_settings(registry.tenant_id),
        *remember(store),
    )
    return store


def change_store(
    store_id: str,
    *,
    changes: Mapping[str, Any],
    settings: Mapping[str, Any],
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Store:
    """Change what `changes` (fields of `Store`) and `settings` (fields of `StoreSettings`) name; maps are merged.

    Raises:
        NotFound: the tenant has none of this id.
        Invalid: a location of the priority is unknown; the default domain is none of the store's; a map grew too large.
        StaleVersion: `expects` says so.
        Contended: others kept changing it.
    """

    def attempt() -> Store:
        known = load_settings(table)
        store = known.store(store_id)
        expects(store.version)
        maps = {
            name: merged(getattr(store, name), changes[name], field=name, most=MAX_MEMBERS)
            for name in MAPS & changes.keys()
        }
        check_time_zone(changes.get("time_zone", store.time_zone))
        changed = replace(
            store,
            **{**changes, **maps},
            settings=replace(store.settings, **settings),
            version=store.version + 1,
            updated_at=now,
        )
        changed = replace(changed, used=changed.used or changed.is_open)
        check_priority(settings.get("location_priority", ()), known)
        _check_default_domain(changed)
        table.write(items.replace_store(changed), bump_settings(table.tenant_id))
        return changed

    return until_written(attempt)


def choose_payment_method(
    store_id: str,
    method: PaymentMethod,
    *,
    enabled: bool,
    table: Table,
    now: datetime,
    expects: Callable[[int], None] = any_version,
) -> Store:
    """Let shoppers of a store pay in this way, or no longer.

    Raises:
        NotFound: the tenant has no such store.
        StaleVersion: `expects` says so.
        Contended: others kept changing the store.
    """

    def attempt() -> Store:
        store = load_settings(table).store(store_id)
        expects(store.version)
        chosen = {*store.settings.payment_methods, method} if enabled else {*store.settings.payment_methods} - {method}
        methods = tuple(one for one in PAYMENT_METHODS if one in chosen)
        settings = replace(store.settings, payment_methods=methods)
        changed = replace(store, settings=settings, version=store.version + 1, updated_at=now)
        table.write(items.replace_store(changed), bump_settings(table.tenant_id))
        return changed

    return until_written(attempt)


def delete_store(store_id: str, *, registry: Table, expects: Callable[[int], None] = any_version) -> None:
    """Delete a store that has nothing in it, and free its domains.

    The write holds only while no setting at all has changed since that was decided: a shipping method added
    meanwhile is not left behind.

    Raises:
        NotFound: the tenant has none of this id.
        StoreInUse: something is in it; make it inactive instead.
        StaleVersion: `expects` says so.
        Contended: others kept changing settings.
    """

    def attempt() -> None:
        known = load_settings(registry)
        store = known.store(store_id)
        expects(store.version)
        has_rows = bool(known.rows_of(store.id, "SHIPPING") or known.rows_of(store.id, "TAX"))
        check_delete(store, has_rows=has_rows)
        registry.write(
            items.drop_store(store),
            *(free_host(host, HostRef(store.tenant_id, store.id)) for host in store.domains),
            bump_settings_if_unchanged(registry.tenant_id, version=known.version),
        )

    until_written(attempt)


def check_priority(priority: Iterable[LocationId], known: Settings) -> None:
    """Whether a store's priority names locations that there are.

    Raises:
        Invalid: `location_unknown`, for each one that is not.
    """
    unknown = [location_id for location_id in priority if location_id not in known.locations]
    if unknown:
        detail = "There is no such location."
        faults = [Fault("settings.location_priority", "location_unknown", f"{one}: {detail}") for one in unknown]
        raise Invalid(detail, faults=faults)


def _check_default_domain(store: Store) -> None:
    if store.default_domain is not None and store.default_domain not in store.domains:
        raise Invalid.field(
            "default_domain", "domain_unknown", "The default domain must be one of the store's domains."
        )
