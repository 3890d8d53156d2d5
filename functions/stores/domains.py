"""A store's domains. A host belongs to one store in the whole system."""

from typing import Annotated

from fastapi import APIRouter

from storekeeper.edge.call import Call, requires
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel.paging import page_of
from storekeeper.tenancy import Store, load_settings, normalized_host
from storekeeper.tenancy.stores.domains import add_domain, owned_host, remove_domain
from stores.schemas import DomainIn, DomainOut

router = APIRouter(prefix="/v1/stores/{store_id}/domains", tags=["Domains"])


@router.get("")
async def list_domains(
    store_id: str, params: Listed, call: Annotated[Call, requires("stores:read")]
) -> ListOut[DomainOut]:
    """The store's domains, in the order of the alphabet."""
    store, after = load_settings(call.table).store(store_id), params.after() or ""
    hosts = sorted(host for host in store.domains if host > after)
    page = page_of(hosts, limit=params.limit, position=str)
    return page_out(page, params.scope, lambda host: DomainOut.of(store, host))


@router.post("", status_code=201)
async def make_domain(store_id: str, body: DomainIn, call: Annotated[Call, requires("stores:write")]) -> DomainOut:
    """Add a domain. Shoppers find the store under it within 2 seconds."""
    host = normalized_host(body.domain)

    def render(store: Store) -> DomainOut:
        return DomainOut.of(store, host)

    store = add_domain(
        store_id,
        host,
        is_default=body.is_default,
        registry=call.registry(),
        now=call.now,
        remember=call.remembering(render),
    )
    return render(store)


@router.get("/{domain}")
async def read_domain(store_id: str, domain: str, call: Annotated[Call, requires("stores:read")]) -> DomainOut:
    """One domain."""
    store = load_settings(call.table).store(store_id)
    return DomainOut.of(store, owned_host(store, domain))


@router.delete("/{domain}", status_code=204)
async def delete_domain(store_id: str, domain: str, call: Annotated[Call, requires("stores:write")]) -> None:
    """Free a domain. Shoppers no longer find the store under it within 30 seconds."""
    remove_domain(store_id, domain, registry=call.registry(), now=call.now, expects=call.check_version)
