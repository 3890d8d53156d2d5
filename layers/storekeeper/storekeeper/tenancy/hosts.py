"""Hosts: which store of the whole system a domain belongs to."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.kernel.entities import Entity
from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.expiring import ExpiringCache
from storekeeper.kernel.ids import StoreId, TenantId
from storekeeper.kernel.keys import Key, lookup_key
from storekeeper.kernel.untenanted import Lookups
from storekeeper.kernel.writes import ABSENT, Delete, Put
from storekeeper.tenancy.stores.model import DomainTaken

KEPT = timedelta(seconds=30)
MISS_KEPT = timedelta(seconds=2)
MAX_HOSTS = 5_000
MAX_HOST_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

ENTITIES = (
    Entity(
        name="host",
        pk="HOST#<host>",
        sk="HOST#<host>",
        holds="Which tenant and store a domain belongs to; ids, nothing else.",
        found_by="Read by key, before the tenant is known; kept for 30 seconds.",
        written_by="add_domain, remove_domain, delete_store: in one transaction with the store",
    ),
)


class HostRef(Struct, frozen=True):
    """The owner of a host."""

    tenant_id: TenantId
    store_id: StoreId


def normalized_host(text: str) -> str:
    """A domain as it is kept and compared: lower case, without a final dot, international names in their ASCII form.

    Raises:
        Invalid: `domain_malformed`: no name of at least two labels that DNS could hold; an address, a port or a path.
    """
    host = text.strip().rstrip(".").lower()
    if not host.isascii() or "xn--" in host:
        host = _in_ascii(host)
    labels = host.split(".")
    is_name = len(labels) > 1 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)
    if not is_name or len(host) > MAX_HOST_LENGTH:
        raise _malformed()
    return host


def _in_ascii(host: str) -> str:
    import idna  # only names beyond ASCII need its tables

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as error:
        raise _malformed() from error


def _malformed() -> Invalid:
    return Invalid.field(
        "domain", "domain_malformed", "Give a host name such as shop.example.com, without port or path."
    )


def host_key(host: str) -> Key:
    """The look-up item of a normalized host."""
    return lookup_key("HOST", host)


def claim_host(host: str, ref: HostRef) -> Put:
    """The host becomes this store's, unless it is any store's already."""
    return Put(
        host_key(host),
        {"type": "host", "schema": 1, "tenant_id": ref.tenant_id, "store_id": ref.store_id},
        only_if=ABSENT,
        otherwise=DomainTaken(f"{host} belongs to a store already."),
    )


def free_host(host: str, ref: HostRef) -> Delete:
    """The host is no longer this store's."""
    return Delete(
        host_key(host),
        only_if="tenant_id = :tenant_id AND store_id = :store_id",
        values={":tenant_id": ref.tenant_id, ":store_id": ref.store_id},
    )


class HostCache:
    """One environment's knowledge of hosts. A miss is kept for 2 seconds, so that a new domain works at once."""

    def __init__(self) -> None:
        self._kept: ExpiringCache[str, HostRef | str] = ExpiringCache(max_entries=MAX_HOSTS)

    def find(self, domain: str, *, lookups: Lookups, now: datetime) -> HostRef | None:
        """The owner of a host as a client wrote it; None if nobody owns it or it can be no host."""
        try:
            host = normalized_host(domain)
        except Invalid:
            return None
        kept = self._kept.find(host, now=now)
        if kept is None:
            item = lookups.find(host_key(host))
            if item is None:
                kept = self._kept.keep(host, "", until=now + MISS_KEPT)
            else:
                ref = HostRef(TenantId(item["tenant_id"]), StoreId(item["store_id"]))
                kept = self._kept.keep(host, ref, until=now + KEPT)
        return kept if isinstance(kept, HostRef) else None
