"""Our signatures are botocore's, to the letter."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from storekeeper.kernel.aws.signing import RoleKeys, signed

NOW = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)
HEADERS = {
    "content-type": "application/x-amz-json-1.0",
    "host": "dynamodb.eu-central-1.amazonaws.com",
    "x-amz-target": "DynamoDB_20120810.GetItem",
}


def signed_by_botocore(body: bytes, keys: RoleKeys, *, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: at.replace(tzinfo=None))
    request = AWSRequest("POST", f"https://{HEADERS['host']}/", headers=dict(HEADERS), data=body)
    credentials = Credentials(keys.access_key, keys.secret_key, keys.token)
    SigV4Auth(credentials, "dynamodb", "eu-central-1").add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize(
    ("_case", "body", "keys", "at"),
    [
        ("a user's keys", b'{"TableName":"shop"}', RoleKeys("AKIA1", "secret/+", None), NOW),
        ("a role's keys", b'{"TableName":"shop"}', RoleKeys("ASIA1", "secret", "token/+=="), NOW),
        ("an empty body", b"", RoleKeys("ASIA1", "secret", "token"), NOW),
        ("text beyond ASCII", '{"S":"Hafenstraße 🏠"}'.encode(), RoleKeys("ASIA1", "secret", "token"), NOW),
        ("another day", b"{}", RoleKeys("ASIA1", "secret", "token"), NOW.replace(day=21, hour=0, minute=0)),
    ],
)
def test_a_signature_is_what_botocore_makes(
    _case: str, body: bytes, keys: RoleKeys, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = signed_by_botocore(body, keys, at=at, monkeypatch=monkeypatch)

    ours = signed(HEADERS, body, credentials=keys, region="eu-central-1", service="dynamodb", now=at)

    assert {name: expected[name] for name in ours} == ours
