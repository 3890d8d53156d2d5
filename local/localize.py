"""What differs between `template.yaml` on AWS and on one machine, and why. Pure: templates in, templates out.

- Functions run this checkout under Lambda's own runtime client from this interpreter: no zips, no layers, no versions.
- MiniStack ignores an HTTP API's OpenAPI `Body`: each path becomes a route and each function an integration.

`local.deploy` does the rest after the deployment: it disables the stream mappings, which `local.pump` drives.
"""

import copy
import hashlib
from collections.abc import Mapping
from typing import Any

from local.sam import Template, expand, load_template

API_ID = "5702e000"
STACK = "storekeeper"
RUNTIME = "provided.al2023"

_METHODS = {"x-amazon-apigateway-any-method": "ANY"}
_DEFAULT = "$default"


def local_template(
    *, code: Mapping[str, str], parameters: Mapping[str, str], template: Template | None = None
) -> Template:
    """The whole system as the emulator takes it; `code` names the bucket and key of the functions' bootstrap."""
    expanded = expand(_for_this_machine(template or load_template(), code), parameters)
    resources: Template = {}
    for name, resource in expanded["Resources"].items():
        resources |= _REWRITES.get(resource["Type"], _unchanged)(name, resource)
    return expanded | {"Resources": resources}


def _for_this_machine(template: Template, code: Mapping[str, str]) -> Template:
    """Functions without versions and layers: an edit is live at once, imports come from the checkout."""
    local = copy.deepcopy(template)
    shared = local["Globals"]["Function"]
    for published_only in ("AutoPublishAlias", "AutoPublishAliasAllProperties", "SnapStart", "Layers"):
        shared.pop(published_only)
    shared["CodeUri"] = dict(code)
    local["Resources"] = {
        name: resource
        for name, resource in local["Resources"].items()
        if resource["Type"] != "AWS::Serverless::LayerVersion"
    }
    for resource in local["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"].pop("Layers", None)
    return local


def _unchanged(name: str, resource: Template) -> Template:
    return {name: resource}


def _function(name: str, resource: Template) -> Template:
    properties = {key: value for key, value in resource["Properties"].items() if key != "Architectures"}
    return {name: resource | {"Properties": properties | {"Runtime": RUNTIME}}}


def _api(name: str, resource: Template) -> Template:
    """The API, an integration for each function, and a route for each path and method."""
    made: Template = {
        name: {
            "Type": resource["Type"],
            "Properties": {"Name": STACK, "ProtocolType": "HTTP", "Tags": {"ms-custom-id": API_ID}},
        }
    }
    for path, methods in resource["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            uri = operation["x-amazon-apigateway-integration"]["uri"]
            integration = _name("Integration", str(uri))
            made[integration] = _integration(name, uri)
            key = _DEFAULT if path == _DEFAULT else f"{_METHODS.get(method, method.upper())} {path}"
            made[_name("Route", key)] = _route(name, key, integration)
    return made


def _integration(api: str, uri: Any) -> Template:
    properties = {
        "ApiId": {"Ref": api},
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": uri,
        "PayloadFormatVersion": "2.0",
    }
    return {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}


def _route(api: str, key: str, integration: str) -> Template:
    target = {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {"ApiId": {"Ref": api}, "RouteKey": key, "Target": target},
    }


def _name(kind: str, text: str) -> str:
    return f"{kind}{hashlib.sha256(text.encode()).hexdigest()[:12]}"


_REWRITES = {
    "AWS::Lambda::Function": _function,
    "AWS::ApiGatewayV2::Api": _api,
}
