"""API keys: a secret is shown once, and a key can give no more than it has."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import InModel, InstantOut, Name, left_out
from storekeeper.edge.lists import Listed, ListOut, page_out
from storekeeper.kernel import clock
from storekeeper.tenancy import ALL_SCOPES, Scope
from storekeeper.tenancy.api_keys.model import ApiKey
from storekeeper.tenancy.api_keys.use_cases import NewKey, change_key, create_key, find_key, list_keys, revoke_key

router = APIRouter(prefix="/v1/api-keys", tags=["API keys"])

Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(ALL_SCOPES), examples=[["orders:read"]])]


class KeyIn(InModel):
    """A new key. It can have only scopes that the calling key has."""

    name: Annotated[Name, Field(examples=["Warehouse"])]
    scopes: Scopes


class KeyPatch(InModel):
    """Changes of a key."""

    name: Annotated[Name, Field(examples=["Warehouse"])] = left_out()
    scopes: Scopes = left_out()


class KeyOut(BaseModel):
    """A key without its secret. `hint` is how the secret begins, `last_used_on` a day in UTC."""

    id: Annotated[str, Field(examples=["key_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["Warehouse"])]
    scopes: Scopes
    hint: Annotated[str, Field(examples=["stk_9fB2xQ"])]
    status: Literal["active", "revoked"]
    created_at: InstantOut
    last_used_on: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-20"])] | None
    revoked_at: InstantOut | None
    version: int

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """The key as it is answered."""
        return cls(**_shown(key))


class NewKeyOut(KeyOut):
    """A new key with its secret, which is never shown again."""

    secret: Annotated[str, Field(examples=["stk_9fB2xQ3mT7vK1pL8wZ4cN6rY0sD5hJ2gA3eU7iO9bX"])]

    @classmethod
    def made(cls, new: NewKey) -> "NewKeyOut":
        """The new key as it is answered, once."""
        return cls(**_shown(new.key), secret=new.secret)


@router.get("")
async def list_api_keys(
    params: Listed,
    call: Annotated[Call, requires("keys:read")],
    status: Annotated[Literal["active", "revoked"] | None, Query(description="Only keys with this status.")] = None,
) -> ListOut[KeyOut]:
    """The tenant's keys, oldest first, revoked ones included."""
    page = list_keys(status=status, after=params.after(), limit=params.limit, table=call.table)
    return page_out(page, params.scope, KeyOut.of)


@router.post("", status_code=201)
async def make_api_key(body: KeyIn, call: Annotated[Call, requires("keys:write")], response: Response) -> NewKeyOut:
    """Make a key. Its `secret` is in this answer only."""
    made = create_key(
        name=body.name,
        scopes=body.scopes,
        by=call.access.key_id,
        registry=call.registry(),
        now=call.now,
        remember=call.remembering(NewKeyOut.made),
    )
    return tagged(response, NewKeyOut.made(made), version=made.key.version)


@router.get("/{key_id}")
async def read_api_key(key_id: str, call: Annotated[Call, requires("keys:read")], response: Response) -> KeyOut:
    """One key, without its secret."""
    key = find_key(key_id, table=call.table)
    return tagged(response, KeyOut.of(key), version=key.version)


@router.patch("/{key_id}")
async def patch_api_key(
    key_id: str, body: KeyPatch, call: Annotated[Call, requires("keys:write")], response: Response
) -> KeyOut:
    """Rename a key or change its scopes; known everywhere within 30 seconds."""
    changes = body.model_dump(exclude_unset=True)
    key = change_key(key_id, **changes, by=call.access.key_id, table=call.table, expects=call.check_version)
    return tagged(response, KeyOut.of(key), version=key.version)


@router.delete("/{key_id}")
async def revoke_api_key(key_id: str, call: Annotated[Call, requires("keys:write")], response: Response) -> KeyOut:
    """Revoke a key for good; known everywhere within 30 seconds. It stays listed. A key cannot revoke itself."""
    key = revoke_key(key_id, by=call.access.key_id, registry=call.registry(), now=call.now, expects=call.check_version)
    return tagged(response, KeyOut.of(key), version=key.version)


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "hint": key.hint,
        "status": "active" if key.is_active else "revoked",
        "created_at": clock.to_text(key.created_at),
        "last_used_on": key.last_used_on.isoformat() if key.last_used_on else None,
        "revoked_at": clock.to_text(key.revoked_at) if key.revoked_at else None,
        "version": key.version,
    }
