"""S3: pictures and files that browsers upload and fetch by themselves, with requests that we sign.

Signing is arithmetic with the function's own credentials: it makes no call.
"""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError
from msgspec import Struct

from storekeeper.kernel.aws.session import config
from storekeeper.kernel.expiring import ExpiringCache

UPLOAD_S = 900
READ_S = 3600
DOWNLOAD_S = 300
MAX_READ_URLS = 5_000
UNATTACHED = "<Tagging><TagSet><Tag><Key>state</Key><Value>unattached</Value></Tag></TagSet></Tagging>"
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})


class UploadForm(Struct, frozen=True):
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


def downloads_bucket() -> str:
    """Where the files of downloads are kept: apart from media, because nothing of it is ever shown to everybody."""
    return os.environ["DOWNLOADS_BUCKET"]


def sign_upload(key: str, *, content_type: str, max_bytes: int, now: datetime) -> UploadForm:
    """Leave to upload one picture under `key`: of this type, not empty, and not larger than `max_bytes`."""
    return _upload_form(media_bucket(), key, {"Content-Type": content_type}, max_bytes=max_bytes, now=now)


def sign_file_upload(key: str, *, content_type: str, max_bytes: int, now: datetime) -> UploadForm:
    """Leave to upload a download's file, as `sign_upload` does. Unless it is kept, the bucket drops it after days."""
    fields = {"Content-Type": content_type, "tagging": UNATTACHED}
    return _upload_form(downloads_bucket(), key, fields, max_bytes=max_bytes, now=now)


def _upload_form(bucket: str, key: str, fields: Mapping[str, str], *, max_bytes: int, now: datetime) -> UploadForm:
    """Each field must be sent as it is."""
    answer = _client().generate_presigned_post(
        bucket,
        key,
        Fields=dict(fields),
        Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, max_bytes]],
        ExpiresIn=UPLOAD_S,
    )
    return UploadForm(answer["url"], answer["fields"], now + timedelta(seconds=UPLOAD_S))


def keep_file(key: str) -> int | None:
    """Keep a download's file for good; its bytes, or None where nothing has arrived."""
    try:
        size: int = _client().head_object(Bucket=downloads_bucket(), Key=key)["ContentLength"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    _client().delete_object_tagging(Bucket=downloads_bucket(), Key=key)
    return size


def sign_download(key: str, *, name: str, content_type: str, seconds: int) -> str:
    """A secret address that hands the file over for `seconds`, to be saved under `name`; no cache keeps it."""
    params = {
        "Bucket": downloads_bucket(),
        "Key": key,
        "ResponseContentDisposition": disposition(name),
        "ResponseContentType": content_type,
        "ResponseCacheControl": "private, no-store",
    }
    url: str = _client().generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)
    return url


def disposition(name: str) -> str:
    """To be saved, never shown, under `name` (RFC 6266): in ASCII for old clients, and whole for all others."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " .-_()") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def delete_file(key: str) -> None:
    """Remove a download's file, if it is there."""
    _client().delete_object(Bucket=downloads_bucket(), Key=key)


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
