"""What the functions logged, as the emulator's CloudWatch keeps it."""

from collections.abc import Iterator

from local.testing import RunningStack


def logged(stack: RunningStack, *, since_ms: int = 0, containing: str = "") -> Iterator[str]:
    """The lines of all functions, group by group."""
    logs = stack.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=since_ms
            )
            yield from (
                event["message"] for found in pages for event in found["events"] if containing in event["message"]
            )
