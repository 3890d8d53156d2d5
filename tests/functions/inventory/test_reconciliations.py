"""Reconciliation over HTTP, what is right is left alone, and what was written by hand is mended."""

import pytest

from storekeeper.inventory import SkuRef, level_key
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import PRESENT, Update
from tests.functions.conftest import MakeSecret
from tests.functions.inventory.conftest import Merchant
from tests.functions.jobs.test_sweep import Later, later
from tests.functions.paying import sweep
from tests.functions.queueing import Queue, queue

__all__ = ["later", "queue"]

RECONCILIATIONS = "/v1/inventory/reconciliations"


def write_by_hand(merchant: Merchant, units: int) -> None:
    location_id = merchant.levels(sku="MUG-BLUE")[0]["location_id"]
    key = level_key(SkuRef(merchant.table.tenant_id, "MUG-BLUE"), location_id)
    merchant.table.write(Update(key, "SET on_hand = :units", only_if=PRESENT, values={":units": units}))


def test_a_difference_is_told_and_then_mended(merchant: Merchant, queue: Queue, later: Later) -> None:
    merchant.adjust(10)
    merchant.project()
    write_by_hand(merchant, 15)
    later(5)

    told = merchant.api.post(RECONCILIATIONS)
    queue.work()
    mended = merchant.api.post(RECONCILIATIONS, {"repair": ["figures"]})
    queue.work()

    run = merchant.api.get(f"{RECONCILIATIONS}/{told.json['id']}")
    (drift,) = merchant.data(f"{RECONCILIATIONS}/{told.json['id']}/drifts")
    assert (told.status, run.json["status"], run.json["counts"]["found"]) == (202, "done", 1)
    assert (drift["kind"], drift["cause"], drift["outcome"]) == ("figures", "written_outside", "found")
    assert (drift["expected"]["on_hand"], drift["found"]["on_hand"]) == (10, 15)
    (drift,) = merchant.data(f"{RECONCILIATIONS}/{mended.json['id']}/drifts")
    assert (drift["outcome"], merchant.levels(sku="MUG-BLUE")[0]["on_hand"]) == ("mended", 10)
    assert [one["id"] for one in merchant.data(RECONCILIATIONS)] == [mended.json["id"], told.json["id"]]


def test_a_busy_level_is_looked_at_again_by_the_sweep_and_then_mended(
    merchant: Merchant, queue: Queue, later: Later
) -> None:
    merchant.adjust(10)
    merchant.project()
    merchant.table.write(
        Update(
            level_key(SkuRef(merchant.table.tenant_id, "MUG-BLUE"), merchant.levels(sku="MUG-BLUE")[0]["location_id"]),
            "SET reserved = :units, available = available - :units, version = version + :one",
            only_if=PRESENT,
            values={":units": 4, ":one": 1},
        )
    )
    merchant.project()
    path = f"{RECONCILIATIONS}/{merchant.api.post(RECONCILIATIONS, {'repair': ['reserved']}).json['id']}"

    queue.work()
    waiting = merchant.api.get(path).json
    for minutes in (2, 4):
        later(minutes)
        sweep()
        queue.work()

    done, (drift,) = merchant.api.get(path).json, merchant.data(f"{path}/drifts")
    assert (waiting["status"], waiting["counts"]["found"]) == ("waiting", 0)
    assert (done["status"], done["counts"]["looked_again"], done["counts"]["skipped_busy"]) == ("done", 2, 0)
    assert (drift["kind"], drift["cause"], drift["outcome"]) == ("reserved", "owner_gone", "mended")
    assert merchant.levels(sku="MUG-BLUE")[0]["reserved"] == 0


@pytest.mark.usefixtures("queue")
def test_another_tenant_sees_none_of_it(merchant: Merchant, other_table: Table, make_secret: MakeSecret) -> None:
    run = f"{RECONCILIATIONS}/{merchant.api.post(RECONCILIATIONS).json['id']}"
    theirs = make_secret(table=other_table)

    for path in (run, f"{run}/drifts"):
        assert merchant.api.get(path, key=theirs).status == 404
    assert merchant.api.post(f"{run}/cancel", key=theirs).status == 404


@pytest.mark.usefixtures("queue")
def test_it_can_be_stopped_and_not_resumed_then(merchant: Merchant) -> None:
    run = f"{RECONCILIATIONS}/{merchant.api.post(RECONCILIATIONS).json['id']}"

    assert merchant.api.post(f"{run}/cancel").json["status"] == "cancelled"
    assert merchant.api.post(f"{run}/resume").code == "wrong_state"
