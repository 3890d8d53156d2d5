"""S3: pictures and files that browsers upload and fetch by themselves, with requests that we sign.

Signing is arithmetic with the function's own credentials: it makes no call.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from storekeeper.kernel.aws.session import config
from storekeeper.kernel.expiring import ExpiringCache

UPLOAD_S = 900
READ_S = 3600
MAX_READ_URLS = 5_000
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a browser posts as `multipart/form-data`: these fields, and then the file as `file`."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@cache
def _client() -> Any:
    import boto3  # here, so that a start without the SDK is quick
    from botocore.config import Config

    return boto3.client("s3", config=config(attempts=3).merge(Config(signature_version="s3v4")))


@cache
def _read_urls() -> ExpiringCache[str, str]:
    return ExpiringCache(max_entries=MAX_READ_URLS)


def media_bucket() -> str:
    """Where media are kept."""
    return os.environ["MEDIA_BUCKET"]


def sign_upload(key: str, *, content_type: str, max_bytes: int, now: datetime) -> UploadForm:
    """Leave to upload one object under `key`: of this type, not empty, and not larger than `max_bytes`."""
    answer = _client().generate_presigned_post(
        media_bucket(),
        key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
        ExpiresIn=UPLOAD_S,
    )
    return UploadForm(answer["url"], answer["fields"], now + timedelta(seconds=UPLOAD_S))


def sign_read(key: str, *, now: datetime) -> str:
    """An address that shows the object for at least half an hour.

    It is kept and given again for half its life, so that browsers can keep what they fetched under it.
    """
    kept = _read_urls().find(key, now=now)
    if kept is not None:
        return kept
    params = {"Bucket": media_bucket(), "Key": key}
    url: str = _client().generate_presigned_url("get_object", Params=params, ExpiresIn=READ_S)
    return _read_urls().keep(key, url, until=now + timedelta(seconds=READ_S // 2))


def is_stored(key: str) -> bool:
    """Whether there is an object under `key`."""
    try:
        _client().head_object(Bucket=media_bucket(), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return False
        raise
    return True


def delete_stored(key: str) -> None:
    """Remove the object under `key`, if there is one."""
    _client().delete_object(Bucket=media_bucket(), Key=key)
