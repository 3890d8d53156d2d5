"""What all tests share: which of them may run side by side, and figures that end up in the summary."""

import pytest
from _pytest.terminal import TerminalReporter

# Each of these fills the machine by itself; side by side they would only slow each other into their time-outs.
ONE_AT_A_TIME = ("stack", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole-stack and browser tests to one worker; it keeps their order."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ONE_AT_A_TIME):
            item.add_marker(pytest.mark.xdist_group("one-at-a-time"))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what tests measured (`record_property`), whichever worker ran them."""
    measured = [
        f"{name}: {value}"
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", [])
    ]
    if measured:
        terminalreporter.section("measured")
        for line in measured:
            terminalreporter.write_line(line)
