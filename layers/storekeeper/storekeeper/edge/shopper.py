"""One request to a store by a shopper: found by the store's host, limited per store or per cart, with CORS."""

import re
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path, Request, Response

from storekeeper.edge import once
from storekeeper.edge.asked import Asked
from storekeeper.edge.backend import backend
from storekeeper.edge.problems import request_id_of
from storekeeper.kernel import clock
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.ids import StoreId
from storekeeper.kernel.limits import Limit
from storekeeper.kernel.trace import SHOPPER, Trace
from storekeeper.tenancy import HostRef, NumberLease, SettingsCache

STORE_LIMIT = Limit("store", calls=500)
CART_LIMIT = Limit("cart", calls=50)
MAX_HOST_LENGTH = 253
_ORIGIN = re.compile(rf"https?://(?P<host>[A-Za-z0-9.-]{{1,{MAX_HOST_LENGTH}}})(:[0-9]{{1,5}})?", re.ASCII)

Host: TypeAlias = Annotated[str, Path(max_length=MAX_HOST_LENGTH, examples=["harbour.localhost"])]


class Visit(Asked, frozen=True, kw_only=True):
    """A shopper's request: which store is visited, and from where."""

    host: HostRef
    address: str

    @property
    def store_id(self) -> StoreId:
        """The store."""
        return self.host.store_id

    @property
    def settings(self) -> SettingsCache:
        """The environment's cache of settings."""
        return backend().settings

    @property
    def numbers(self) -> NumberLease:
        """The environment's leased order numbers."""
        return backend().numbers


async def visit(request: Request, domain: Host) -> Visit:
    """The dependency of every public route: `visit: Visit = Depends(visit)`.

    Raises:
        NotFound: no store owns the host.
        RateLimited: the store, or the cart, is called too often.
    """
    now = clock.utc_now()
    request.scope["state"]["cors"] = {}
    host = backend().find_host(domain, now=now)
    if host is None:
        raise NotFound("No store has this domain.")
    request.scope["state"]["cors"] = cors_headers(request.headers.get("origin"), host, now=now)
    table = backend().table(host.tenant_id, trace=Trace(SHOPPER, request_id_of(request)))
    cart_id, address = request.path_params.get("cart_id"), client_address(request)
    if cart_id:
        backend().limiter.take(CART_LIMIT, cart_id, table=table, now=now)
    else:
        backend().limiter.take(STORE_LIMIT, host.store_id, table=table, now=now)
    keyed = await once.read_keyed(request, table=table, scope=cart_id or f"{host.store_id} {address}")
    if_match = request.headers.get("if-match")
    made = Visit(host=host, now=now, table=table, keyed=keyed, address=address, if_match=if_match)
    once.raise_replay(keyed, table=table, sealer=made.sealer, now=now)
    return made


def cors_headers(origin: str | None, host: HostRef, *, now: datetime) -> dict[str, str]:
    """CORS for pages on the store's own domains; nothing for any other origin."""
    if not origin:
        return {}
    page = _ORIGIN.fullmatch(origin)
    owner = backend().find_host(page["host"], now=now) if page else None
    if owner is None or owner.store_id != host.store_id:
        return {"vary": "Origin"}
    return {
        "vary": "Origin",
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "ETag, X-Request-Id, Retry-After, Idempotency-Replayed",
    }


def cors_unvisited(request: Request, domain: str) -> dict[str, str]:
    """CORS of what was refused before a store was visited: an unknown route, a body that cannot be read.

    Nothing where the store cannot be looked up now: the refusal is worth more than its headers.
    """
    origin, now = request.headers.get("origin"), clock.utc_now()
    if not origin or len(domain) > MAX_HOST_LENGTH:
        return {}
    try:
        host = backend().find_host(domain, now=now)
        return cors_headers(origin, host, now=now) if host else {}
    except StorekeeperError:
        return {}


def client_address(request: Request) -> str:
    """The caller's address as API Gateway saw it; never a header that the caller can set."""
    http: dict[str, Any] = request.scope.get("aws.event", {}).get("requestContext", {}).get("http", {})
    return str(http.get("sourceIp") or "unknown")


preflight = APIRouter(include_in_schema=False)


@preflight.options("/v1/storefront/{domain}/{rest:path}")
async def answer_preflight(request: Request, domain: Host, rest: str) -> Response:  # noqa: ARG001
    """What a browser asks before it calls from another origin."""
    now = clock.utc_now()
    host = backend().find_host(domain, now=now)
    headers = cors_headers(request.headers.get("origin"), host, now=now) if host else {}
    request.scope["state"]["cors"] = headers
    if "access-control-allow-origin" in headers:
        headers["access-control-allow-methods"] = "GET, POST, PATCH, DELETE"
        headers["access-control-allow-headers"] = "Content-Type, Idempotency-Key, If-Match"
        headers["access-control-max-age"] = "600"
    return Response(status_code=204)
