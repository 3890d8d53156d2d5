"""For tests: an emulator that holds what `template.yaml` says about data, without functions.

@pytest.fixture(scope="session")
def cloud():
    with emulator_with_table() as cloud:
        yield cloud
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from local.emulator import Emulator, client, start_emulator
from local.processes import REPOSITORY, free_port
from local.sam import as_body, load_template, only_resources
from local.saves import fingerprint
from local.state import StateFolder

WireItem: TypeAlias = dict[str, Any]  # {"pk": {"S": "..."}, ...}
DATA_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
WRITTEN_AT_ONCE = 25
DATA_STACK = "storekeeper-data"
READY_S = 240.0  # with demo data to be made, on a busy machine
STOP_S = 45.0
SEEDED = REPOSITORY / ".build" / "seeded"


@dataclass(frozen=True)
class DataCloud:
    """An emulator with the template's table, bus, key, buckets, queues and secret. Nothing checks permissions here."""

    emulator: Emulator
    table: str
    table_definition: Mapping[str, Any]
    bus: str
    media_bucket: str
    downloads_bucket: str
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
            "DYNAMODB_CLIENT": "direct",
            "TABLE_NAME": self.table,
            "BUS_NAME": self.bus,
            "MEDIA_BUCKET": self.media_bucket,
            "DOWNLOADS_BUCKET": self.downloads_bucket,
            "RECORDS_BUCKET": self.records_bucket,
            "PAYMENT_EVENTS_QUEUE_URL": self.payment_events_queue_url,
            "STRIPE_SECRET_ARN": self.stripe_secret_arn,
            "DATA_KEY_ARN": self.data_key_arn,
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the account's root."""
        return self.emulator.client(service)

    def items(self) -> Iterator[WireItem]:
        """Everything in the table, as DynamoDB says it."""
        for page in self.client("dynamodb").get_paginator("scan").paginate(TableName=self.table):
            yield from page["Items"]

    def put(self, items: Sequence[WireItem]) -> None:
        """Write what `items` gave before."""
        for first in range(0, len(items), WRITTEN_AT_ONCE):
            puts = [{"PutRequest": {"Item": item}} for item in items[first : first + WRITTEN_AT_ONCE]]
            self.client("dynamodb").batch_write_item(RequestItems={self.table: puts})

    def empty_table(self) -> None:
        """Put a table without items in the place of the one before; 6 ms.

        Where the emulator looks through a whole table, it then looks through what one test wrote.
        """
        dynamodb = self.client("dynamodb")
        dynamodb.delete_table(TableName=self.table)
        dynamodb.create_table(**self.table_definition)


@contextmanager
def emulator_with_table() -> Iterator[DataCloud]:
    """Start an emulator of its own and create what holds data; under a second. Meant once for each pytest worker.

    Items do not expire in it: a test stands at an instant of its own, and the emulator would go by the clock.
    """
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
    cloud = DataCloud(
        emulator=emulator,
        table=ids["Table"],
        table_definition=_table_definition(emulator.client("dynamodb").describe_table(TableName=ids["Table"])["Table"]),
        bus=ids["Bus"],
        media_bucket=ids["MediaBucket"],
        downloads_bucket=ids["DownloadsBucket"],
        records_bucket=ids["RecordsBucket"],
        payment_events_queue_url=ids["PaymentEventsQueue"],
        stripe_secret_arn=secret,
        data_key_arn=key,
    )
    cloud.empty_table()  # the template's own lets items expire
    return cloud


def _table_definition(described: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a table of the same keys, indexes and stream."""
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in described["GlobalSecondaryIndexes"]
    ]
    same = ("TableName", "KeySchema", "AttributeDefinitions", "StreamSpecification")
    return {
        **{name: described[name] for name in same},
        "GlobalSecondaryIndexes": indexes,
        "BillingMode": "PAY_PER_REQUEST",
    }


@dataclass(frozen=True)
class RunningStack:
    """A whole system in a folder of its own, run by a supervisor in another process."""

    state: StateFolder
    supervisor: "subprocess.Popen[bytes]"

    @property
    def demo(self) -> dict[str, Any]:
        """`demo.json`: base_url, tenants with their keys, and so on."""
        return self.state.read(self.state.demo)

    @property
    def description(self) -> dict[str, Any]:
        """`stack.json`: also the functions' names, the template's outputs and Stripe's secrets."""
        return self.state.read(self.state.stack)

    @property
    def base_url(self) -> str:
        """Where the gateway answers."""
        return str(self.description["base_url"])

    def client(self, service: str) -> Any:
        """A boto3 client of the account's root."""
        return client(service, self.description["aws_endpoint_url"])

    def child(self, name: str) -> int:
        """The process id of `emulator`, `stripe`, `gateway` or `pump`, now."""
        return int(self.state.read(self.state.supervisor)["children"][name])


@contextmanager
def running_stack(
    state_dir: Path, *, seed: bool = True, watch: bool = False, checkout: Path = REPOSITORY
) -> Iterator[RunningStack]:
    """Run `python -m local up` on free ports until the block ends; `checkout` is whose functions run.

    Edits are not followed unless `watch`: a test must not lose a call because somebody saves a file. Demo data is made
    once for each state of the code, by the first that asks for it, and copied for the others.

    Raises:
        RuntimeError: it did not become ready; the message is what it printed.
    """
    state = StateFolder(state_dir)
    state.path.mkdir(parents=True, exist_ok=True)
    cached = SEEDED / fingerprint(checkout)
    if seed and cached.exists() and not state.seeded.exists():
        shutil.copytree(cached, state.seeded)
    said = state.path.parent / f"{state.path.name}.out"
    with said.open("wb") as output:
        supervisor = start_supervisor(
            state.path, port=free_port(), seed=seed, watch=watch, checkout=checkout, output=output
        )
    try:
        _wait_until_ready(state, supervisor, said)
        if seed and not cached.exists():
            _cache(state.seeded, cached)
        yield RunningStack(state, supervisor)
    finally:
        supervisor.terminate()
        with suppress(subprocess.TimeoutExpired):
            supervisor.wait(STOP_S)
        supervisor.kill()
        supervisor.wait()


def _cache(seeded: Path, cached: Path) -> None:
    """Copy the demo data for stacks to come, in one step, for others may do so at the same time. Older copies go."""
    SEEDED.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=SEEDED))
    shutil.copytree(seeded, partial, dirs_exist_ok=True)
    older = [one for one in SEEDED.iterdir() if not one.name.startswith("tmp") and one != cached]
    with suppress(OSError):  # another was quicker
        partial.rename(cached)
    for one in (*older, partial):
        shutil.rmtree(one, ignore_errors=True)


def start_supervisor(
    state_dir: Path, *, port: int, seed: bool, watch: bool = False, checkout: Path = REPOSITORY, output: Any
) -> "subprocess.Popen[bytes]":
    """`python -m local up` as a process without a terminal."""
    arguments = ["up", f"--state-dir={state_dir}", f"--port={port}", f"--checkout={checkout}"]
    arguments += [*(() if seed else ("--no-seed",)), *(() if watch else ("--no-watch",))]
    return subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _wait_until_ready(state: StateFolder, supervisor: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + READY_S
    while not (state.demo.exists() and state.read(state.supervisor).get("pid") == supervisor.pid):
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the stack did not become ready:\n{said.read_text(errors='replace')}")
        time.sleep(0.05)
