"""The projector's batches: what failed is delivered again from there, and nothing is lost behind it."""

import threading
from typing import Any

import pytest

from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.streams import project_batch
from storekeeper.streams.projecting import Projection
from tests.streaming import a_record


class Seen:
    """A projection that remembers what it was given, and fails on what it is told to."""

    def __init__(self, *, failing: str = "") -> None:
        self.failing = failing
        self.changes: list[tuple[str, int]] = []
        self.requests: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, change: Change, *, table: Table) -> None:
        assert change.tenant_id == table.tenant_id
        if change.sequence == self.failing:
            raise RuntimeError("cannot be projected")
        with self._lock:
            self.changes.append((change.key.sk, change.item["version"]))
            self.requests.append(table.trace.request_id)


def of_things(seen: Seen) -> dict[str, Projection]:
    return {"seen": Projection(frozenset({"thing", "cart"}), seen)}


def table_of(tenant_id: TenantId, request_id: str) -> Table:
    return Table(None, "t", tenant_id=tenant_id, trace=Trace(system_actor("projector"), request_id))  # type: ignore[arg-type]


def a_batch(*places: tuple[str, int]) -> list[dict[str, Any]]:
    """Records of items `A`, `B`, ... at a version, numbered from 1."""
    return [
        a_record(
            f"T#ten_1#{item}",
            item,
            new={"type": "thing", "version": version, "request_id": f"req_{number}"},
            sequence=number,
        )
        for number, (item, version) in enumerate(places, start=1)
    ]


def sequence(number: int) -> str:
    return f"{number:021d}"


def test_a_batch_is_projected_in_the_order_of_each_item() -> None:
    seen = Seen()

    answer = project_batch(
        a_batch(("A", 1), ("B", 1), ("A", 2), ("B", 2), ("A", 3)), table_of=table_of, projections=of_things(seen)
    )

    assert answer == {"batchItemFailures": []}
    assert [version for item, version in seen.changes if item == "A"] == [1, 2, 3]
    assert [version for item, version in seen.changes if item == "B"] == [1, 2]


def test_a_projection_is_given_its_own_types_only() -> None:
    seen, other = Seen(), Seen()
    projections = {"seen": Projection(frozenset({"thing"}), seen), "other": Projection(frozenset({"order"}), other)}

    project_batch(a_batch(("A", 1)), table_of=table_of, projections=projections)

    assert (len(seen.changes), other.changes) == (1, [])


def test_what_is_written_bears_the_request_that_it_follows_from() -> None:
    seen = Seen()

    project_batch(a_batch(("A", 1)), table_of=table_of, projections=of_things(seen))

    assert seen.requests == ["req_1"]


def test_the_first_failure_is_answered_and_stops_only_its_own_item() -> None:
    seen = Seen(failing=sequence(2))

    answer = project_batch(
        a_batch(("A", 1), ("B", 1), ("A", 2), ("B", 2)), table_of=table_of, projections=of_things(seen)
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(2)}]}
    assert sorted(seen.changes) == [("A", 1), ("A", 2)]


def test_of_several_failures_the_first_counts() -> None:
    batch = a_batch(("A", 1), ("B", 1), ("C", 1))
    batch[2]["dynamodb"]["NewImage"]["version"] = {"N": "1.5"}  # no code of ours writes such a number
    batch[1]["dynamodb"]["NewImage"]["version"] = {"N": "2.5"}

    answer = project_batch(batch, table_of=table_of, projections=of_things(Seen()))

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(2)}]}


def test_a_tenant_that_cannot_be_reached_fails_its_record() -> None:
    def unreachable(*_: object) -> Table:
        raise RuntimeError("no such role")

    answer = project_batch(a_batch(("A", 1)), table_of=unreachable, projections=of_things(Seen()))

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(1)}]}


def test_nothing_is_derived_from_a_look_up() -> None:
    seen = Seen()
    record = a_record("HOST#harbour.localhost", "HOST#harbour.localhost", new={"type": "host", "version": 1})

    answer = project_batch([record], table_of=table_of, projections=of_things(seen))

    assert (answer, seen.changes) == ({"batchItemFailures": []}, [])


def test_failures_are_logged_without_the_key_which_may_be_a_cart_s(caplog: pytest.LogCaptureFixture) -> None:
    record = a_record("T#ten_1#CART#cart_secret", "CART", new={"type": "cart", "version": 1}, sequence=7)

    project_batch([record], table_of=table_of, projections=of_things(Seen(failing=sequence(7))))

    logged = next(record for record in caplog.records if record.message == "change.not_projected")
    assert vars(logged)["sequence"] == sequence(7)
    assert "cart_secret" not in str(vars(logged)) + caplog.text
