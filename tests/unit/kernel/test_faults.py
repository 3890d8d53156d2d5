"""What the gateway does when the table does not answer, answers too late, or others stand in the way.

The wire here is a fault injector: the emulator never loses an answer and never has a conflict. What the gateway does
with good answers is tried against the emulator.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from storekeeper.kernel.attempts import MAX_ATTEMPTS, until_written
from storekeeper.kernel.errors import Contended, Unavailable
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.table import CONTENTION_S, OUTAGE_S, Pacing, Table, WriteRefused
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.writes import ABSENT, Put, Update

KEY = Key("T#ten_a#SAMPLE", "A")
OTHER = Key("T#ten_a#SAMPLE", "B")
Outcome: TypeAlias = dict[str, Any] | Exception


@dataclass
class Clockwork:
    """Time that passes only by sleeping."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def pacing(self) -> Pacing:
        return Pacing(sleep=self.sleep, monotonic=lambda: self.now, jitter=lambda: 0.5)


class FaultyWire:
    """Answers each call with the next outcome, and keeps on with the last."""

    def __init__(self, *outcomes: Outcome | Callable[[dict[str, Any]], Outcome]) -> None:
        self._outcomes, self.calls = list(outcomes), list[dict[str, Any]]()

    def _answer(self, **request: Any) -> Any:
        self.calls.append(request)
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        made = outcome(request) if callable(outcome) else outcome
        if isinstance(made, Exception):
            raise made
        return made

    get_item = batch_get_item = query = _answer
    put_item = update_item = transact_write_items = _answer


def refusal(code: str, **more: Any) -> ClientError:
    """An error of DynamoDB."""
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, "Any")  # type: ignore[typeddict-item]


def cancelled(*codes: str, items: tuple[Any, ...] = ()) -> ClientError:
    """A cancelled transaction, with one reason for each of its items."""
    reasons = [{"Code": code} for code in codes]
    for reason, item in zip(reasons, items, strict=False):
        reason.update({"Item": item} if item else {})
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


LOST = ReadTimeoutError(endpoint_url="table")


def table_of(wire: FaultyWire, clockwork: Clockwork | None = None) -> Table:
    return Table(
        wire,
        "table",
        tenant_id=TenantId("ten_a"),
        trace=Trace(system_actor("test"), "req_1"),
        pacing=(clockwork or Clockwork()).pacing(),
    )


def put(key: Key = KEY) -> Put:
    return Put(key, {"type": "sample"}, only_if=ABSENT)


def stamped(request: dict[str, Any], write_id: str | None = None) -> ClientError:
    """The condition failed; the old image carries this write's own id, or another's."""
    own = request["Item"]["write_id"] if write_id is None else {"S": write_id}
    return refusal("ConditionalCheckFailedException", Item={"pk": {"S": KEY.pk}, "write_id": own})


def test_a_write_whose_answer_was_lost_is_known_to_be_ours() -> None:
    wire = FaultyWire(LOST, stamped)

    table_of(wire).write(put())

    assert len(wire.calls) == 2


def test_a_write_whose_answer_was_lost_is_refused_if_another_s_is_there() -> None:
    wire = FaultyWire(LOST, lambda request: stamped(request, "another"))

    with pytest.raises(WriteRefused) as refused:
        table_of(wire).write(put())

    assert refused.value.old[KEY] == {"pk": KEY.pk, "write_id": "another"}


def test_an_update_whose_answer_was_lost_is_known_to_be_ours() -> None:
    def ours(request: dict[str, Any]) -> ClientError:
        own = request["ExpressionAttributeValues"][":_write"]
        return refusal("ConditionalCheckFailedException", Item={"pk": {"S": KEY.pk}, "write_id": own})

    wire = FaultyWire(LOST, ours)

    table_of(wire).write(Update(KEY, "SET version = :two", only_if="version = :one", values={":one": 1, ":two": 2}))

    assert len(wire.calls) == 2


def test_a_transaction_is_sent_again_under_its_own_token() -> None:
    wire = FaultyWire(LOST, cancelled("TransactionConflict", "None"), {})

    table_of(wire).write(put(), put(OTHER))

    tokens = {call["ClientRequestToken"] for call in wire.calls}
    assert (len(wire.calls), len(tokens)) == (3, 1)
    assert wire.calls[0] == wire.calls[2]


def test_each_write_has_a_token_of_its_own() -> None:
    wire = FaultyWire({})
    table = table_of(wire)

    table.write(put(), put(OTHER))
    table.write(put(), put(OTHER))

    assert len({call["ClientRequestToken"] for call in wire.calls}) == 2


def test_a_conflict_is_tried_again_for_at_least_two_seconds_with_growing_pauses() -> None:
    clockwork = Clockwork()

    with pytest.raises(Contended):
        table_of(FaultyWire(cancelled("TransactionConflict", "None")), clockwork).write(put(), put(OTHER))

    assert CONTENTION_S >= 2
    assert CONTENTION_S < clockwork.now < CONTENTION_S + 0.5
    assert clockwork.pauses[:6] == [0.02, 0.04, 0.08, 0.16, 0.32, 0.4]


def test_a_failed_condition_beats_a_conflict_beside_it() -> None:
    """Waiting would not help: the decision must be made again."""
    wire = FaultyWire(cancelled("TransactionConflict", "ConditionalCheckFailed", items=(None, {"n": {"N": "1"}})))

    with pytest.raises(WriteRefused) as refused:
        table_of(wire).write(put(), put(OTHER))

    assert refused.value.old == {OTHER: {"n": 1}}
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    "outage",
    [
        pytest.param(LOST, id="no_answer"),
        pytest.param(ConnectTimeoutError(endpoint_url="table"), id="no_connection"),
        pytest.param(refusal("ThrottlingException"), id="throttled"),
        pytest.param(refusal("ProvisionedThroughputExceededException"), id="hot_partition"),
        pytest.param(refusal("InternalServerError"), id="their_fault"),
    ],
)
def test_an_outage_ends_in_a_refusal_that_says_so(outage: Exception) -> None:
    clockwork = Clockwork()

    with pytest.raises(Unavailable):
        table_of(FaultyWire(outage), clockwork).get(KEY)

    assert OUTAGE_S < clockwork.now < OUTAGE_S + 0.5


def test_a_short_outage_is_not_noticed() -> None:
    wire = FaultyWire(refusal("ThrottlingException"), LOST, {"Item": {"pk": {"S": KEY.pk}}})

    assert table_of(wire).get(KEY) == {"pk": KEY.pk}


def test_a_request_that_the_table_calls_malformed_is_our_fault() -> None:
    wire = FaultyWire(refusal("ValidationException"))

    with pytest.raises(RuntimeError, match="refused the request"):
        table_of(wire).get(KEY)

    assert len(wire.calls) == 1


def test_keys_left_out_of_a_batch_are_asked_for_again() -> None:
    def answer(*names: str, left: tuple[str, ...] = ()) -> dict[str, Any]:
        keys = {"Keys": [{"pk": {"S": KEY.pk}, "sk": {"S": name}} for name in left]}
        return {
            "Responses": {"table": [{"pk": {"S": KEY.pk}, "sk": {"S": name}} for name in names]},
            "UnprocessedKeys": {"table": keys} if left else {},
        }

    wire = FaultyWire(answer("A", left=("B",)), answer("B"))

    assert set(table_of(wire).get_many([KEY, OTHER])) == {KEY, OTHER}
    assert [len(call["RequestItems"]["table"]["Keys"]) for call in wire.calls] == [2, 1]


@pytest.fixture
def losses() -> list[int]:
    """Counts attempts."""
    return []


def test_a_decision_is_made_again_until_it_holds(losses: list[int]) -> None:
    def attempt() -> str:
        losses.append(1)
        if len(losses) < 3:
            raise WriteRefused({KEY: None})
        return "written"

    assert until_written(attempt) == "written"
    assert len(losses) == 3


def test_a_decision_that_never_holds_is_given_up(losses: list[int]) -> None:
    def attempt() -> None:
        losses.append(1)
        raise WriteRefused({KEY: None})

    with pytest.raises(Contended) as contended:
        until_written(attempt)

    assert len(losses) == MAX_ATTEMPTS
    assert contended.value.retry_after_s == 1
