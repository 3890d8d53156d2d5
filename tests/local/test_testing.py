"""The emulator that table and function tests run against."""

from collections.abc import Iterator

import pytest

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


def test_the_emulator_ends_with_its_block() -> None:
    with emulator_with_table() as cloud:
        child = cloud.emulator.child

    assert child.has_ended()
