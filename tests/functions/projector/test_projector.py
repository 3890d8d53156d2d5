"""The projector function: batches of the stream in, what is derived in the table."""

import json
from typing import Any

import pytest

from local.testing import DataCloud
from projector.app import handler
from storekeeper.inventory import SkuRef, level_key
from storekeeper.inventory.movements.items import PREFIX
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.table import Table
from tools import REPOSITORY

EVENTS = REPOSITORY / "events" / "projector"
SAMPLE_ID = "01KAGC3M5Q8V6ZB1X7Y2N4T9RD"
ANSWERS: dict[str, tuple[list[str], list[int]]] = {
    "stock_changes": ([], [1, 2]),
    "unreadable_record": (["000000000000000000002"], [1]),
    "look_up": ([], []),
}


def ledger(table: Table) -> list[int]:
    pk = level_key(SkuRef(table.tenant_id, "MUG-BLUE"), LocationId(f"loc_{SAMPLE_ID}")).pk
    return [row["version"] for row in table.query(pk, prefix=PREFIX, consistent=True)]


def sample(name: str, table: Table) -> dict[str, Any]:
    text = (EVENTS / f"{name}.json").read_text().replace(f"ten_{SAMPLE_ID}", table.tenant_id)
    event: dict[str, Any] = json.loads(text)
    return event


@pytest.mark.parametrize(("name", "failures", "versions"), [(name, *answer) for name, answer in ANSWERS.items()])
def test_a_sample_batch_is_projected(
    cloud: DataCloud, table: Table, name: str, failures: list[str], versions: list[int]
) -> None:
    event = sample(name, table)

    answers = [handler(event, None), handler(event, None)]  # it comes again, and adds nothing

    assert answers == [{"batchItemFailures": [{"itemIdentifier": one} for one in failures]}] * 2
    assert ledger(table) == versions


def test_every_sample_batch_is_tried() -> None:
    assert {file.stem for file in EVENTS.glob("*.json")} == set(ANSWERS)


def test_what_is_derived_says_who_and_under_which_request(cloud: DataCloud, table: Table) -> None:
    handler(sample("stock_changes", table), None)

    pk = level_key(SkuRef(table.tenant_id, "MUG-BLUE"), LocationId(f"loc_{SAMPLE_ID}")).pk
    row = table.query(pk, prefix=PREFIX, consistent=True)[0]
    assert (row["changed_by"], row["request_id"]) == ("system:projector", "JKJaXmPLvHcESHA=")
