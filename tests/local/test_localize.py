"""The template as the emulator takes it."""

import json
import re
from typing import Any

import pytest

from local.localize import local_template
from local.sam import TEMPLATE, load_template

CODE = {"Bucket": "code", "Key": "bootstrap.zip"}
LONGEST_FUNCTION = 20


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    resources: dict[str, Any] = local_template(code=CODE, parameters={"Stage": "local"})["Resources"]
    return resources


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}


def test_every_function_of_the_template_runs_the_bootstrap(resources: dict[str, Any]) -> None:
    written = load_template()["Resources"]
    functions = of_type(resources, "AWS::Lambda::Function")

    assert functions.keys() == {name for name, one in written.items() if one["Type"] == "AWS::Serverless::Function"}
    assert {one["Runtime"] for one in functions.values()} == {"provided.al2023"}
    assert {one["Code"]["S3Key"] for one in functions.values()} == {"bootstrap.zip"}
    assert all("Layers" not in one and "SnapStart" not in one for one in functions.values())


def test_every_function_has_a_role_of_its_own(resources: dict[str, Any]) -> None:
    roles = [json.dumps(one["Role"]) for one in of_type(resources, "AWS::Lambda::Function").values()]

    assert len(set(roles)) == len(roles)


def test_every_event_of_the_template_is_a_route(resources: dict[str, Any]) -> None:
    events = [
        event.get("Properties", {})
        for resource in load_template()["Resources"].values()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    wanted = {f"{event['Method']} {event['Path']}" if event else "$default" for event in events}
    routes = of_type(resources, "AWS::ApiGatewayV2::Route")

    assert {route["RouteKey"] for route in routes.values()} == wanted
    assert {route["Target"]["Fn::Join"][1][1]["Ref"] for route in routes.values()} == set(
        of_type(resources, "AWS::ApiGatewayV2::Integration")
    )


def test_the_api_has_no_body_that_the_emulator_would_ignore(resources: dict[str, Any]) -> None:
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api").values()

    assert "Body" not in api


def test_both_stream_readers_report_partial_failures_and_set_aside_to_the_bucket(resources: dict[str, Any]) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    readers = [one for one in mappings if one["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}]

    assert len(readers) == 2
    for one in readers:
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert one["BisectBatchOnFunctionError"] is True
        assert one["MaximumRetryAttempts"] == 8
        assert one["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["RecordsBucket", "Arn"]}


def test_a_stack_stays_far_below_what_cloudformation_holds(resources: dict[str, Any]) -> None:
    assert len(resources) < 250  # of 500


def test_a_function_of_the_template_is_under_twenty_lines() -> None:
    lengths: dict[str, int] = {}
    current = ""
    for line in TEMPLATE.read_text().splitlines():
        if re.match(r"  \S", line):
            named = re.match(r"  (\w+Function):", line)
            current = named[1] if named else ""
        if current and line.strip():
            lengths[current] = lengths.get(current, 0) + 1

    assert len(lengths) == 15
    assert {name: length for name, length in lengths.items() if length >= LONGEST_FUNCTION} == {}
