"""One authorized request of a merchant: `requires("catalog:write")` declares a route's scope and makes its `Call`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.responses import Response

from storekeeper.edge import once
from storekeeper.edge.asked import Asked
from storekeeper.edge.backend import backend
from storekeeper.edge.problems import request_id_of
from storekeeper.kernel import clock
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.limits import Limit
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, key_actor
from storekeeper.tenancy import Access, Scope

KEY_LIMIT = Limit("key", calls=200)
ADMITTED = "admitted"  # in the request's state, once its key was found good

T = TypeVar("T")
_bearer = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", description="An API key, as `Authorization: Bearer <key>`."
)


class Unauthenticated(StorekeeperError):
    """No key, an unknown one or a revoked one."""

    code, kind = "unauthenticated", "unauthenticated"


class ScopeMissing(StorekeeperError):
    """The key is good, but not for this."""

    code, kind = "scope_missing", "forbidden"


class Call(Asked, frozen=True, kw_only=True):
    """A merchant's request, whose key was found good for it."""

    access: Access

    @property
    def trace(self) -> Trace:
        """Who and under which request."""
        return self.table.trace

    def registry(self) -> Table:
        """The tenant's table with the right to write look-ups; only functions of tenancy may have it."""
        return backend().table(self.tenant_id, trace=self.trace, registry=True)


def requires(scope: Scope) -> Any:
    """The dependency of a route that needs `scope`: `call: Annotated[Call, requires("orders:read")]`."""
    return Security(_authorize, scopes=[scope])


async def _authorize(
    request: Request,
    scopes: SecurityScopes,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Call:
    now = clock.utc_now()
    access, table = _admit(request, scopes.scopes, credentials, now=now)
    keyed = await once.read_keyed(request, table=table, scope=access.key_id)
    call = Call(access=access, now=now, table=table, keyed=keyed, if_match=request.headers.get("if-match"))
    once.raise_replay(keyed, table=table, sealer=call.sealer, now=now)
    return call


def _admit(
    request: Request, scopes: Sequence[str], credentials: HTTPAuthorizationCredentials | None, *, now: datetime
) -> tuple[Access, Table]:
    """Whose key it is, if it may do this now.

    Raises:
        Unauthenticated, RateLimited, ScopeMissing: it may not.
    """
    access = backend().find_access(credentials.credentials, now=now) if credentials else None
    if access is None:
        raise Unauthenticated("Send a valid API key as a bearer token.")
    table = backend().table(access.tenant_id, trace=Trace(key_actor(access.key_id), request_id_of(request)))
    backend().limiter.take(KEY_LIMIT, access.key_id, table=table, now=now)
    missing = [scope for scope in scopes if scope not in access.scopes]
    if missing:
        raise ScopeMissing(f"The key lacks the scope {missing[0]}.")
    request.scope["state"][ADMITTED] = True
    return access, table


async def admit_unread(request: Request) -> None:
    """Ask who calls where the body could not be read: the framework reads it first, and says so to anybody.

    Raises:
        Unauthenticated, RateLimited, ScopeMissing: nobody who may call this route.
    """
    dependant = getattr(request.scope.get("route"), "dependant", None)
    declared = [one for one in dependant.dependencies if one.call is _authorize] if dependant else []
    if declared and ADMITTED not in request.scope["state"]:
        _admit(request, declared[0].own_oauth_scopes or (), await _bearer(request), now=clock.utc_now())


def tagged(response: Response, model: T, *, version: int) -> T:
    """`model`, with the ETag of its version on the answer."""
    response.headers["etag"] = once.etag(version)
    return model
