"""What stays of a stack that ends, tried from outside: stopped, killed, with data that nobody can read."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.checkpoints import Checkpoint, Checkpoints, oldest
from local.processes import REPOSITORY
from local.saves import Kept, Saves, StripeKeys
from local.state import StateFolder
from local.testing import RunningStack, running_stack

SKU = "MUG-BLUE"
ADDRESS = {"first_name": "Ada", "last_name": "Example", "line1": "12 Quay Street", "city": "Portland", "region": "ME"}
ADDRESS |= {"postal_code": "04101", "country": "US"}

Json = dict[str, Any]


class Shopper:
    """Somebody at the first demo store, and its merchant."""

    def __init__(self, stack: RunningStack) -> None:
        self.stripe = stack.demo["stripe"]
        tenant = stack.demo["tenants"][0]
        self.base_url = stack.base_url
        self.shop = f"/v1/storefront/{tenant['stores'][0]['domain']}"
        self.key = {"Authorization": f"Bearer {tenant['api_key']}"}

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        url = self.base_url + path
        answer = httpx.request(method, url, json=body, headers=self.key, timeout=35, trust_env=False)
        assert answer.status_code < 300, answer.text
        return dict(answer.json())

    def order(self) -> tuple[str, str]:
        """Order two mugs and pay: the order's path, and the intent."""
        cart = f"{self.shop}/carts/{self.call('POST', f'{self.shop}/carts', {})['id']}"
        self.call("POST", f"{cart}/items", {"sku": SKU, "quantity": 2})
        self.call("PATCH", cart, {"email": "ada@shop.example", "shipping_address": ADDRESS})
        method = self.call("GET", f"{cart}/shipping-methods")["data"][0]["id"]
        self.call("PATCH", cart, {"shipping_method_id": method})
        placed = self.call("POST", f"{cart}/checkout", {"payment_method": "stripe"})
        intent = placed["payment"]["intent_id"]
        paid = httpx.post(
            f"{self.stripe['api_base']}/v1/payment_intents/{intent}/confirm",
            data={"payment_method": "pm_card_visa", "return_url": "https://shop.example"},
            auth=(self.stripe["secret_key"], ""),
            trust_env=False,
        )
        assert paid.json()["status"] == "succeeded"
        path = f"/v1/orders/{placed['order']['id']}"
        eventually(lambda: self.call("GET", path)["payment_status"] == "paid")
        return path, intent


def eventually(holds: Callable[[], bool], *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.1)


def end(stack: RunningStack, number: signal.Signals) -> None:
    os.kill(stack.supervisor.pid, number)
    stack.supervisor.wait(60)


def kill_all_of(stack: RunningStack) -> None:
    """As a power failure ends it: nothing is saved."""
    os.kill(stack.supervisor.pid, signal.SIGSTOP)  # it would start again what ends
    for child in stack.state.read(stack.state.supervisor)["children"].values():
        os.killpg(child, signal.SIGKILL)
    end(stack, signal.SIGKILL)


def said_by(stack: RunningStack) -> str:
    return (stack.state.path.parent / f"{stack.state.path.name}.out").read_text()


def put(stack: RunningStack, name: str) -> None:
    stack.client("dynamodb").put_item(
        TableName=stack.description["table"], Item={"pk": {"S": name}, "sk": {"S": "A"}, "bytes": {"B": b"\0\xff"}}
    )


def names(stack: RunningStack) -> dict[str, bytes]:
    items = stack.client("dynamodb").scan(TableName=stack.description["table"])["Items"]
    return {item["pk"]["S"]: item["bytes"]["B"] for item in items}


@pytest.mark.stack
@pytest.mark.slow
def test_an_order_and_its_payment_outlive_a_stop_and_a_kill(tmp_path: Path) -> None:
    with running_stack(tmp_path / "state") as first:
        before = first.demo
        order, intent = Shopper(first).order()
        picture = Shopper(first).call("GET", f"{Shopper(first).shop}/products/mug")["images"][0]
        end(first, signal.SIGINT)
        assert not first.state.demo.exists()

    with running_stack(tmp_path / "state") as second:
        shopper = Shopper(second)
        assert (second.demo["tenants"], second.demo["stripe"]["secret_key"]) == (
            before["tenants"],
            before["stripe"]["secret_key"],
        )
        assert shopper.call("GET", order)["payment"]["intent_id"] == intent
        assert shopper.call("GET", order)["shipping_address"]["line1"] == ADDRESS["line1"]
        shown = shopper.call("GET", f"{shopper.shop}/products/mug")["images"][0]
        assert httpx.get(shown["url"], trust_env=False).content[:4] == b"\x89PNG"
        assert shown["alt"] == picture["alt"]
        refund = {"lines": [{"sku": SKU, "quantity": 1}], "restock": True, "reason": "chipped"}
        assert shopper.call("POST", f"{order}/refund", refund)["payment_status"] == "partially_refunded"
        eventually(lambda: kinds_of_movements(shopper) == ["hold", "release", "restock"])
        kill_all_of(second)

    with running_stack(tmp_path / "state") as third:
        assert "was killed before it could save" in said_by(third)
        assert Shopper(third).call("GET", order)["payment_status"] == "paid"  # before the refund, which is lost


def kinds_of_movements(shopper: Shopper) -> list[str]:
    rows = shopper.call("GET", f"/v1/inventory/movements?sku={SKU}")["data"]
    return sorted({row["type"] for row in rows})


@pytest.mark.stack
@pytest.mark.slow
def test_what_the_pump_had_not_done_it_does_after_the_next_start(checkout: Path, tmp_path: Path) -> None:
    def seen(stack: RunningStack) -> list[str]:
        file = stack.state.data / "tmp" / "projector"
        return file.read_text().splitlines() if file.exists() else []

    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as first:
        put(first, "done")
        eventually(lambda: seen(first) == ["done"])
        os.kill(first.child("pump"), signal.SIGSTOP)
        put(first, "left")

    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as second:
        eventually(lambda: seen(second) == ["left"])
        put(second, "new")
        eventually(lambda: seen(second) == ["left", "new"])
        assert names(second) == dict.fromkeys(("done", "left", "new"), b"\0\xff")


@pytest.mark.stack
@pytest.mark.slow
def test_killing_the_supervisor_alone_loses_nothing(checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as first:
        put(first, "kept")
        end(first, signal.SIGKILL)

    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as second:
        assert list(names(second)) == ["kept"]
        assert "was killed" not in said_by(second)


@pytest.mark.stack
@pytest.mark.slow
def test_data_that_cannot_be_read_is_set_aside(checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as first:
        put(first, "lost")
    (first.state.data / "state" / "dynamodb.json").write_text('{"half')

    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as second:
        assert names(second) == {}
        assert "cannot be gone on with" in said_by(second)
        assert (second.state.set_aside / "saved" / "state" / "dynamodb.json").read_text() == '{"half'


@pytest.mark.stack
@pytest.mark.slow
def test_reset_forgets_what_was_kept(checkout: Path, tmp_path: Path) -> None:
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as first:
        put(first, "forgotten")
    reset = [sys.executable, "-m", "local", "reset", f"--state-dir={first.state.path}"]
    subprocess.run(reset, cwd=REPOSITORY, check=True, timeout=60, capture_output=True)

    assert [one.name for one in first.state.path.iterdir()] == ["lock"]
    with running_stack(tmp_path / "state", seed=False, checkout=checkout) as second:
        assert names(second) == {}


# --- which data a start begins with ------------------------------------------------------------------------------


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path)


def data_of(folder: Path, *, name: str, made_by: str = "now", is_saved: bool = True, is_ready: bool = True) -> None:
    """A folder as a stack leaves it."""
    (folder / "state").mkdir(parents=True)
    (folder / "pump").mkdir()
    (folder / "name").write_text(name)
    if is_saved:
        (folder / "state" / "whole").touch()
    if is_ready:
        keys = {"secret_key": "sk", "publishable_key": "pk", "webhook_secret": "whsec"}
        kept = {"emulator_port": 1, "stripe_port": 2, "stripe_keys": keys, "tenants": None, "made_by": made_by}
        (folder / "kept.json").write_text(json.dumps(kept))


def names_of(saves: Saves) -> list[str]:
    return [(folder / "name").read_text() for folder in saves.beginnings()]


def test_a_start_goes_on_from_how_the_last_run_ended(state: StateFolder) -> None:
    data_of(state.data, name="last")
    data_of(state.saved, name="older")
    data_of(state.seeded, name="seeded")
    saves = Saves(state, made_by="now")

    assert saves.take_over()
    assert names_of(saves) == ["last", "seeded"]


def test_after_a_kill_a_start_goes_on_from_the_save_before(state: StateFolder) -> None:
    data_of(state.data, name="killed", is_saved=False)
    data_of(state.saved, name="older")
    data_of(state.seeded, name="seeded")
    saves = Saves(state, made_by="now")

    assert not saves.take_over()
    assert names_of(saves) == ["older", "seeded"]
    assert not state.data.exists()


def test_a_run_that_never_became_ready_leaves_nothing_and_lost_nothing(state: StateFolder) -> None:
    data_of(state.data, name="half made", is_ready=False)
    saves = Saves(state, made_by="now")

    assert saves.take_over()
    assert names_of(saves) == []


def test_demo_data_that_other_code_made_is_not_used(state: StateFolder) -> None:
    data_of(state.seeded, name="seeded", made_by="before")

    assert names_of(Saves(state, made_by="now")) == []
    assert names_of(Saves(state, made_by="before")) == ["seeded"]


def test_a_start_works_on_a_copy_that_is_not_worth_keeping_until_it_is_ready(state: StateFolder) -> None:
    data_of(state.saved, name="saved")
    saves = Saves(state, made_by="now")

    kept = saves.begin_with(state.saved)

    assert kept == Kept(1, 2, StripeKeys("sk", "pk", "whsec"), None, "now")
    assert not (state.data / "kept.json").exists()
    saves.note(kept)
    assert saves.take_over()
    assert names_of(saves) == ["saved"]


def test_after_the_demo_data_was_copied_a_kill_is_still_noticed(state: StateFolder) -> None:
    data_of(state.data, name="seeded", is_saved=False)
    saves = Saves(state, made_by="now")

    saves.keep_seeded((state.data / "state" / "whole").touch)

    assert names_of(saves) == ["seeded"]
    assert not saves.take_over()


def test_the_stream_is_needed_from_the_slowest_reader_on(tmp_path: Path) -> None:
    fast, slow = Checkpoints(tmp_path, "publisher"), Checkpoints(tmp_path, "projector")

    fast.write("shard", Checkpoint("0007"))
    assert oldest(tmp_path) is None  # one has read nothing yet
    slow.write("shard", Checkpoint("0003"))
    assert oldest(tmp_path) == "0003"


def test_without_readers_all_of_the_stream_is_needed(tmp_path: Path) -> None:
    assert oldest(tmp_path / "none") is None
