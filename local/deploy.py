"""Deploy `template.yaml` into the emulator and tell what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.emulator import Emulator
from local.localize import API_ID, STACK, local_template
from local.runtime import bootstrap_package
from local.sam import as_body

CODE_BUCKET = "storekeeper-local-code"
TEMPLATE_KEY = "template.json"
NOTHING_TO_DO = "No updates are to be performed."
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class DeployFailed(RuntimeError):
    """CloudFormation refused the template; the message names each resource and reason."""


@dataclass(frozen=True)
class Deployed:
    """The names that CloudFormation gave."""

    api_id: str
    table: str
    outputs: dict[str, str]
    functions: dict[str, str]  # by logical id


def deploy(emulator: Emulator, *, checkout: Path, parameters: Mapping[str, str], is_new: bool = True) -> Deployed:
    """Create the stack in an empty emulator; or, where it `is_new` no more, bring it up to the template of now.

    Raises:
        DeployFailed: a resource could not be made.
    """
    s3 = emulator.client("s3")
    if is_new:
        s3.create_bucket(Bucket=CODE_BUCKET)
    package = bootstrap_package(checkout)
    s3.put_object(Bucket=CODE_BUCKET, Key=package.key, Body=package.content)
    template = local_template(code={"Bucket": CODE_BUCKET, "Key": package.key}, parameters=parameters)
    s3.put_object(Bucket=CODE_BUCKET, Key=TEMPLATE_KEY, Body=as_body(template).encode())
    cloudformation = emulator.client("cloudformation")
    order = {
        "StackName": STACK,
        "TemplateURL": f"{emulator.endpoint}/{CODE_BUCKET}/{TEMPLATE_KEY}",  # too long to be sent in the call
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": CAPABILITIES,
    }
    if is_new:
        cloudformation.create_stack(**order)
        _wait_until(cloudformation, "stack_create_complete")
    elif _update(cloudformation, order):
        _wait_until(cloudformation, "stack_update_complete")
    _leave_streams_to_the_pump(emulator)
    return _outcome(cloudformation)


def _update(cloudformation: Any, order: Mapping[str, Any]) -> bool:
    """Whether there was something to change."""
    try:
        cloudformation.update_stack(**order)
    except ClientError as refused:
        if refused.response["Error"]["Message"] == NOTHING_TO_DO:
            return False
        raise DeployFailed(f"template.yaml was not deployed: {refused}") from refused
    return True


def _leave_streams_to_the_pump(emulator: Emulator) -> None:
    """The emulator drives stream mappings without partial failures, bisecting or failure destinations."""
    functions = emulator.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":dynamodb:" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def put_stripe_keys(emulator: Emulator, secret: str, keys: str) -> None:
    """What the operator does once after a first deployment: fill the secret."""
    emulator.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=keys)


def _wait_until(cloudformation: Any, state: str) -> None:
    waiter = cloudformation.get_waiter(state)
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    except Exception as refused:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
        ]
        raise DeployFailed("template.yaml was not deployed:\n" + "\n".join(reasons)) from refused


def _outcome(cloudformation: Any) -> Deployed:
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    kinds = {one["LogicalResourceId"]: one["ResourceType"] for one in resources}
    return Deployed(
        api_id=API_ID,
        table=names["Table"],
        outputs={one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
        functions={name: names[name] for name, kind in kinds.items() if kind == "AWS::Lambda::Function"},
    )
