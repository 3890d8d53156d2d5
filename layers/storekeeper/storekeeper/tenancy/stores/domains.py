"""A store's domains. Each is one store's in the whole system: the look-up changes in one transaction with the store."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from storekeeper.kernel.attempts import any_version, until_written
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.idempotency import Remember, forget
from storekeeper.kernel.records import replace
from storekeeper.kernel.table import Table
from storekeeper.tenancy.hosts import HostRef, claim_host, free_host, normalized_host
from storekeeper.tenancy.settings import load_settings
from storekeeper.tenancy.stores import items
from storekeeper.tenancy.stores.model import DomainTaken, Store, TooManyDomains
from storekeeper.tenancy.stores.use_cases import MAX_DOMAINS
from storekeeper.tenancy.tenants.items import bump_settings


def add_domain(
    store_id: str,
    domain: str,
    *,
    is_default: bool,
    registry: Table,
    now: datetime,
    remember: Remember[Store] = forget,
) -> Store:
    """Make a domain the store's. The first one becomes the default domain, a later one if `is_default` says so.

    Raises:
        NotFound: the tenant has no such store.
        Invalid: it is no domain.
        DomainTaken: it is a store's already, this one's included.
        TooManyDomains: the store has `MAX_DOMAINS`.
        Contended: others kept changing the store.
    """
    host = normalized_host(domain)

    def attempt() -> Store:
        store = load_settings(registry).store(store_id)
        if host in store.domains:
            raise DomainTaken(f"{host} is this store's already.")
        if len(store.domains) >= MAX_DOMAINS:
            raise TooManyDomains(f"A store has at most {MAX_DOMAINS} domains.")
        default = host if is_default or store.default_domain is None else store.default_domain
        changed = replace(
            store,
            domains=(*store.domains, host),
            default_domain=default,
            version=store.version + 1,
            updated_at=now,
        )
        registry.write(
            items.replace_store(changed),
            claim_host(host, HostRef(store.tenant_id, store.id)),
            bump_settings(registry.tenant_id),
            *remember(changed),
        )
        return changed

    return until_written(attempt)


def remove_domain(
    store_id: str, domain: str, *, registry: Table, now: datetime, expects: Callable[[int], None] = any_version
) -> Store:
    """Free a domain; shoppers who use it find nothing within 30 seconds. The next oldest becomes the default one.

    Raises:
        NotFound: the tenant has no such store, or the store no such domain.
        StaleVersion: `expects` says so.
        Contended: others kept changing the store.
    """

    def attempt() -> Store:
        store = load_settings(registry).store(store_id)
        host = owned_host(store, domain)
        expects(store.version)
        left = tuple(one for one in store.domains if one != host)
        default = store.default_domain if store.default_domain != host else (left[0] if left else None)
        changed = replace(store, domains=left, default_domain=default, version=store.version + 1, updated_at=now)
        registry.write(
            items.replace_store(changed),
            free_host(host, HostRef(store.tenant_id, store.id)),
            bump_settings(registry.tenant_id),
        )
        return changed

    return until_written(attempt)


def owned_host(store: Store, domain: str) -> str:
    """A domain of the store, normalized: however it is written, international names too.

    Raises:
        NotFound: it is none of the store's.
    """
    with suppress(Invalid):  # what can be no domain is none of the store's either
        wanted = normalized_host(domain)
        if wanted in store.domains:
            return wanted
    raise NotFound("The store has no such domain.")
