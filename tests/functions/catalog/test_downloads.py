"""Downloads over HTTP: files go straight to object storage, into a bucket that nobody may read without a link."""

from datetime import datetime
from functools import partial
from typing import Any

import httpx
import pytest

from local.testing import DataCloud
from storekeeper.kernel.aws.storage import UNATTACHED, sign_download
from storekeeper.kernel.table import Table
from tests.functions.conftest import Api, MakeSecret

PDF = {"name": "handbook.pdf", "content_type": "application/pdf"}


def path_of(product: dict[str, Any]) -> str:
    return f"/v1/products/{product['id']}/downloads"


def send(announced: dict[str, Any], content: bytes) -> httpx.Response:
    form = announced["upload"]
    files = {"file": ("f", content, form["fields"]["Content-Type"])}
    return httpx.post(form["url"], data=form["fields"], files=files)


def attach(client: Api, product: dict[str, Any], content: bytes = b"%PDF-1", **fields: Any) -> dict[str, Any]:
    announced = client.post(path_of(product), {**PDF, **fields}).json
    assert send(announced, content).status_code == 204
    confirmed = client.post(f"{path_of(product)}/{announced['id']}/confirm")
    assert confirmed.status == 200, confirmed.text
    return dict(confirmed.json)


def keys_in(cloud: DataCloud, table: Table) -> list[str]:
    prefix = f"T/{table.tenant_id}/"
    found = cloud.client("s3").list_objects_v2(Bucket=cloud.downloads_bucket, Prefix=prefix)
    return [one["Key"] for one in found.get("Contents", [])]


def test_a_file_is_uploaded_straight_to_its_own_bucket(
    client: Api, mug: dict[str, Any], cloud: DataCloud, table: Table
) -> None:
    announced = client.post(path_of(mug), PDF).json
    early = client.post(f"{path_of(mug)}/{announced['id']}/confirm")

    uploaded = send(announced, b"%PDF-1")
    confirmed = client.post(f"{path_of(mug)}/{announced['id']}/confirm")

    assert (announced["status"], announced["size_bytes"], announced["version"]) == ("pending", None, 1)
    assert (early.status, early.code) == (409, "not_uploaded")
    assert uploaded.status_code == 204
    shown = {name: confirmed.json[name] for name in ("name", "status", "content_type", "size_bytes", "version")}
    assert shown == {
        "name": "handbook.pdf",
        "status": "ready",
        "content_type": "application/pdf",
        "size_bytes": 6,
        "version": 2,
    }
    assert [one["id"] for one in client.get(path_of(mug)).json["data"]] == [announced["id"]]
    assert len(keys_in(cloud, table)) == 1
    assert "url" not in confirmed.text


def test_an_upload_is_tagged_until_it_is_confirmed_so_that_the_bucket_drops_it(
    client: Api, mug: dict[str, Any], cloud: DataCloud, table: Table
) -> None:
    announced = client.post(path_of(mug), PDF).json
    send(announced, b"%PDF-1")
    (key,) = keys_in(cloud, table)
    objects, place = cloud.client("s3"), {"Bucket": cloud.downloads_bucket, "Key": key}
    # The emulator leaves out what a form says of tags; S3 does not.
    objects.put_object_tagging(**place, Tagging={"TagSet": [{"Key": "state", "Value": "unattached"}]})

    client.post(f"{path_of(mug)}/{announced['id']}/confirm")

    assert announced["upload"]["fields"]["tagging"] == UNATTACHED
    assert objects.get_object_tagging(**place)["TagSet"] == []


@pytest.mark.parametrize(
    ("_case", "fields", "content"),
    [
        ("another type", {"Content-Type": "text/html"}, b"<html>"),
        ("another key", {"key": "T/another/tenant"}, b"%PDF-1"),
        ("empty", {}, b""),
    ],
)
def test_a_form_takes_only_what_was_announced(
    client: Api, mug: dict[str, Any], _case: str, fields: dict[str, str], content: bytes
) -> None:
    form = client.post(path_of(mug), PDF).json["upload"]

    uploaded = httpx.post(form["url"], data={**form["fields"], **fields}, files={"file": ("f", content)})

    assert uploaded.status_code in {400, 403}


def test_a_link_hands_over_the_file_to_be_saved_and_no_longer_than_it_says(
    client: Api, mug: dict[str, Any], cloud: DataCloud, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(client, mug)
    (key,) = keys_in(cloud, table)
    link = partial(sign_download, key, name='a "b".pdf', content_type="application/pdf", seconds=300)
    url = link()
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime(2026, 1, 1))  # noqa: DTZ001
    over = link()

    handed_over = httpx.get(url)

    assert (handed_over.status_code, handed_over.content) == (200, b"%PDF-1")
    assert handed_over.headers["content-disposition"] == (
        "attachment; filename=\"a _b_.pdf\"; filename*=UTF-8''a%20%22b%22.pdf"
    )
    assert handed_over.headers["cache-control"] == "private, no-store"
    assert httpx.get(over).status_code == 403
    assert httpx.get(url.replace("X-Amz-Expires=300", "X-Amz-Expires=9000")).status_code == 403
    assert httpx.get(url.replace(key, f"{key}X")).status_code == 403


def test_a_file_is_replaced_once_the_other_has_arrived(
    client: Api, mug: dict[str, Any], cloud: DataCloud, table: Table
) -> None:
    download = attach(client, mug)
    (old,) = keys_in(cloud, table)
    path = f"{path_of(mug)}/{download['id']}"
    announced = client.post(f"{path}/replace", {"content_type": "application/zip"}).json
    waiting = client.get(path_of(mug)).json["data"][0]
    send(announced, b"PK-zipped")

    confirmed = client.post(f"{path}/confirm").json

    assert (waiting["status"], waiting["content_type"]) == ("replacing", "application/pdf")
    assert (confirmed["status"], confirmed["content_type"], confirmed["size_bytes"]) == ("ready", "application/zip", 9)
    assert len(keys_in(cloud, table)) == 1
    assert old not in keys_in(cloud, table)


def test_downloads_are_named_and_ordered(client: Api, mug: dict[str, Any]) -> None:
    first, second = (attach(client, mug, name=f"{name}.pdf") for name in "ab")

    changed = client.patch(f"{path_of(mug)}/{second['id']}", {"name": "c.pdf", "position": 0})

    assert (changed.status, changed.json["name"]) == (200, "c.pdf")
    assert [one["name"] for one in client.get(path_of(mug)).json["data"]] == ["c.pdf", "a.pdf"]
    stale = client.patch(f"{path_of(mug)}/{first['id']}", {"name": "d.pdf"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.code) == (412, "stale_version")


def test_what_was_never_sold_goes_with_its_file(
    client: Api, mug: dict[str, Any], cloud: DataCloud, table: Table
) -> None:
    download = attach(client, mug)

    kept = client.delete(f"/v1/products/{mug['id']}")
    gone = client.delete(f"{path_of(mug)}/{download['id']}")

    assert (kept.status, kept.code) == (409, "product_in_use")
    assert gone.status == 204
    assert keys_in(cloud, table) == []
    assert client.get(path_of(mug)).json["data"] == []
    assert client.delete(f"/v1/products/{mug['id']}").status == 204


@pytest.mark.parametrize(
    ("_case", "fields", "code"),
    [
        ("a variant that is none", {"variant_id": "var_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"}, "variant_unknown"),
        ("a name that is a path", {"name": "../etc/passwd"}, None),
        ("a type that is none", {"content_type": "pdf"}, None),
    ],
)
def test_what_cannot_be_is_refused(
    client: Api, mug: dict[str, Any], _case: str, fields: dict[str, str], code: str | None
) -> None:
    reply = client.post(path_of(mug), {**PDF, **fields})

    assert reply.status == 422
    assert code is None or reply.json["errors"][0]["code"] == code


def test_another_tenant_sees_no_download(
    client: Api, mug: dict[str, Any], other_table: Table, make_secret: MakeSecret
) -> None:
    download, key = attach(client, mug), make_secret(table=other_table)
    path = f"{path_of(mug)}/{download['id']}"

    replies = [
        client.get(path_of(mug), key=key),
        client.post(path_of(mug), PDF, key=key),
        client.post(f"{path}/replace", {"content_type": "application/pdf"}, key=key),
        client.post(f"{path}/confirm", key=key),
        client.patch(path, {"name": "mine.pdf"}, key=key),
        client.delete(path, key=key),
    ]

    assert {reply.status for reply in replies} == {404}
    assert client.get(path_of(mug)).json["data"][0]["name"] == "handbook.pdf"


def test_an_announcement_is_made_once(client: Api, mug: dict[str, Any]) -> None:
    once = {"Idempotency-Key": "announce-the-handbook"}

    replies = [client.post(path_of(mug), PDF, headers=once) for _ in range(2)]

    assert replies[0].text == replies[1].text
    assert len(client.get(path_of(mug)).json["data"]) == 1
