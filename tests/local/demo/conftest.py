"""One stack with demo data for all tests of this folder."""

from collections.abc import Iterator

import pytest

from local.testing import RunningStack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole system on free ports, seeded as `make run` seeds it."""
    with running_stack(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running
