"""Routes of tax rates."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.functions.conftest import Api, MakeSecret

NYC = {"name": "NYC sales tax", "country": "US", "region": " NY ", "rate_percent": "8.875"}


@pytest.fixture
def stores(api: Callable[[str], Api]) -> Api:
    return api("stores")


@pytest.fixture
def path(store: Store) -> str:
    return f"/v1/stores/{store.id}/tax-rates"


def test_a_rate_is_answered_whole(stores: Api, path: str) -> None:
    made = stores.post(path, NYC)

    rate = made.json
    read = stores.get(f"{path}/{rate['id']}")
    assert (made.status, made.headers["etag"], read.status, read.json) == (201, '"1"', 200, rate)
    assert {name: value for name, value in rate.items() if name not in {"id", "created_at", "updated_at"}} == {
        "name": "NYC sales tax",
        "country": "US",
        "region": "NY",
        "tax_category": "standard",
        "rate_percent": "8.875",
        "priority": 1,
        "compound": False,
        "applies_to_shipping": False,
        "version": 1,
    }


@pytest.mark.parametrize(
    ("sent", "answered"), [("0", "0"), ("20.00", "20"), ("9.975", "9.975"), ("0.0001", "0.0001"), ("100", "100")]
)
def test_a_percentage_is_kept_exactly(stores: Api, path: str, sent: str, answered: str) -> None:
    assert stores.post(path, NYC | {"rate_percent": sent}).json["rate_percent"] == answered


@pytest.mark.parametrize("sent", ["100.0001", "-1", "8,5", "1.00001", "", 8.875, None])
def test_what_is_no_percentage_is_refused(stores: Api, path: str, sent: Any) -> None:
    reply = stores.post(path, NYC | {"rate_percent": sent})

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, ["rate_percent"])


def test_a_patch_changes_what_it_names(stores: Api, path: str) -> None:
    rate = stores.post(path, NYC).json

    changed = stores.patch(f"{path}/{rate['id']}", {"region": None, "rate_percent": "4", "applies_to_shipping": True})

    assert changed.status == 200
    assert changed.json | {"version": 1, "updated_at": rate["updated_at"]} == rate | {
        "region": None,
        "rate_percent": "4",
        "applies_to_shipping": True,
    }


def test_rates_are_listed_in_pages_and_filtered(stores: Api, path: str) -> None:
    ids = [
        stores.post(path, NYC).json["id"],
        stores.post(path, NYC | {"country": "DE"}).json["id"],
        stores.post(path, NYC | {"tax_category": "reduced"}).json["id"],
    ]

    def listed(**query: Any) -> list[str]:
        return [rate["id"] for rate in stores.get(path, query=query).json["data"]]

    first = stores.get(path, query={"limit": 2}).json
    second = stores.get(path, query={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [rate["id"] for page in (first, second) for rate in page["data"]] == sorted(ids)
    assert listed(country="DE") == [ids[1]]
    assert listed(tax_category="reduced") == [ids[2]]


def test_a_deleted_rate_is_gone(stores: Api, path: str) -> None:
    rate = stores.post(path, NYC).json

    assert stores.delete(f"{path}/{rate['id']}", headers={"If-Match": '"7"'}).status == 412
    assert stores.delete(f"{path}/{rate['id']}").status == 204
    assert stores.get(f"{path}/{rate['id']}").status == 404


def test_another_tenant_a_key_without_the_scope_and_no_key_get_nothing(
    stores: Api, path: str, make_secret: MakeSecret, other_table: Table
) -> None:
    rate = stores.post(path, NYC).json["id"]
    foreign = make_secret(table=other_table)

    for key, status in [(foreign, 404), (make_secret("stores:read"), 403), (None, 401)]:
        assert stores.post(path, NYC, key=key).status == status
        assert stores.patch(f"{path}/{rate}", {"name": "x"}, key=key).status == status
        assert stores.delete(f"{path}/{rate}", key=key).status == status
    assert stores.get(path, key=foreign).status == 404
    assert stores.get(f"{path}/{rate}", key=foreign).status == 404
