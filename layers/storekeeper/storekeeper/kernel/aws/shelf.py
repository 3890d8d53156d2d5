"""S3: the bucket of stream records that were set aside, read and marked by a replay."""

from collections.abc import Sequence

from msgspec import Struct

from storekeeper.kernel.aws.session import client


class BucketShelf(Struct, frozen=True):
    """One bucket, by object names."""

    bucket: str

    def names(self, prefix: str) -> Sequence[str]:
        """The objects' names that begin with `prefix`, in order."""
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return sorted(found["Key"] for page in pages for found in page.get("Contents", ()))

    def read(self, name: str) -> bytes:
        """What an object holds."""
        return bytes(client("s3").get_object(Bucket=self.bucket, Key=name)["Body"].read())

    def write(self, name: str, body: bytes) -> None:
        """Put an object; a repeat puts the same one."""
        client("s3").put_object(Bucket=self.bucket, Key=name, Body=body)
