"""Routes of shipping methods."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.emulated import MakeStore
from tests.functions.conftest import Api, MakeSecret

PARCEL = {
    "name": "Parcel",
    "rate": {"kind": "flat", "amount": "5"},
    "zones": [{"country": "US", "regions": ["NY"]}],
    "free_from": "100.00",
    "max_weight_g": 20_000,
    "delivery_days": {"min": 2, "max": 4},
    "tracking_url_template": "https://track.example.com/{tracking_number}",
}
RATES = [
    {"kind": "flat", "amount": "5.00"},
    {"kind": "weight", "base": "4.00", "per_step": "1.50", "step_g": 500},
    {"kind": "item", "base": "2.00", "per_item": "0.75"},
    {"kind": "weight_table", "bands": [{"up_to_g": 1_000, "amount": "3.00"}, {"up_to_g": None, "amount": "7.00"}]},
    {"kind": "amount_table", "bands": [{"up_to": "50.00", "amount": "9.00"}, {"up_to": None, "amount": "0.00"}]},
]


@pytest.fixture
def stores(api: Callable[[str], Api]) -> Api:
    return api("stores")


@pytest.fixture
def path(store: Store) -> str:
    return f"/v1/stores/{store.id}/shipping-methods"


def test_a_method_is_answered_whole(stores: Api, path: str) -> None:
    made = stores.post(path, PARCEL)

    method = made.json
    read = stores.get(f"{path}/{method['id']}")
    assert (made.status, made.headers["etag"], read.status, read.json) == (201, '"1"', 200, method)
    assert {name: value for name, value in method.items() if name not in {"id", "created_at", "updated_at"}} == {
        "name": "Parcel",
        "currency": "USD",
        "rate": {"kind": "flat", "amount": "5.00"},
        "zones": [{"country": "US", "regions": ["NY"]}],
        "free_from": "100.00",
        "min_weight_g": None,
        "max_weight_g": 20_000,
        "min_amount": None,
        "max_amount": None,
        "delivery_days": {"min": 2, "max": 4},
        "tracking_url_template": "https://track.example.com/{tracking_number}",
        "active": True,
        "position": 0,
        "version": 1,
    }


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate["kind"])
def test_every_kind_of_rate_comes_back_as_it_was_sent(stores: Api, path: str, rate: dict[str, Any]) -> None:
    assert stores.post(path, {"name": "Parcel", "rate": rate}).json["rate"] == rate


def test_a_patch_changes_what_it_names_and_null_lifts_a_limit(stores: Api, path: str) -> None:
    method = stores.post(path, PARCEL).json
    change = {"name": "Post", "max_weight_g": None, "delivery_days": None, "rate": RATES[1], "active": False}

    changed = stores.patch(f"{path}/{method['id']}", change)

    same = {name: value for name, value in method.items() if name not in {*change, "version", "updated_at"}}
    assert changed.status == 200
    assert changed.json | same == changed.json
    assert changed.json["rate"] == RATES[1]
    assert (changed.json["name"], changed.json["max_weight_g"], changed.json["active"]) == ("Post", None, False)
    assert changed.json["delivery_days"] == {"min": None, "max": None}
    assert changed.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("_case", "change", "field", "code"),
    [
        ("no name", {"name": None}, "name", "string_type"),
        ("an unknown kind", {"rate": {"kind": "magic"}}, "rate", "union_tag_invalid"),
        ("half a cent", {"rate": {"kind": "flat", "amount": "5.005"}}, "rate.amount", "amount_malformed"),
        (
            "bands that fall",
            {"rate": {"kind": "weight_table", "bands": [{"up_to_g": 2, "amount": "1"}, {"up_to_g": 1, "amount": "2"}]}},
            "rate.bands",
            "bands_out_of_order",
        ),
        ("limits reversed", {"min_weight_g": 20_001}, "max_weight_g", "limits_reversed"),
        ("no place for the number", {"tracking_url_template": "https://x.example"}, "tracking_url_template", None),
        ("an unknown field", {"colour": "red"}, "colour", "extra_forbidden"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(
    stores: Api, path: str, _case: str, change: dict[str, Any], field: str, code: str | None
) -> None:
    method = stores.post(path, PARCEL).json

    replies = [stores.post(path, PARCEL | change), stores.patch(f"{path}/{method['id']}", change)]

    for reply in replies:
        assert reply.status == 422
        (error,) = reply.json["errors"]
        assert error["field"].startswith(field)
        assert error["code"] == (code or "tracking_number_missing")
    assert stores.get(f"{path}/{method['id']}").json == method


def test_amounts_have_the_digits_of_the_store_s_currency(stores: Api, make_store: MakeStore) -> None:
    yen = f"/v1/stores/{make_store(currency='JPY').id}/shipping-methods"

    assert stores.post(yen, {"name": "Parcel", "rate": {"kind": "flat", "amount": "500"}}).json["currency"] == "JPY"
    assert stores.post(yen, {"name": "Parcel", "rate": {"kind": "flat", "amount": "5.00"}}).status == 422


def test_methods_are_listed_in_pages_and_filtered(stores: Api, path: str) -> None:
    flat = {"kind": "flat", "amount": "5.00"}
    ids = [
        stores.post(path, {"name": "A", "rate": flat}).json["id"],
        stores.post(path, {"name": "B", "rate": flat, "zones": [{"country": "DE"}]}).json["id"],
        stores.post(path, {"name": "C", "rate": flat, "active": False}).json["id"],
    ]

    def listed(**query: Any) -> list[str]:
        return [method["id"] for method in stores.get(path, query=query).json["data"]]

    first = stores.get(path, query={"limit": 2}).json
    second = stores.get(path, query={"limit": 2, "cursor": first["next_cursor"]}).json
    pages = [method["id"] for page in (first, second) for method in page["data"]]
    assert (sorted(pages), pages, second["next_cursor"]) == (sorted(ids), sorted(ids), None)
    assert listed(active="true") == sorted(ids[:2])
    assert listed(country="US") == sorted([ids[0], ids[2]])


def test_a_deleted_method_is_gone(stores: Api, path: str) -> None:
    method = stores.post(path, PARCEL).json

    assert stores.delete(f"{path}/{method['id']}").status == 204
    assert stores.get(f"{path}/{method['id']}").status == 404
    assert stores.delete(f"{path}/{method['id']}").status == 404


def test_a_stale_if_match_changes_nothing(stores: Api, path: str) -> None:
    method = stores.post(path, PARCEL).json
    stores.patch(f"{path}/{method['id']}", {"position": 2})
    stale = {"headers": {"If-Match": '"1"'}}

    assert stores.patch(f"{path}/{method['id']}", {"position": 3}, **stale).status == 412
    assert stores.delete(f"{path}/{method['id']}", **stale).status == 412
    assert stores.get(f"{path}/{method['id']}").json["position"] == 2


def test_a_repeated_post_is_done_once(stores: Api, path: str) -> None:
    key = {"headers": {"Idempotency-Key": "a-key-of-sixteen-characters"}}

    first, again = (stores.post(path, PARCEL, **key) for _ in range(2))

    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert len(stores.get(path).json["data"]) == 1


def test_another_tenant_a_key_without_the_scope_and_no_key_get_nothing(
    stores: Api, path: str, make_secret: MakeSecret, other_table: Table
) -> None:
    method = stores.post(path, PARCEL).json["id"]
    foreign = make_secret(table=other_table)
    reader = make_secret("stores:read")

    for key, status in [(foreign, 404), (reader, 403), (None, 401)]:
        assert stores.post(path, PARCEL, key=key).status == status
        assert stores.patch(f"{path}/{method}", {"name": "x"}, key=key).status == status
        assert stores.delete(f"{path}/{method}", key=key).status == status
    assert stores.get(path, key=foreign).status == 404
    assert stores.get(f"{path}/{method}", key=foreign).status == 404
    assert stores.get(f"{path}/{method}", key=reader).status == 200
