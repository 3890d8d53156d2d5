"""The archives as they would be deployed, built once for these tests."""

from pathlib import Path

import pytest

from tests.packaging.deployment import Archives, build_archives
from tools.packaging.wheels import HOST, LAMBDA


@pytest.fixture(scope="session")
def for_lambda(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return build_archives(tmp_path_factory.mktemp("lambda"), target=LAMBDA)


@pytest.fixture(scope="session")
def for_host(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return build_archives(tmp_path_factory.mktemp("host"), target=HOST)


@pytest.fixture(scope="session")
def built_again(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return build_archives(tmp_path_factory.mktemp("again"), target=LAMBDA)


@pytest.fixture(scope="session")
def unpacked(for_host: Archives, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every archive for this machine in a folder of its own, as Lambda would mount it."""
    return for_host.unpack(tmp_path_factory.mktemp("unpacked"))
