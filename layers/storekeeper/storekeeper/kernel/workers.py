"""Threads for things that are done side by side; a simulation has them done in turn, so that only it decides the order.

Whoever needs threads asks here for them, and for as many as it needs: work that waits for work of the same pool would
wait for ever.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

_in_turn = False


def workers(width: int, *, name: str) -> Executor:
    """At most `width` threads, to be closed by whoever asked."""
    return _InTurn() if _in_turn else ThreadPoolExecutor(max_workers=width, thread_name_prefix=name)


def are_in_turn() -> bool:
    """Whether nothing may be done side by side now."""
    return _in_turn


@contextmanager
def in_turn() -> Iterator[None]:
    """Until the block ends, what is asked of workers is done at once, by whoever asks."""
    global _in_turn  # noqa: PLW0603 (one switch for the whole process, thrown by a simulation only)
    before, _in_turn = _in_turn, True
    try:
        yield
    finally:
        _in_turn = before


class _InTurn(Executor):
    """Does what it is given before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 (it is raised where the result is asked for, as with threads)
            done.set_exception(error)
        return done
