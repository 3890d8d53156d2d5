"""JSON as only somebody would write it who means harm, at each place of each example. Never a 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from storekeeper.kernel.limits import Limit
from storekeeper.tenancy import Store
from tests.api.furnishing import Furnishing
from tests.api.whole import operations, whole_api
from tests.functions.conftest import MakeSecret

MARK = "put it here"
HOSTILE = (
    '"\\ud800"',  # half of a surrogate pair
    '{"\\udfff": 1}',
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 4_000,
    '"\\u0000"',
    "[" * 200 + "]" * 200,
    '{"": {"": null}}',
    '"' + "x" * 100_000 + '"',
    "[" + "1," * 20_000 + "1]",
)


def places(example: Any) -> Iterator[Any]:
    """The example again and again, each time with another of its parts, or a further member, marked."""
    yield MARK
    if isinstance(example, dict):
        yield {**example, "more": MARK}
        for name, value in example.items():
            yield from ({**example, name: marked} for marked in places(value))
    if isinstance(example, list):
        for place, value in enumerate(example):
            yield from ([*example[:place], marked, *example[place + 1 :]] for marked in places(value))


@pytest.mark.usefixtures("cloud")
def test_no_json_is_more_than_refused(store: Store, make_secret: MakeSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storekeeper.edge.call.KEY_LIMIT", Limit("key", calls=1_000_000))
    monkeypatch.setattr("storekeeper.edge.shopper.CART_LIMIT", Limit("cart", calls=1_000_000))
    monkeypatch.setattr("storekeeper.edge.shopper.STORE_LIMIT", Limit("store", calls=1_000_000))
    api = whole_api(make_secret())
    furnishing = Furnishing(api, store)
    furnishing.all()
    wrong, tried = {}, 0

    for operation in operations():
        path = operation.at(furnishing.ids)
        for marked in places(operation.example) if operation.example is not None else ():
            for hostile in HOSTILE:
                body = json.dumps(marked).replace(json.dumps(MARK), hostile)
                reply = api(operation.method, path, raw=body, headers={"content-type": "application/json"})
                tried += 1
                if reply.status >= 500:
                    wrong[f"{operation}: {body[:120]}"] = f"{reply.status} {reply.text[:120]}"

    assert wrong == {}
    assert tried > 5_000
