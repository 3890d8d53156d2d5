"""The template names what is there to be deployed, and has it built by the code that these tests check."""

import re

import pytest

from local.sam import load_template
from storekeeper.kernel.aws.storage import UNATTACHED
from tests.packaging.deployment import HAS_FUNCTIONS, LAYERS, Function, template_functions, template_layers
from tools import REPOSITORY

BUILT_BY_US = {"BuildMethod": "makefile", "WorkingDirectory": "."}


def test_the_template_s_layers_are_the_layers_we_build() -> None:
    assert sorted(template_layers().values()) == sorted(LAYERS)


@pytest.mark.parametrize("function", template_functions() if HAS_FUNCTIONS else [], ids=lambda function: function.name)
def test_a_function_of_the_template_has_its_package(function: Function) -> None:
    assert (REPOSITORY / "functions" / function.package / "app.py").is_file()


def test_every_package_under_functions_is_a_function_of_the_template() -> None:
    packages = {path.parent.name for path in (REPOSITORY / "functions").glob("*/app.py")}

    assert packages - {function.package for function in template_functions()} == set()


def test_functions_and_layers_are_built_by_our_own_makefiles() -> None:
    """sam's own Python builder needs an interpreter of Lambda's version, which few machines have."""
    kinds = {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
    resources = {name: each for name, each in load_template()["Resources"].items() if each["Type"] in kinds}

    assert [name for name, each in resources.items() if each.get("Metadata") != BUILT_BY_US] == []
    folders = [REPOSITORY / "layers" / layer for layer in LAYERS] + [REPOSITORY / "functions"]
    assert [folder.name for folder in folders if not (folder / "Makefile").is_file()] == []


def test_functions_may_use_the_objects_of_a_bucket_but_not_the_bucket() -> None:
    """SAM's own policies for buckets also allow changing who may read an object, and how long all of them live."""
    resources = load_template()["Resources"].values()
    own = [policy for each in resources for policy in each["Properties"].get("Policies", ()) if "Ref" not in policy]
    managed = [each["Properties"]["PolicyDocument"] for each in resources if each["Type"] == "AWS::IAM::ManagedPolicy"]
    statements = [one for policy in [*own, *managed] for one in policy.get("Statement", ())]
    said = [one["Action"] for one in statements]
    actions = {action for one in said for action in ([one] if isinstance(one, str) else one)}

    assert [policy for policy in own if any(name.startswith("S3") for name in policy)] == []
    assert {one for one in actions if one.startswith("s3:")} == {
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:ListBucket",
        "s3:PutObjectTagging",
        "s3:DeleteObjectTagging",
    }


def test_files_that_are_sold_are_reached_by_who_attaches_them_and_who_hands_them_over() -> None:
    """No other function's role names their bucket, so that no path of media, and no bug elsewhere, leads to them."""
    resources = load_template()["Resources"]
    keep, sign = (
        resources[name]["Properties"]["PolicyDocument"]["Statement"] for name in ("KeepDownloads", "SignDownloads")
    )
    reaching = {
        (name, policy)
        for name, each in resources.items()
        if each["Type"] == "AWS::Serverless::Function"
        for policy in re.findall(
            "DownloadsBucket|KeepDownloads|SignDownloads", str(each["Properties"].get("Policies", ""))
        )
    }

    assert reaching == {("CatalogFunction", "KeepDownloads"), ("CheckoutFunction", "SignDownloads")}
    assert [one["Action"] for one in sign] == ["s3:GetObject"]
    assert {str(one["Resource"]) for one in keep} == {
        "{'Fn::Sub': '${DownloadsBucket.Arn}/T/*'}",
        "{'Fn::GetAtt': ['DownloadsBucket', 'Arn']}",
    }


def test_the_bucket_of_files_is_private_and_drops_what_was_never_attached() -> None:
    bucket = load_template()["Resources"]["DownloadsBucket"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "AES256" in str(bucket["BucketEncryption"])
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert set(rules) == {"unfinished-uploads", "unattached"}
    (tag,) = rules["unattached"]["TagFilters"]
    assert f"<Key>{tag['Key']}</Key><Value>{tag['Value']}</Value>" in UNATTACHED
