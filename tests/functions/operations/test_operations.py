"""What the operator invokes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from operations.app import handler
from storekeeper.kernel.ids import new_id
from tests.emulated import NOW
from tests.functions.conftest import Api
from tools import REPOSITORY

GetApi: TypeAlias = Callable[[str], Api]


@dataclass
class Context:
    """What Lambda tells a handler of its invocation."""

    aws_request_id: str = "req_of_the_operator"


def invoke(**order: Any) -> dict[str, Any]:
    """What the operator gets back."""
    return handler(order, Context())


@pytest.fixture
def request_id() -> str:
    """Of an order that was never given before."""
    return new_id("request", at=NOW)


def test_a_founded_tenant_can_work_at_once(cloud: DataCloud, request_id: str, api: GetApi) -> None:
    founded = invoke(action="create_tenant", request_id=request_id, name="Quay", plan="pro", currency="EUR")

    me = api("stores").get("/v1/me", key=founded["api_key"]).json
    assert founded["created"] is True
    assert (me["tenant"]["id"], me["tenant"]["name"]) == (founded["tenant_id"], "Quay")
    assert (me["tenant"]["plan"], me["tenant"]["currency"]) == ("pro", "EUR")
    assert "keys:write" in me["scopes"]


def test_a_repeated_order_founds_no_second_tenant(cloud: DataCloud, request_id: str) -> None:
    first = invoke(action="create_tenant", request_id=request_id, name="Quay")

    again = invoke(action="create_tenant", request_id=request_id, name="Quay")

    assert again == {"tenant_id": first["tenant_id"], "created": False, "api_key": None}


def test_a_tenant_that_lost_its_keys_gets_one(cloud: DataCloud, request_id: str, api: GetApi) -> None:
    tenant_id = invoke(action="create_tenant", request_id=request_id, name="Quay")["tenant_id"]

    given = invoke(action="create_key", tenant_id=tenant_id, name="Found again", scopes=["tenant:read"])

    me = api("stores").get("/v1/me", key=given["api_key"]).json
    assert me["key"] == {"id": given["key_id"], "name": "Found again"}
    assert me["scopes"] == ["tenant:read"]


@pytest.mark.parametrize(
    ("order", "code", "fields"),
    [
        pytest.param({}, "invalid", ["action"], id="no_action"),
        pytest.param({"action": "drop_table"}, "invalid", ["action"], id="an_unknown_action"),
        pytest.param({"action": ["create_tenant"]}, "invalid", ["action"], id="no_name_of_an_action"),
        pytest.param(
            {"action": "create_tenant", "request_id": "short"}, "invalid", ["request_id", "name"], id="malformed"
        ),
        pytest.param(
            {"action": "create_tenant", "request_id": "r" * 16, "name": "Q", "currency": "XXX"},
            "invalid",
            ["currency"],
            id="no_currency",
        ),
        pytest.param({"action": "create_key", "tenant_id": "ten_x", "name": "K"}, "not_found", [], id="no_tenant_id"),
        pytest.param(
            {"action": "create_key", "tenant_id": "ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD", "name": "K"},
            "not_found",
            [],
            id="an_unknown_tenant",
        ),
    ],
)
def test_a_wrong_order_is_refused(cloud: DataCloud, order: dict[str, Any], code: str, fields: list[str]) -> None:
    refused = invoke(**order)["error"]

    assert refused["code"] == code
    assert [error["field"] for error in refused["errors"]] == fields


@pytest.mark.parametrize(
    ("name", "code"),
    {
        "create_tenant": None,
        "create_tenant_of_unknown_plan": "invalid",
        "create_key_of_unknown_tenant": "not_found",
        "unknown_action": "invalid",
    }.items(),
)
def test_a_sample_order_is_answered(cloud: DataCloud, name: str, code: str | None) -> None:
    order = json.loads((REPOSITORY / "events" / "operations" / f"{name}.json").read_text())

    assert invoke(**order).get("error", {}).get("code") == code
