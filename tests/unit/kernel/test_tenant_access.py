"""Which client of DynamoDB an environment gets."""

from collections.abc import Iterator

import pytest

from storekeeper.kernel.aws.dynamodb import DynamoDB, own_dynamodb
from storekeeper.kernel.aws.session import client
from storekeeper.kernel.aws.tenant_access import tenant_wire
from storekeeper.kernel.ids import TenantId

TENANT = TenantId("ten_01KAGC3M5Q8V6ZB1X7Y2N4T9RD")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("TENANT_ROLE_ARN", raising=False)
    _forget_clients()
    yield
    _forget_clients()  # they know this test's environment only


def _forget_clients() -> None:
    own_dynamodb.cache_clear()
    client.cache_clear()


def test_a_process_that_says_nothing_uses_boto3_so_that_stand_ins_see_its_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DYNAMODB_CLIENT", raising=False)

    assert type(tenant_wire(TENANT)).__module__ == "botocore.client"


def test_a_function_as_deployed_uses_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNAMODB_CLIENT", "direct")

    assert isinstance(tenant_wire(TENANT), DynamoDB)
