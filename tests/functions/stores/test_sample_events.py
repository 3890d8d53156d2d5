"""Every sample event of tenancy, as `sam local invoke` would send it, and what comes of it."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.functions.conftest import Api, MakeSecret
from tools import REPOSITORY

GetApi: TypeAlias = Callable[[str], Api]

EVENTS = REPOSITORY / "events" / "stores"
ANSWERS = {
    "add_domain_to_store_of_another_tenant": (404, "not_found"),
    "call_without_key": (401, "unauthenticated"),
    "change_store_of_another_tenant": (404, "not_found"),
    "create_api_key": (201, None),
    "create_api_key_of_unknown_scope": (422, "malformed"),
    "create_store": (201, None),
    "create_store_of_unknown_currency": (422, "invalid"),
    "create_store_that_is_no_json": (422, "malformed"),
    "enable_stripe_in_store_of_another_tenant": (404, "not_found"),
    "list_api_keys": (200, None),
    "list_stores": (200, None),
    "list_stores_beyond_limit": (422, "malformed"),
    "read_me": (200, None),
    "read_store_of_another_tenant": (404, "not_found"),
    "rename_tenant": (200, None),
    "rename_tenant_from_stale_version": (412, "stale_version"),
    "revoke_api_key_of_another_tenant": (404, "not_found"),
}


def sample(name: str, **headers: str) -> dict[str, Any]:
    """The event, with headers that only a test can know."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    if "authorization" in event["headers"]:
        event["headers"].update(headers)
    return event


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items())
def test_a_sample_event_is_answered(
    api: GetApi, make_secret: MakeSecret, name: str, answer: tuple[int, str | None]
) -> None:
    reply = api("stores").send(sample(name, authorization=f"Bearer {make_secret()}"))

    assert (reply.status, reply.json.get("code")) == answer
    assert reply.headers["x-request-id"] == "JKJaXmPLvHcESHA="


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"call_without_key", "create_store_that_is_no_json"}))
def test_a_sample_event_with_the_key_as_printed_is_refused(api: GetApi, name: str) -> None:
    assert api("stores").send(sample(name)).status == 401


def test_every_sample_event_of_tenancy_is_tried() -> None:
    """Shipping methods and tax rates have tests of their own."""
    others = ("shipping", "tax_rate")
    assert {file.stem for file in EVENTS.glob("*.json") if not any(word in file.stem for word in others)} == set(
        ANSWERS
    )
