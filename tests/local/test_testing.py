"""The emulator that table and function tests run against."""

from collections.abc import Iterator

import pytest
import urllib3

from local.testing import DataCloud, emulator_with_table


@pytest.fixture(scope="module")
def cloud() -> Iterator[DataCloud]:
    with emulator_with_table() as cloud:
        yield cloud


def test_the_table_has_the_keys_and_indexes_of_the_template(cloud: DataCloud) -> None:
    table = cloud.client("dynamodb").describe_table(TableName=cloud.table)["Table"]

    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["gsi1", "gsi2", "gsi3", "due"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_the_data_key_wraps_a_key_for_one_tenant_only(cloud: DataCloud) -> None:
    kms = cloud.client("kms")
    wrapped = kms.generate_data_key(KeyId=cloud.data_key_arn, KeySpec="AES_256", EncryptionContext={"tenant": "ten_a"})

    opened = kms.decrypt(CiphertextBlob=wrapped["CiphertextBlob"], EncryptionContext={"tenant": "ten_a"})
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=wrapped["CiphertextBlob"], EncryptionContext={"tenant": "ten_b"})

    assert opened["Plaintext"] == wrapped["Plaintext"]


def test_a_browser_uploads_an_image_with_a_signed_form_and_only_within_its_limits(cloud: DataCloud) -> None:
    limits = [["content-length-range", 1, 100]]
    form = cloud.client("s3").generate_presigned_post(cloud.media_bucket, "image.png", Conditions=limits)
    shop = {"Origin": "http://harbour.localhost:8000"}

    def post(image: bytes) -> urllib3.BaseHTTPResponse:
        fields = {**form["fields"], "file": ("image.png", image)}
        return urllib3.request("POST", form["url"], fields=fields, headers=shop)

    accepted, too_large = post(b"x" * 100), post(b"x" * 101)

    assert (accepted.status, too_large.status) == (204, 400)
    assert accepted.headers["Access-Control-Allow-Origin"] == "*"


def test_the_emulator_ends_with_its_block() -> None:
    with emulator_with_table() as cloud:
        child = cloud.emulator.child

    assert child.has_ended()
