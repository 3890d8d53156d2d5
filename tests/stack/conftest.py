"""One running stack for all tests of this folder. Each test sells things of its own, so that none disturbs another."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from local.testing import RunningStack, running_stack
from tests.stack.buyers import Crowd
from tests.stack.logs import logged
from tests.stack.provider import Provider
from tests.stack.shop import Merchant, Shop, found, open_shop

TIMEOUT_S = 35.0  # longer than the gateway waits for a function
SHOWN = 5


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Show with a failed test what functions logged as errors meanwhile; the logs end with the stack."""
    outcome = yield
    report = outcome.get_result()
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and call.when == "call" and isinstance(stack, RunningStack):
        errors = list(logged(stack, since_ms=int(call.start * 1000), containing='"level":"ERROR"'))
        report.sections.append(("errors of functions", "\n\n".join(errors[-SHOWN:])))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole system on free ports; its tenants are the tests' own."""
    with running_stack(tmp_path_factory.mktemp("stack") / "state", seed=False) as running:
        yield running


@pytest.fixture(scope="session")
def http(stack: RunningStack) -> Iterator[httpx.Client]:
    """A client of the gateway; threads may share it."""
    with httpx.Client(base_url=stack.base_url, timeout=TIMEOUT_S, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def merchant(stack: RunningStack, http: httpx.Client) -> Merchant:
    """The tenant that most tests are about."""
    return found(stack, http, "harbour")


@pytest.fixture(scope="session")
def rival(stack: RunningStack, http: httpx.Client) -> Merchant:
    """Another tenant."""
    return found(stack, http, "rival")


@pytest.fixture(scope="session")
def shop(merchant: Merchant) -> Shop:
    """A store of the merchant's."""
    return open_shop(merchant)


@pytest.fixture(scope="session")
def crowd(stack: RunningStack) -> Iterator[Crowd]:
    """Buyers in processes of their own."""
    with closing(Crowd(stack.base_url)) as waiting:
        yield waiting


@pytest.fixture
def provider(stack: RunningStack, http: httpx.Client) -> Iterator[Provider]:
    """The Stripe stand-in; afterwards it behaves again."""
    stand_in = Provider(http, stack.description["stripe"])
    yield stand_in
    stand_in.end_faults()
