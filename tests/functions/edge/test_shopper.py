"""Requests to a store: found by its host, limited per store or cart, with CORS for its own domains."""

from datetime import datetime
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from local.testing import DataCloud
from storekeeper.edge import backend as edge
from storekeeper.edge.app import MAX_BODY_BYTES, create_app, lambda_handler
from storekeeper.edge.fields import InModel
from storekeeper.edge.shopper import Visit, preflight, visit
from storekeeper.kernel.errors import Unavailable
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.conftest import Api


class Seen(BaseModel):
    """What the routes below answer: whom the visit found."""

    tenant_id: str
    store_id: str
    address: str


class Ring(InModel):
    """What one of the routes below takes."""

    times: int


@pytest.fixture
def shop(cloud: DataCloud) -> Api:
    """A function with one route of a store and one of a cart."""
    router = APIRouter()

    @router.get("/v1/storefront/{domain}/window")
    @router.get("/v1/storefront/{domain}/carts/{cart_id}")
    async def look(seen: Annotated[Visit, Depends(visit)]) -> Seen:
        return Seen(tenant_id=seen.tenant_id, store_id=seen.store_id, address=seen.address)

    @router.post("/v1/storefront/{domain}/bell")
    async def ring(body: Ring, seen: Annotated[Visit, Depends(visit)]) -> Ring:
        return body

    return Api(lambda_handler(create_app(router, preflight)), key=None)


@pytest.fixture
def stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """All calls fall into one second."""
    moment = datetime.fromisoformat("2026-11-20T12:00:00.500+00:00")
    monkeypatch.setattr("storekeeper.kernel.clock.utc_now", lambda: moment)


def window(host: str) -> str:
    return f"/v1/storefront/{host}/window"


def test_a_store_is_found_by_its_domain(shop: Api, store: Store) -> None:
    reply = shop.get(window(store.domains[0]))

    assert reply.json == {"tenant_id": store.tenant_id, "store_id": store.id, "address": "203.0.113.7"}


def test_a_domain_is_found_however_it_is_written(shop: Api, make_store: MakeStore) -> None:
    store = make_store(domains=("Bücher-Ünder-Wasser.example",))

    ids = [
        shop.get(window(host)).json["store_id"]
        for host in (
            "bücher-ünder-wasser.example",
            "BÜCHER-ÜNDER-WASSER.EXAMPLE.",
            "xn--bcher-nder-wasser-22bf.example",
        )
    ]

    assert ids == [store.id] * 3


@pytest.mark.parametrize("host", ["nobody.example", "localhost", "127.0.0.1", "-.-", "a..b", "%00", "é" * 300])
def test_a_host_of_nobody_is_not_found(shop: Api, host: str) -> None:
    reply = shop.get(window(host))

    assert (reply.status, reply.code) in {(404, "not_found"), (422, "malformed")}


def test_a_page_on_the_store_s_own_domain_may_read_the_answer(shop: Api, store: Store) -> None:
    origin = f"https://{store.domains[0]}:8443"

    reply = shop.get(window(store.domains[0]), headers={"Origin": origin})

    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["vary"] == "Origin"
    assert "ETag" in reply.headers["access-control-expose-headers"]


def test_a_page_elsewhere_may_not(shop: Api, store: Store, make_store: MakeStore) -> None:
    neighbor = make_store(name="Neighbor")

    replies = [
        shop.get(window(store.domains[0]), headers={"Origin": origin})
        for origin in (
            "https://evil.example",
            f"https://{neighbor.domains[0]}",
            f"https://{store.domains[0]}:evil.example",
            f"gopher://{store.domains[0]}",
            "null",
            "garbage",
        )
    ]

    assert {reply.status for reply in replies} == {200}
    assert not any("access-control-allow-origin" in reply.headers for reply in replies)
    assert {reply.headers["vary"] for reply in replies} == {"Origin"}


REFUSED_UNVISITED = pytest.mark.parametrize(
    ("method", "path", "raw", "refused"),
    [
        pytest.param("GET", "nothing", None, (404, "route_unknown"), id="unknown_route"),
        pytest.param("DELETE", "window", None, (405, "method_not_allowed"), id="wrong_method"),
        pytest.param("POST", "bell", b" " * (MAX_BODY_BYTES + 1), (413, "too_large"), id="too_large"),
        pytest.param("POST", "bell", b"{", (422, "malformed"), id="broken"),
        pytest.param("POST", "bell", b'{"times": "\xff"}', (422, "malformed"), id="not_utf8"),
    ],
)


@REFUSED_UNVISITED
def test_what_is_refused_before_the_store_is_visited_can_be_read_by_its_page(
    shop: Api, store: Store, method: str, path: str, raw: bytes | None, refused: tuple[int, str]
) -> None:
    address, origin = f"/v1/storefront/{store.domains[0]}/{path}", f"https://{store.domains[0]}"

    reply = shop(method, address, raw=raw, headers={"Origin": origin})
    elsewhere = shop(method, address, raw=raw, headers={"Origin": "https://evil.example"})
    unasked = shop(method, address, raw=raw)

    assert (reply.status, reply.code) == refused
    assert reply.headers["access-control-allow-origin"] == origin
    assert "X-Request-Id" in reply.headers["access-control-expose-headers"]
    assert (elsewhere.status, elsewhere.headers["vary"]) == (refused[0], "Origin")
    assert "access-control-allow-origin" not in elsewhere.headers
    assert not {"vary", "access-control-allow-origin"} & unasked.headers.keys()


@pytest.mark.parametrize("host", ["nobody.example", "a..b", "x" * 254])
def test_a_refusal_at_a_host_of_nobody_names_no_origin(shop: Api, host: str) -> None:
    reply = shop.get(f"/v1/storefront/{host}/nothing", headers={"Origin": f"https://{host}"})

    assert (reply.status, reply.code) == (404, "route_unknown")
    assert "access-control-allow-origin" not in reply.headers


def test_a_refusal_stays_what_it_is_where_the_store_cannot_be_looked_up(
    shop: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise Unavailable("The store's data cannot be reached; try again.")

    monkeypatch.setattr(edge.Backend, "find_host", fail)
    origin = {"Origin": f"https://{store.domains[0]}"}

    unrouted = shop.get(f"/v1/storefront/{store.domains[0]}/nothing", headers=origin)
    visited = shop.get(window(store.domains[0]), headers=origin)

    assert (unrouted.status, unrouted.code) == (404, "route_unknown")
    assert (visited.status, visited.code) == (503, "unavailable")


def test_a_preflight_allows_what_carts_need(shop: Api, store: Store) -> None:
    origin = f"http://{store.domains[0]}"

    reply = shop("OPTIONS", f"/v1/storefront/{store.domains[0]}/carts/cart_1/items", headers={"Origin": origin})

    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["access-control-allow-methods"] == "GET, POST, PATCH, DELETE"
    assert "Idempotency-Key" in reply.headers["access-control-allow-headers"]


def test_a_preflight_from_elsewhere_allows_nothing(shop: Api, store: Store) -> None:
    reply = shop("OPTIONS", window(store.domains[0]), headers={"Origin": "https://evil.example"})

    assert reply.status == 204
    assert not [name for name in reply.headers if name.startswith("access-control-allow")]


def test_a_cart_is_limited_by_itself(shop: Api, store: Store, stands_still: None) -> None:
    carts = f"/v1/storefront/{store.domains[0]}/carts"

    statuses = [shop.get(f"{carts}/busy").status for _ in range(60)]

    assert statuses.index(429) in range(45, 51)
    assert shop.get(f"{carts}/quiet").status == 200


def test_the_refusal_of_a_busy_cart_can_be_read_by_its_page(shop: Api, store: Store, stands_still: None) -> None:
    host = store.domains[0]
    replies = [shop.get(f"/v1/storefront/{host}/carts/busy", headers={"Origin": f"https://{host}"}) for _ in range(51)]

    assert (replies[-1].status, replies[-1].code) == (429, "rate_limited")
    assert replies[-1].headers["retry-after"] == "1"
    assert replies[-1].headers["access-control-allow-origin"] == f"https://{host}"
