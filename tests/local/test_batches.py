"""What becomes of a batch of stream records when functions fail, in part or whole."""

from collections.abc import Sequence
from typing import Any

from local.batches import Record, Rules, deliver
from local.invoker import CannotInvoke, Invocation

RULES = Rules(retries=2, splits=True, partial=True)


def record(number: int) -> Record:
    return {"dynamodb": {"SequenceNumber": str(number)}}


class Shop:
    """A function, a shelf and a checkpoint that remember what they were given."""

    def __init__(self, *, poison: Sequence[int] = (), crashes: bool = False) -> None:
        self.poison = {str(number) for number in poison}
        self.crashes = crashes
        self.absent = 0
        self.invocations: list[list[str]] = []
        self.processed: list[str] = []
        self.aside: list[tuple[list[str], int]] = []
        self.checkpoints: list[str] = []

    def invoke(self, records: Sequence[Record]) -> Invocation:
        if self.absent:
            self.absent -= 1
            raise CannotInvoke("away")
        numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
        self.invocations.append(numbers)
        bad = [number for number in numbers if number in self.poison]
        if bad and self.crashes:
            return Invocation({"errorType": "ValueError"}, "Unhandled")
        before = numbers[: numbers.index(bad[0])] if bad else numbers
        self.processed += before
        return Invocation({"batchItemFailures": [{"itemIdentifier": number} for number in bad]})

    def set_aside(self, records: Sequence[Record], *, invocations: int) -> None:
        self.aside.append(([one["dynamodb"]["SequenceNumber"] for one in records], invocations))

    def deliver(self, numbers: Sequence[int], rules: Rules = RULES) -> None:
        deliver(
            [record(number) for number in numbers],
            invoke=self.invoke,
            rules=rules,
            shelf=self,
            done=self.checkpoints.append,
            pause=lambda _: None,
        )


def test_a_batch_that_succeeds_is_done_with_one_invocation() -> None:
    shop = Shop()

    shop.deliver([1, 2, 3])

    assert shop.invocations == [["1", "2", "3"]]
    assert shop.checkpoints == ["3"]


def test_records_before_a_reported_failure_are_not_delivered_again() -> None:
    shop = Shop(poison=[3])

    shop.deliver([1, 2, 3, 4])

    assert shop.processed == ["1", "2", "4"]
    assert shop.checkpoints == ["2", "3", "4"]


def test_a_poison_record_is_set_aside_alone_after_its_retries() -> None:
    shop = Shop(poison=[3], crashes=True)

    shop.deliver([1, 2, 3, 4, 5])

    assert shop.aside == [(["3"], 3)]
    assert shop.processed == ["1", "2", "4", "5"]
    assert shop.checkpoints[-1] == "5"


def test_order_is_kept_through_every_split() -> None:
    shop = Shop(poison=[1, 6, 8], crashes=True)

    shop.deliver(range(1, 9))

    assert shop.processed == ["2", "3", "4", "5", "7"]
    assert [aside for aside, _ in shop.aside] == [["1"], ["6"], ["8"]]
    assert shop.checkpoints == sorted(shop.checkpoints)


def test_a_batch_that_may_not_be_split_is_set_aside_whole() -> None:
    shop = Shop(poison=[2], crashes=True)

    shop.deliver([1, 2, 3], Rules(retries=1, splits=False, partial=False))

    assert shop.aside == [(["1", "2", "3"], 2)]
    assert shop.checkpoints == ["3"]


def test_a_function_that_cannot_be_run_costs_no_retry() -> None:
    shop = Shop()
    shop.absent = 50

    shop.deliver([1])

    assert shop.aside == []
    assert shop.processed == ["1"]


def test_a_failure_that_names_no_record_of_the_batch_fails_it_whole() -> None:
    answers: list[Any] = [{"batchItemFailures": [{"itemIdentifier": "77"}]}, {}, {}]
    checkpoints: list[str] = []
    sizes: list[int] = []

    def invoke(records: Sequence[Record]) -> Invocation:
        sizes.append(len(records))
        return Invocation(answers.pop(0))

    deliver([record(1), record(2)], invoke=invoke, rules=RULES, shelf=Shop(), done=checkpoints.append)

    assert sizes == [2, 1, 1]
    assert checkpoints == ["1", "2"]


def test_a_partial_answer_of_a_function_that_did_not_promise_one_is_success() -> None:
    shop = Shop(poison=[1])

    shop.deliver([1, 2], Rules(retries=0, splits=True, partial=False))

    assert shop.invocations == [["1", "2"]]
    assert shop.checkpoints == ["2"]
