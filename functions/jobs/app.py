"""The jobs that schedules start, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from jobs.sweep import sweep

JOBS: Mapping[str, Callable[[Any], dict[str, int]]] = {"sweep": sweep}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Run the job that the event names; what it answers is for people who start one by hand."""
    return JOBS[event["job"]](context)
