"""What a patch of a shipping method leaves as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from storekeeper.tenancy import Store
from tests.functions.conftest import Api


@pytest.mark.parametrize(
    ("_case", "patch", "left"),
    [
        ("one end", {"min": 2}, {"min": 2, "max": 4}),
        ("an end taken away", {"max": None}, {"min": 1, "max": None}),
        ("nothing said", {}, {"min": 1, "max": 4}),
        ("all taken away", None, {"min": None, "max": None}),
    ],
)
def test_delivery_days_are_merged(
    api: Callable[[str], Api], store: Store, _case: str, patch: dict[str, Any] | None, left: dict[str, Any]
) -> None:
    stores, path = api("stores"), f"/v1/stores/{store.id}/shipping-methods"
    parcel = {"name": "Parcel", "rate": {"kind": "flat", "amount": "5"}, "delivery_days": {"min": 1, "max": 4}}
    method = stores.post(path, parcel).json

    reply = stores.patch(f"{path}/{method['id']}", {"delivery_days": patch})

    assert (reply.status, reply.json["delivery_days"]) == (200, left)


def test_merged_delivery_days_must_fit_each_other(api: Callable[[str], Api], store: Store) -> None:
    stores, path = api("stores"), f"/v1/stores/{store.id}/shipping-methods"
    parcel = {"name": "Parcel", "rate": {"kind": "flat", "amount": "5"}, "delivery_days": {"min": 1, "max": 4}}
    method = stores.post(path, parcel).json

    reply = stores.patch(f"{path}/{method['id']}", {"delivery_days": {"min": 5}})

    assert (reply.status, reply.json["errors"][0]["code"]) == (422, "limits_reversed")
