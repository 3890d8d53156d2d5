"""What the functions' roles may do, asked inside the functions: one tenant's session cannot reach another's keys."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.deploy import Deployed, deploy
from local.emulator import Emulator, start_emulator

CALL = """
import os, boto3
table = os.environ.get("TABLE_NAME")
own = boto3.client("dynamodb")

def session(role, *tags):
    given = boto3.client("sts").assume_role(
        RoleArn=os.environ[role], RoleSessionName="test", Tags=[{"Key": "tenant", "Value": tag} for tag in tags]
    )["Credentials"]
    return boto3.client(
        "dynamodb",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )

def key(pk):
    return {"pk": {"S": pk}, "sk": {"S": "A"}}

def query(client, index, attribute, pk):
    return client.query(
        TableName=table,
        IndexName=index,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": attribute},
        ExpressionAttributeValues={":key": {"S": pk}},
    )

try:
    CODE
    answer = "allowed"
except Exception as refused:
    answer = "denied" if "AccessDenied" in str(refused) else repr(refused)
"""

MINE = 'session("TENANT_ROLE_ARN", "ten_mine")'
REGISTRY = 'session("REGISTRY_ROLE_ARN", "ten_mine")'


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = start_emulator(tmp_path_factory.mktemp("emulator"), enforce_iam=True)
    yield emulator
    emulator.stop()


@pytest.fixture(scope="module")
def deployed(emulator: Emulator, checkout: Path) -> Deployed:
    return deploy(emulator, checkout=checkout, parameters={"Stage": "local", "StripeApiBase": "http://localhost:1"})


def outcome(emulator: Emulator, deployed: Deployed, function: str, code: str) -> Any:
    """What became of a statement run as the function."""
    event = {"code": CALL.replace("CODE", code)}
    answer = emulator.client("lambda").invoke(FunctionName=deployed.functions[function], Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


@pytest.mark.parametrize(
    ("_case", "expected", "code"),
    [
        ("own item", "allowed", f'{MINE}.get_item(TableName=table, Key=key("T#ten_mine"))'),
        ("own item below", "allowed", f'{MINE}.put_item(TableName=table, Item=key("T#ten_mine#P#1"))'),
        ("own list", "allowed", f'query({MINE}, "gsi1", "gsi1pk", "T#ten_mine#ORDERS")'),
        ("other item", "denied", f'{MINE}.get_item(TableName=table, Key=key("T#ten_other"))'),
        ("a longer id", "denied", f'{MINE}.get_item(TableName=table, Key=key("T#ten_mine2"))'),
        ("other list", "denied", f'query({MINE}, "gsi1", "gsi1pk", "T#ten_other#ORDERS")'),
        ("other put", "denied", f'{MINE}.put_item(TableName=table, Item=key("T#ten_other#P#1"))'),
        ("other delete", "denied", f'{MINE}.delete_item(TableName=table, Key=key("T#ten_other#P#1"))'),
        (
            "other in a batch",
            "denied",
            f'{MINE}.batch_get_item(RequestItems={{table: {{"Keys": [key("T#ten_mine"), key("T#ten_other")]}}}})',
        ),
        (
            "other in a transaction",
            "denied",
            (
                f"{MINE}.transact_write_items(TransactItems=["
                '{"Put": {"TableName": table, "Item": key("T#ten_mine#A")}},'
                '{"Put": {"TableName": table, "Item": key("T#ten_other#A")}}])'
            ),
        ),
        ("scan", "denied", f"{MINE}.scan(TableName=table)"),
        ("look-up in a tenant's session", "denied", f'{MINE}.get_item(TableName=table, Key=key("HOST#a.example"))'),
        ("what is due", "denied", f'query({MINE}, "due", "due_pk", "DUE#holds#0")'),
        ("no tenant", "denied", 'session("TENANT_ROLE_ARN")'),
        ("no tenant's id", "denied", 'session("TENANT_ROLE_ARN", "everything")'),
        ("own look-up", "allowed", 'own.get_item(TableName=table, Key=key("KEY#abc"))'),
        ("tenant's item by the function's own role", "denied", 'own.get_item(TableName=table, Key=key("T#ten_mine"))'),
        ("look-up written by the function's own role", "denied", 'own.put_item(TableName=table, Item=key("KEY#abc"))'),
        (
            "data key of a tenant",
            "allowed",
            (
                'boto3.client("kms").generate_data_key(KeyId=os.environ["DATA_KEY_ARN"], KeySpec="AES_256",'
                ' EncryptionContext={"tenant": "ten_mine"})'
            ),
        ),
        (
            "data key of nobody",
            "denied",
            'boto3.client("kms").generate_data_key(KeyId=os.environ["DATA_KEY_ARN"], KeySpec="AES_256")',
        ),
        (
            "stripe's keys",
            "allowed",
            'boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["STRIPE_SECRET_ARN"])',
        ),
        ("any bucket", "denied", 'boto3.client("s3").list_buckets()'),
    ],
)
def test_checkout_may(emulator: Emulator, deployed: Deployed, _case: str, expected: str, code: str) -> None:
    assert outcome(emulator, deployed, "CheckoutFunction", code) == expected


@pytest.mark.parametrize(
    ("_case", "expected", "code"),
    [
        ("own item", "allowed", f'{MINE}.get_item(TableName=table, Key=key("T#ten_mine"))'),
        ("own list", "allowed", f'query({MINE}, "gsi1", "gsi1pk", "T#ten_mine#LIST")'),
        ("a count of calls", "allowed", f'{MINE}.update_item(TableName=table, Key=key("T#ten_mine#LIMIT#call#1"))'),
        ("own put", "denied", f'{MINE}.put_item(TableName=table, Item=key("T#ten_mine#P#1"))'),
        ("own update", "denied", f'{MINE}.update_item(TableName=table, Key=key("T#ten_mine#P#1"))'),
        ("own delete", "denied", f'{MINE}.delete_item(TableName=table, Key=key("T#ten_mine#LIMIT#call#1"))'),
        ("other item", "denied", f'{MINE}.get_item(TableName=table, Key=key("T#ten_other"))'),
        ("other count", "denied", f'{MINE}.update_item(TableName=table, Key=key("T#ten_other#LIMIT#call#1"))'),
    ],
)
def test_the_storefront_may_read_and_count(
    emulator: Emulator, deployed: Deployed, _case: str, expected: str, code: str
) -> None:
    assert outcome(emulator, deployed, "StorefrontFunction", code) == expected


@pytest.mark.parametrize(
    ("function", "expected", "code"),
    [
        ("StoresFunction", "allowed", f'{REGISTRY}.put_item(TableName=table, Item=key("HOST#a.example"))'),
        ("StoresFunction", "allowed", f'{REGISTRY}.put_item(TableName=table, Item=key("T#ten_mine"))'),
        (
            "StoresFunction",
            "allowed",
            (
                f"{REGISTRY}.transact_write_items(TransactItems=["
                '{"Put": {"TableName": table, "Item": key("T#ten_mine#STORE")}},'
                '{"Put": {"TableName": table, "Item": key("HOST#b.example")}}])'
            ),
        ),
        (
            "StoresFunction",
            "denied",
            (
                f"{REGISTRY}.transact_write_items(TransactItems=["
                '{"Put": {"TableName": table, "Item": key("T#ten_other#STORE")}},'
                '{"Put": {"TableName": table, "Item": key("HOST#b.example")}}])'
            ),
        ),
        ("StoresFunction", "denied", f'{REGISTRY}.put_item(TableName=table, Item=key("T#ten_other"))'),
        ("OperatorFunction", "allowed", f'{REGISTRY}.put_item(TableName=table, Item=key("KEY#abc"))'),
        ("OperatorFunction", "denied", f'{REGISTRY}.get_item(TableName=table, Key=key("T#ten_other"))'),
        ("JobsFunction", "allowed", 'query(own, "due", "due_pk", "DUE#holds#0")'),
        ("JobsFunction", "denied", 'own.get_item(TableName=table, Key=key("KEY#abc"))'),
        ("InventoryFunction", "denied", 'query(own, "due", "due_pk", "DUE#holds#0")'),
        ("ProjectorFunction", "allowed", f'{MINE}.put_item(TableName=table, Item=key("T#ten_mine#SKU#a"))'),
        ("ProjectorFunction", "denied", 'own.get_item(TableName=table, Key=key("KEY#abc"))'),
        (
            "PublisherFunction",
            "allowed",
            (
                'boto3.client("events").put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}",'
                ' "EventBusName": os.environ["BUS_NAME"]}])'
            ),
        ),
        (
            "WebhooksInFunction",
            "allowed",
            'boto3.client("sqs").send_message(QueueUrl=os.environ["PAYMENT_EVENTS_QUEUE_URL"], MessageBody="{}")',
        ),
        (
            "CatalogFunction",
            "allowed",
            'boto3.client("s3").put_object(Bucket=os.environ["MEDIA_BUCKET"], Key="T/a", Body=b"a")',
        ),
        (
            "CatalogFunction",
            "denied",
            'boto3.client("s3").put_object(Bucket=os.environ["MEDIA_BUCKET"], Key="a", Body=b"a")',
        ),
        (
            "StorefrontFunction",
            "denied",
            'boto3.client("s3").put_object(Bucket=os.environ["MEDIA_BUCKET"], Key="T/a", Body=b"a")',
        ),
    ],
)
def test_others_may(emulator: Emulator, deployed: Deployed, function: str, expected: str, code: str) -> None:
    assert outcome(emulator, deployed, function, code) == expected


def test_a_session_of_the_registry_is_not_for_shoppers(emulator: Emulator, deployed: Deployed) -> None:
    role = emulator.client("iam").get_role(RoleName="storekeeper-registry-us-east-1")["Role"]["Arn"]
    code = f'os.environ["REGISTRY_ROLE_ARN"] = "{role}"; {REGISTRY}'

    assert outcome(emulator, deployed, "CheckoutFunction", code) == "denied"
