"""What stays of a stack that ends, tried from outside: stopped, killed, with data that nobody can read."""

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

from local.deploy import Deployed, deploy
from local.emulator import start_emulator
from local.processes import REPOSITORY
from local.testing import RunningStack, running_stack
from tests.local.conftest import READ_BY_BOTH

SKU = "MUG-BLUE"
TIMEOUT_S = 35.0  # longer than the gateway waits for a function
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
        answer = httpx.request(method, url, json=body, headers=self.key, timeout=TIMEOUT_S, trust_env=False)
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
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        assert paid.json()["status"] == "succeeded"
        path = f"/v1/orders/{placed['order']['id']}"
        eventually(lambda: self.call("GET", path)["payment_status"] == "paid")
        return path, intent


def eventually(holds: Callable[[], bool], *, within_s: float = 60) -> None:
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
    item = {"pk": {"S": name}, "sk": {"S": "A"}, "type": {"S": READ_BY_BOTH}, "bytes": {"B": b"\0\xff"}}
    stack.client("dynamodb").put_item(TableName=stack.description["table"], Item=item)


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
        assert httpx.get(shown["url"], timeout=TIMEOUT_S, trust_env=False).content[:4] == b"\x89PNG"
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


@pytest.mark.stack
@pytest.mark.slow
def test_a_stack_is_brought_up_to_date_with_its_data_in_place(checkout: Path, tmp_path: Path) -> None:
    def variables(deployed: Deployed) -> Json:
        described = functions.get_function_configuration(FunctionName=deployed.functions["PaymentsFunction"])
        return dict(described["Environment"]["Variables"])

    emulator = start_emulator(tmp_path, enforce_iam=False)
    try:
        functions, table = emulator.client("lambda"), emulator.client("dynamodb")
        before = {"Stage": "local", "StripeApiBase": "http://127.0.0.1:1"}
        made = deploy(emulator, checkout=checkout, parameters=before)
        table.put_item(TableName=made.table, Item={"pk": {"S": "kept"}, "sk": {"S": "A"}})

        now = before | {"StripeApiBase": "http://127.0.0.1:2"}
        updated = deploy(emulator, checkout=checkout, parameters=now, is_new=False)
        unchanged = deploy(emulator, checkout=checkout, parameters=now, is_new=False)

        assert made == updated == unchanged
        assert variables(updated)["STRIPE_API_BASE"] == "http://127.0.0.1:2"
        assert table.scan(TableName=made.table)["Count"] == 1
        mappings = functions.list_event_source_mappings()["EventSourceMappings"]
        assert {one["State"] for one in mappings if ":dynamodb:" in one["EventSourceArn"]} == {"Disabled"}
    finally:
        emulator.stop()
