"""The sweep: every kind of thing whose time has come, whoever's it is; one that fails stops no other."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from jobs import kinds
from jobs.app import handler
from jobs.kinds import Kind
from storekeeper.kernel import clock
from storekeeper.kernel.table import Table
from storekeeper.kernel.untenanted import find_due
from tests.functions.paying import Checkouts, Context, checkouts, standin, sweep
from tools import REPOSITORY

__all__ = ["checkouts", "standin"]

Later: TypeAlias = Callable[[int], None]

EVENTS = REPOSITORY / "events" / "jobs"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """`later(45)`: it is 45 minutes later."""
    real = clock.utc_now

    def later(minutes: int) -> None:
        monkeypatch.setattr(clock, "utc_now", lambda: real() + timedelta(minutes=minutes))

    return later


def test_everything_that_is_due_is_done(checkouts: Checkouts, later: Later) -> None:
    checkouts.shopper.post(f"{checkouts.base}/carts/{checkouts.cart(3)}/hold", key=None)
    unpaid, paid = checkouts.buy(), checkouts.buy()
    checkouts.pay(paid)
    assert checkouts.stock() == (10, 5)

    later(31)
    sweep()

    assert checkouts.order(unpaid)["cancel_reason"] == "payment_window_over"
    assert checkouts.order(paid)["payment_status"] == "paid"
    assert checkouts.stock() == (10, 1)


def test_a_pending_refund_is_followed(checkouts: Checkouts, later: Later) -> None:
    bought = checkouts.buy()
    checkouts.pay(bought)
    checkouts.tell(bought)
    checkouts.standin.control("faults", kind="error", status=500, times=2, acts=True, path="/v1/refunds")
    assert checkouts.act(bought, "refund").json["refunds"][0]["status"] == "pending"

    later(11)
    sweep()

    assert checkouts.order(bought)["refunds"][0]["status"] == "succeeded"
    assert len(checkouts.standin.v1.refunds.list().data) == 1


def test_what_was_done_is_not_done_again(checkouts: Checkouts, later: Later) -> None:
    bought = checkouts.buy()
    later(31)
    sweep()
    version = checkouts.order(bought)["version"]

    sweep()

    assert checkouts.order(bought)["version"] == version


def test_one_that_fails_stops_no_other_and_is_tried_once_a_sweep(
    checkouts: Checkouts,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = checkouts.buy(), checkouts.buy()
    tried: list[str] = []
    real = kinds.KINDS["payment"]

    def handle(key: Any, till: Any, now: Any) -> None:
        if first["order"]["id"] in key.pk:
            tried.append(key.pk)
            raise RuntimeError("a fault of ours")
        if till.table.tenant_id == checkouts.table.tenant_id:  # other tests leave things behind
            real.handle(key, till, now)

    monkeypatch.setitem(kinds.KINDS, "payment", Kind(handle))
    later(31)

    done = sweep()

    assert (done["failed"], len(tried)) == (1, 1)
    assert [checkouts.order(one)["status"] for one in (first, second)] == ["pending", "cancelled"]
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [line["SweepFailed"] for line in metrics if "SweepFailed" in line] == [[1.0]]


def test_the_key_of_a_cart_is_not_logged_when_its_hold_fails(
    checkouts: Checkouts,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cart_id = checkouts.cart()
    checkouts.shopper.post(f"{checkouts.base}/carts/{cart_id}/hold", key=None)

    def fail(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(kinds.KINDS, "hold", Kind(fail, has_secret_key=True))
    later(16)
    capsys.readouterr()

    assert sweep()["failed"] >= 1
    assert cart_id not in capsys.readouterr().out


def test_a_sweep_that_has_no_time_left_does_nothing(checkouts: Checkouts, later: Later) -> None:
    bought = checkouts.buy()
    later(31)

    assert sweep(left_ms=4_000) == {"done": 0, "failed": 0}
    assert checkouts.order(bought)["status"] == "pending"


def test_each_tenant_s_things_are_done_through_its_own_gateway(
    checkouts: Checkouts, later: Later, other_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkouts.buy()
    seen: list[tuple[str, str]] = []

    def handle(key: Any, till: Any, _: Any) -> None:
        seen.append((key.pk.split("#")[1], till.table.tenant_id))

    monkeypatch.setitem(kinds.KINDS, "payment", Kind(handle))
    later(4)

    sweep()

    assert seen
    assert all(owner == tenant_id for owner, tenant_id in seen)


def test_what_is_due_is_read_page_by_page(checkouts: Checkouts) -> None:
    for _ in range(3):
        checkouts.buy()
    until = clock.utc_now() + timedelta(minutes=4)
    client = checkouts.table._wire

    def page(shard: int, **more: Any) -> Any:
        table_name = checkouts.table._name
        return find_due(client.query, table=table_name, kind="payment", shard=shard, until=until, **more)

    for shard in range(4):
        whole, paged = page(shard), []
        after = None
        while one := page(shard, limit=1, after=after):
            paged += one
            after = one[-1]
        assert paged == whole


def test_the_sample_event_runs_the_sweep(checkouts: Checkouts) -> None:
    event = json.loads((EVENTS / "sweep.json").read_text())

    assert set(handler(event, Context())) == {"done", "failed"}
