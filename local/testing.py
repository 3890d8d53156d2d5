"""For tests: an emulator that holds what `template.yaml` says about data, without functions.

@pytest.fixture(scope="session")
def cloud():
    with emulator_with_table() as cloud:
        yield cloud
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator import Emulator, start_emulator
from local.sam import as_body, load_template, only_resources

DATA_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
DATA_STACK = "storekeeper-data"


@dataclass(frozen=True)
class DataCloud:
    """An emulator with the template's table, bus, key, buckets, queues and secret. Nothing checks permissions here."""

    emulator: Emulator
    table: str
    bus: str
    media_bucket: str
    records_bucket: str
    payment_events_queue_url: str
    stripe_secret_arn: str
    data_key_arn: str

    @property
    def endpoint(self) -> str:
        """The address of every AWS service."""
        return self.emulator.endpoint

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a function of the template would see, with those that lead an SDK to this emulator."""
        return {
            **self.emulator.environment,
            "STAGE": "local",
            "TABLE_NAME": self.table,
            "BUS_NAME": self.bus,
            "MEDIA_BUCKET": self.media_bucket,
            "RECORDS_BUCKET": self.records_bucket,
            "PAYMENT_EVENTS_QUEUE_URL": self.payment_events_queue_url,
            "STRIPE_SECRET_ARN": self.stripe_secret_arn,
            "DATA_KEY_ARN": self.data_key_arn,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the account's root."""
        return self.emulator.client(service)


@contextmanager
def emulator_with_table() -> Iterator[DataCloud]:
    """Start an emulator of its own and create what holds data; under a second. Meant once for each pytest worker."""
    with tempfile.TemporaryDirectory(prefix="storekeeper-") as folder:
        emulator = start_emulator(Path(folder), enforce_iam=False)
        try:
            yield _with_data(emulator)
        finally:
            emulator.stop()


def _with_data(emulator: Emulator) -> DataCloud:
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=DATA_STACK,
        TemplateBody=as_body(only_resources(load_template(), DATA_TYPES)),
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": "local"}],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=DATA_STACK, WaiterConfig={"Delay": 0.1, "MaxAttempts": 200})
    made = cloudformation.describe_stack_resources(StackName=DATA_STACK)["StackResources"]
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in made}
    key = emulator.client("kms").describe_key(KeyId=ids["DataKey"])["KeyMetadata"]["Arn"]
    secret = emulator.client("secretsmanager").describe_secret(SecretId=ids["StripeSecret"])["ARN"]
    return DataCloud(
        emulator=emulator,
        table=ids["Table"],
        bus=ids["Bus"],
        media_bucket=ids["MediaBucket"],
        records_bucket=ids["RecordsBucket"],
        payment_events_queue_url=ids["PaymentEventsQueue"],
        stripe_secret_arn=secret,
        data_key_arn=key,
    )
