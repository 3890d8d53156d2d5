"""Workers: side by side in threads, or in turn where a simulation decides the order."""

import threading

import pytest

from storekeeper.kernel.table import together
from storekeeper.kernel.workers import are_in_turn, in_turn, workers


def _thread() -> str:
    return threading.current_thread().name


def test_workers_are_threads_of_the_name_asked_for() -> None:
    with workers(2, name="lane") as pool:
        assert pool.submit(_thread).result().startswith("lane")


def test_in_turn_all_is_done_by_whoever_asks_and_in_order() -> None:
    done: list[int] = []

    def note(place: int) -> str:
        done.append(place)
        return _thread()

    with in_turn():
        with workers(8, name="lane") as pool:
            assert list(pool.map(note, range(3))) == [_thread()] * 3
        assert together(_thread, _thread) == [_thread()] * 2

    assert done == [0, 1, 2]
    assert not are_in_turn()


def test_in_turn_a_failure_is_raised_where_the_result_is_asked_for() -> None:
    with in_turn(), workers(1, name="lane") as pool:
        failed = pool.submit(lambda: 1 // 0)

        with pytest.raises(ZeroDivisionError):
            failed.result()
