"""Every sample event of the storefront, as `sam local invoke` would send it, and what comes of it."""

import json

import pytest

from storekeeper.tenancy import Store
from tests.functions.conftest import Api
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "storefront"
ANSWERS = {
    "read_settings": 200,
    "read_settings_of_unknown_domain": 404,
    "browse_products": 200,
    "search_products": 200,
    "browse_products_by_unreadable_cursor": 422,
    "show_product": 200,
    "show_unknown_product": 404,
    "browse_categories": 200,
    "show_category": 200,
    "browse_collections": 200,
    "show_collection": 200,
    "browse_products_of_collection": 200,
}


def test_every_sample_event_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == set(ANSWERS)


@pytest.mark.parametrize(("name", "status"), ANSWERS.items())
@pytest.mark.usefixtures("mug", "gifts")
def test_a_sample_event_is_answered(client: Api, store: Store, name: str, status: int) -> None:
    sample = (EVENTS / f"{name}.json").read_text().replace("harbour.localhost", store.domains[0])

    reply = client.send(json.loads(sample))

    assert reply.status == status, reply.text
    assert reply.headers["content-type"] == ("application/json" if status < 300 else "application/problem+json")
