"""Whatever goes wrong, the answer has one shape. The functions `stores` and `inventory` stand for all."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from fastapi import APIRouter
from pydantic import Field

from storekeeper.edge.app import MAX_BODY_BYTES, create_app, lambda_handler
from storekeeper.edge.fields import InModel, Name
from storekeeper.edge.problems import MAX_FAULTS
from storekeeper.kernel.errors import Contended, Unavailable
from tests.functions.conftest import Api
from tests.functions.edge.shape import SECURITY, assert_is_problem

GetApi: TypeAlias = Callable[[str], Api]


class Lamp(InModel):
    """What the routes below take."""

    name: Name
    watts: int = Field(default=5, ge=0, le=1_000)
    shades: dict[str, int] = Field(default_factory=dict)


@pytest.fixture
def shop() -> Api:
    """A function of one route for each way to fail."""
    router = APIRouter()

    @router.post("/lamps")
    async def make_lamp(body: Lamp) -> Lamp:
        return body

    @router.get("/contended")
    async def lose() -> None:
        raise Contended("Others are changing it.")

    @router.get("/unavailable")
    async def time_out() -> None:
        raise Unavailable("The table does not answer.")

    @router.get("/broken")
    async def break_down() -> None:
        raise ZeroDivisionError("secret detail")

    return Api(lambda_handler(create_app(router)), key=None)


def test_an_unknown_id_is_not_found(api: GetApi) -> None:
    assert_is_problem(api("stores").get("/v1/stores/sto_nothing"), 404, "not_found")


def test_an_unknown_route_is_not_found(api: GetApi) -> None:
    assert_is_problem(api("stores").get("/v1/stores/a/b/c"), 404, "route_unknown")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_not_found_where_any_preflight_is_answered(api: GetApi, method: str) -> None:
    reply = api("checkout")(method, "/v1/storefront/harbour.example/carts/cart_1/nothing", key=None)

    assert_is_problem(reply, 404, "route_unknown")
    assert "allow" not in reply.headers


def test_a_wrong_method_names_the_right_ones(api: GetApi) -> None:
    reply = api("stores").delete("/v1/stores")

    assert_is_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, POST"


def test_a_body_over_the_limit_is_too_large(shop: Api) -> None:
    reply = shop.post("/lamps", raw=b" " * (MAX_BODY_BYTES + 1))

    assert_is_problem(reply, 413, "too_large")


def test_a_body_is_measured_in_bytes(shop: Api) -> None:
    body = json.dumps({"name": "é" * (MAX_BODY_BYTES // 2)}, ensure_ascii=False)

    assert_is_problem(shop.post("/lamps", raw=body, headers={"Content-Length": "2"}), 413, "too_large")


def test_a_body_at_the_limit_is_read(shop: Api) -> None:
    reply = shop.post("/lamps", raw=b'{"name": "Lamp"}'.ljust(MAX_BODY_BYTES))

    assert reply.status == 200


def test_a_body_is_measured_even_if_its_declared_length_lies(shop: Api) -> None:
    reply = shop.post("/lamps", raw=b" " * (MAX_BODY_BYTES + 1), headers={"Content-Length": "2"})

    assert_is_problem(reply, 413, "too_large")


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        pytest.param("{", "body", "json_invalid", id="broken"),
        pytest.param("", "body", "missing", id="nothing"),
        pytest.param("null", "body", "model_attributes_type", id="null"),
        pytest.param("[]", "body", "model_attributes_type", id="a_list"),
        pytest.param('{"name": 7}', "name", "string_type", id="a_number_for_a_text"),
        pytest.param('{"name": "L", "watts": "7"}', "watts", "int_type", id="a_text_for_a_number"),
        pytest.param('{"name": "L", "watts": 1.5}', "watts", "int_type", id="a_fraction"),
        pytest.param('{"name": "L", "watts": true}', "watts", "int_type", id="a_boolean_for_a_number"),
        pytest.param('{"name": "L", "watts": NaN}', "watts", "int_type", id="no_number"),
        pytest.param('{"name": "L", "watts": 1e999}', "watts", "int_type", id="infinity"),
        pytest.param('{"name": "L", "watts": ' + "9" * 400 + "}", "watts", "less_than_equal", id="a_huge_number"),
        pytest.param('{"name": "\\ud800"}', "name", "string_unicode", id="half_a_character"),
        pytest.param('{"name": "L", "\\ud800": 1}', "body", "string_unicode", id="half_a_character_as_a_name"),
        pytest.param('{"name": "L", "color": "red"}', "color", "extra_forbidden", id="an_unknown_member"),
        pytest.param('{"name": "a\\u0000b"}', "name", "string_pattern_mismatch", id="a_control_character"),
        pytest.param('{"name": "  "}', "name", "string_too_short", id="blanks_only"),
    ],
)
def test_a_malformed_body_names_what_is_wrong(shop: Api, raw: str, field: str, code: str) -> None:
    reply = shop.post("/lamps", raw=raw)

    assert_is_problem(reply, 422, "malformed")
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"name": "\xff\xfe"}', id="not_utf8"),
        pytest.param(b'{"name": "L", "watts": ' + b"9" * 5_000 + b"}", id="a_number_beyond_reading"),
        pytest.param(b"[" * 100_000, id="too_deep"),
    ],
)
def test_an_unreadable_body_is_malformed(shop: Api, raw: bytes) -> None:
    assert_is_problem(shop.post("/lamps", raw=raw), 422, "malformed")


def test_a_body_of_another_media_type_is_malformed(shop: Api) -> None:
    reply = shop.post("/lamps", raw="name=Lamp", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert_is_problem(reply, 422, "malformed")


def test_a_body_of_faults_alone_gets_a_short_answer(shop: Api) -> None:
    reply = shop.post("/lamps", {"name": "L", **{f"{'x' * 500}{n}": n for n in range(1_000)}})

    assert_is_problem(reply, 422, "malformed")
    assert len(reply.json["errors"]) == MAX_FAULTS
    assert max(len(error["field"]) for error in reply.json["errors"]) == 200


def test_a_conflict_says_when_to_try_again(shop: Api) -> None:
    reply = shop.get("/contended")

    assert_is_problem(reply, 409, "contended")
    assert reply.headers["retry-after"] == "1"


def test_what_is_out_says_when_to_try_again(shop: Api) -> None:
    reply = shop.get("/unavailable")

    assert_is_problem(reply, 503, "unavailable")
    assert reply.headers["retry-after"] == "2"


def test_a_fault_of_ours_tells_nothing_of_itself(shop: Api) -> None:
    reply = shop.get("/broken")

    assert_is_problem(reply, 500, "internal")
    assert "secret detail" not in reply.text


def test_a_stale_version_is_refused(api: GetApi) -> None:
    reply = api("stores").patch("/v1/tenant", {"name": "New"}, headers={"If-Match": '"7"'})

    assert_is_problem(reply, 412, "stale_version")


@pytest.mark.parametrize(
    "if_match",
    [pytest.param("*", id="any"), pytest.param('"1"', id="one"), pytest.param('"7", "1"', id="one_of_several")],
)
def test_the_current_version_may_be_changed(api: GetApi, if_match: str) -> None:
    reply = api("stores").patch("/v1/tenant", {"name": "New"}, headers={"If-Match": if_match})

    assert reply.status == 200


def test_a_success_has_the_same_headers(api: GetApi) -> None:
    reply = api("stores").get("/v1/tenant")

    assert reply.status == 200
    assert reply.headers["x-request-id"] == "req_of_the_gateway"
    assert reply.headers.items() >= SECURITY.items()


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"limit": 0}, id="limit_too_small"),
        pytest.param({"limit": 201}, id="limit_too_large"),
        pytest.param({"limit": "many"}, id="limit_no_number"),
        pytest.param({"cursor": "nonsense"}, id="cursor_unreadable"),
        pytest.param({"cursor": "é" * 10}, id="cursor_not_ascii"),
        pytest.param({"status": "lost"}, id="unknown_filter_value"),
    ],
)
def test_wrong_list_parameters_are_invalid(api: GetApi, query: dict[str, Any]) -> None:
    reply = api("stores").get("/v1/stores", query=query)

    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == list(query)
