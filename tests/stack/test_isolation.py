"""Every operation of the document with another tenant's key, a lesser key, no key: nothing shown, nothing changed.

tests/api asks the same of the functions in one process; here IAM is enforced, and caches and environments are real.
"""

from collections.abc import Iterator

import httpx
import pytest

from local.testing import RunningStack
from storekeeper.tenancy import ALL_SCOPES
from tests.api.whole import Operation, operations
from tests.stack.furnishing import SECRET_WORD, furnish
from tests.stack.rows import at_rest, rows_of
from tests.stack.shop import Merchant, Shop, eventually, found, open_shop, unique
from tools.openapi import current_document

pytestmark = pytest.mark.stack

REVOKED_S = 30.0  # as long as an environment may remember a key


@pytest.fixture(scope="module")
def victim(stack: RunningStack, http: httpx.Client) -> Shop:
    """The shop that must not be seen."""
    return open_shop(found(stack, http, "victim"))


@pytest.fixture(scope="module")
def ids(victim: Shop) -> dict[str, str]:
    """Its ids, by the names that stand in paths."""
    return furnish(victim)


@pytest.fixture(scope="module")
def rival_shop(rival: Merchant) -> Shop:
    """A store of another tenant."""
    return open_shop(rival)


def scoped() -> Iterator[Operation]:
    """The operations that need a key."""
    return (operation for operation in operations() if operation.scope)


def test_the_served_document_is_the_code_s(http: httpx.Client) -> None:
    assert http.get("/v1/openapi.json").json() == current_document()


def test_every_name_in_a_path_has_an_id(ids: dict[str, str]) -> None:
    assert {name for operation in operations() for name in operation.parameters} <= ids.keys()


def test_another_tenant_s_key_finds_and_changes_nothing(
    stack: RunningStack, victim: Shop, rival: Merchant, ids: dict[str, str]
) -> None:
    before = at_rest(lambda: rows_of(stack, victim.merchant.tenant_id))
    wrong = {}

    for operation in scoped():
        answer = rival.call(operation.method, operation.at(ids), operation.example)
        named = answer.status_code == 404 if operation.names else SECRET_WORD not in answer.text
        if not named or answer.status_code >= 500:
            wrong[str(operation)] = (answer.status_code, answer.text[:200])

    assert wrong == {}
    assert at_rest(lambda: rows_of(stack, victim.merchant.tenant_id)) == before


def test_its_owner_finds_what_others_do_not(victim: Shop, ids: dict[str, str]) -> None:
    """Else the test above would try nothing."""
    reads = [one for one in scoped() if one.method == "GET" and one.parameters]

    found_by_owner = {str(one): victim.merchant.call("GET", one.at(ids)).status_code for one in reads}

    assert set(found_by_owner.values()) == {200}, found_by_owner


def test_another_store_s_domain_leads_to_no_cart_and_no_order(
    stack: RunningStack, victim: Shop, rival_shop: Shop, ids: dict[str, str]
) -> None:
    before = at_rest(lambda: rows_of(stack, victim.merchant.tenant_id))
    neighbor = open_shop(victim.merchant)
    of_one_shopper = [one for one in operations() if {"cart_id", "number"} & set(one.parameters)]
    assert len(of_one_shopper) >= 10

    for other in (rival_shop, neighbor):
        for operation in of_one_shopper:
            path = operation.at(ids | {"domain": other.domain})
            answer = other.http.request(
                operation.method, path, json=operation.example, params={"email": "ada@shop.example"}
            )
            assert answer.status_code == 404, (str(operation), answer.text)

    after = at_rest(lambda: rows_of(stack, victim.merchant.tenant_id))
    assert after[_cart(victim, ids)] == before[_cart(victim, ids)]


def _cart(shop: Shop, ids: dict[str, str]) -> tuple[str, str]:
    return f"T#{shop.merchant.tenant_id}#CART#{ids['cart_id']}", "CART"


def test_another_tenant_s_cursor_is_no_cursor(victim: Shop, rival: Merchant) -> None:
    for path in ("/v1/products", "/v1/orders", "/v1/inventory/movements"):
        if path == "/v1/orders":
            victim.bought(victim.put_on_sale(1), method="manual")
            eventually(lambda: len(victim.merchant.get("/v1/orders")["data"]), until=lambda count: count >= 2)
        cursor = victim.merchant.get(path, limit=1)["next_cursor"]

        answer = rival.call("GET", path, limit=1, cursor=cursor)

        assert answer.status_code == 422 or answer.json()["data"] == [], (path, answer.text)


def test_another_tenant_s_idempotency_key_gives_no_answer_away(victim: Shop, rival: Merchant) -> None:
    key = {"Idempotency-Key": unique("key-of-two-tenants")}
    body = {"name": unique(SECRET_WORD)}
    own = victim.merchant.call("POST", "/v1/locations", body, headers=key)

    answer = rival.call("POST", "/v1/locations", body, headers=key)

    assert (own.status_code, answer.status_code) == (201, 201)
    assert answer.json()["id"] != own.json()["id"]
    assert "idempotency-replayed" not in answer.headers


def test_a_key_without_an_operation_s_scope_is_refused_and_so_is_none(merchant: Merchant, ids: dict[str, str]) -> None:
    lesser: dict[str | None, dict[str, str]] = {}
    for scope in ALL_SCOPES:
        others = [one for one in ALL_SCOPES if one != scope]
        made = merchant.post("/v1/api-keys", {"name": f"all but {scope}", "scopes": others})
        lesser[scope] = {"Authorization": f"Bearer {made['secret']}"}

    seen = {
        str(one): (
            merchant.http.request(one.method, one.at(ids), json=one.example, headers=lesser[one.scope]).status_code,
            merchant.http.request(one.method, one.at(ids), json=one.example).status_code,
        )
        for one in scoped()
    }

    assert set(seen.values()) == {(403, 401)}, seen


def test_a_revoked_key_opens_nothing_within_half_a_minute(merchant: Merchant) -> None:
    made = merchant.post("/v1/api-keys", {"name": "Lost", "scopes": ["tenant:read"]})
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert merchant.http.get("/v1/me", headers=headers).status_code == 200
    assert merchant.call("DELETE", f"/v1/api-keys/{made['id']}").status_code == 200

    def in_a_row() -> set[int]:
        return {merchant.http.get("/v1/me", headers=headers).status_code for _ in range(8)}

    eventually(in_a_row, until=lambda seen: seen == {401}, within_s=REVOKED_S + 1)
