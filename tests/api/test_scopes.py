"""Every operation needs a key with just its own scope, unless it is public."""

from typing import Any

import anyio.to_thread
import pytest

from storekeeper.tenancy import ALL_SCOPES
from tests.api.whole import Operation, operations, whole_api
from tests.functions.conftest import MakeSecret

SCOPED = [operation for operation in operations() if operation.scope]


@pytest.mark.parametrize("operation", SCOPED, ids=str)
def test_a_key_without_the_scope_is_refused(operation: Operation, make_secret: MakeSecret) -> None:
    every_other = [scope for scope in ALL_SCOPES if scope != operation.scope]

    reply = whole_api(make_secret(*every_other))(operation.method, operation.at({}), operation.example)

    assert (reply.status, reply.code) == (403, "scope_missing")
    assert str(operation.scope) in reply.json["detail"]


@pytest.mark.parametrize("operation", SCOPED, ids=str)
def test_a_key_with_the_scope_alone_is_let_in(operation: Operation, make_secret: MakeSecret) -> None:
    assert operation.scope in ALL_SCOPES

    reply = whole_api(make_secret(operation.scope))(operation.method, operation.at({}), operation.example)

    assert reply.status not in {401, 500, 503}
    assert reply.status != 403 or reply.code == "scope_not_held"  # a new key can have only what its maker has


@pytest.mark.parametrize("operation", SCOPED, ids=str)
def test_nobody_is_let_in_without_a_key(operation: Operation, make_secret: MakeSecret) -> None:
    reply = whole_api(None)(operation.method, operation.at({}), operation.example)

    assert (reply.status, reply.code) == (401, "unauthenticated")


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_no_dependency_is_given_a_thread_of_its_own(
    operation: Operation, make_secret: MakeSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastAPI runs what is not `async` in a thread, which is made anew for each call of a function."""

    async def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a thread was asked for")

    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)

    reply = whole_api(make_secret(*ALL_SCOPES))(operation.method, operation.at({}), operation.example)

    assert reply.status != 500
