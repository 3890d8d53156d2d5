"""The stand-in as a program: its state file, its port, its memory."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from local.stripe.store import Store


def test_a_restart_keeps_intents_keys_and_undelivered_events(tmp_path: Path, receiver: Any, program: Any) -> None:
    state = tmp_path / "stripe.sqlite"
    key = {"idempotency_key": "order-1"}
    receiver.refusals = 1_000
    with program("--state", str(state)) as client:
        made = client.v1.payment_intents.create({"amount": 1000, "currency": "usd"}, key)
        held = client.v1.payment_intents.confirm(
            made.id, {"payment_method": "pm_card_processing", "return_url": "http://localhost/"}
        )
    receiver.refusals = 0

    with program("--state", str(state)) as client:
        assert client.v1.payment_intents.retrieve(made.id).status == held.status == "processing"
        assert client.v1.payment_intents.create({"amount": 1000, "currency": "usd"}, key).id == made.id
        assert receiver.wait_for(3) == ["charge.pending", "payment_intent.created", "payment_intent.processing"]


def test_half_a_request_is_never_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "stripe.sqlite"
    store = Store(file)
    store.put({"id": "pi_1", "object": "payment_intent", "status": "succeeded"})
    store.commit()
    store.put({"id": "pi_2", "object": "payment_intent", "status": "succeeded"})
    store.put({"id": "ch_2", "object": "charge"})
    store.close()

    reopened = Store(file)

    assert [one["id"] for one in reopened.newest_first("payment_intent")] == ["pi_1"]
    assert reopened.find("charge", "ch_2") is None
    reopened.close()


def test_a_taken_port_is_a_clear_message(receiver: Any, run_once: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        status, said = run_once("--port", str(port))

    assert status == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_it_stays_small(running_process: Any, standin: Any) -> None:
    for number in range(20):
        standin.v1.payment_intents.create({"amount": 1000 + number, "currency": "usd"})

    status = Path(f"/proc/{running_process.pid}/status")
    if not status.exists():
        pytest.fail("this test reads the process's memory from /proc")
    resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))

    assert int(resident.split()[1]) < 60 * 1024


def test_it_ends_at_once_while_its_receiver_hangs(program: Any) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        started = time.monotonic()

        with program("--webhook-url", f"http://127.0.0.1:{deaf.getsockname()[1]}/") as client:
            client.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
            deaf.accept()[0].close()

        assert time.monotonic() - started < 5
