"""KMS: makes and unwraps the data keys that each tenant's personal data is sealed with."""

from storekeeper.kernel.aws.session import client
from storekeeper.kernel.ids import TenantId


def make_data_key(key_arn: str, tenant_id: TenantId) -> tuple[bytes, bytes]:
    """A new 256-bit key, in clear and wrapped; only this tenant's context unwraps it."""
    answer = client("kms").generate_data_key(KeyId=key_arn, KeySpec="AES_256", EncryptionContext={"tenant": tenant_id})
    return answer["Plaintext"], answer["CiphertextBlob"]


def unwrap_data_key(key_arn: str, tenant_id: TenantId, wrapped: bytes) -> bytes:
    """The key in clear."""
    answer = client("kms").decrypt(CiphertextBlob=wrapped, KeyId=key_arn, EncryptionContext={"tenant": tenant_id})
    return bytes(answer["Plaintext"])
