"""Images over HTTP, uploaded as a browser would."""

from typing import Any

import httpx
import pytest

from tests.functions.conftest import Api


def test_an_image_is_uploaded_straight_to_object_storage(client: Api, mug: dict[str, Any]) -> None:
    path = f"/v1/products/{mug['id']}/images"
    announced = client.post(path, {"content_type": "image/png", "alt": "A mug"}).json
    confirm = f"{path}/{announced['id']}/confirm"
    early = client.post(confirm)
    form = announced["upload"]

    uploaded = httpx.post(form["url"], data=form["fields"], files={"file": ("mug.png", b"png", "image/png")})
    confirmed = client.post(confirm)

    assert (announced["status"], announced["url"]) == ("pending", None)
    assert (early.status, early.code) == (409, "not_uploaded")
    assert uploaded.status_code == 204
    assert (confirmed.status, confirmed.json["status"], confirmed.json["alt"]) == (200, "ready", "A mug")
    assert httpx.get(confirmed.json["url"]).content == b"png"
    assert client.delete(f"{path}/{announced['id']}").status == 204
    assert httpx.get(confirmed.json["url"]).status_code == 404
    assert client.get(path).json == {"data": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("_case", "key", "content", "content_type"),
    [
        ("another type", None, b"<html>", "text/html"),
        ("another key", "T/another/tenant.png", b"png", "image/png"),
        ("too large", None, b"x" * (10 * 1024 * 1024 + 1), "image/png"),
        ("empty", None, b"", "image/png"),
    ],
)
def test_an_upload_form_takes_only_what_was_announced(
    client: Api, mug: dict[str, Any], _case: str, key: str | None, content: bytes, content_type: str
) -> None:
    form = client.post(f"/v1/products/{mug['id']}/images", {"content_type": "image/png"}).json["upload"]
    fields = {**form["fields"], "Content-Type": content_type, **({"key": key} if key else {})}

    uploaded = httpx.post(form["url"], data=fields, files={"file": ("f", content, content_type)})

    assert uploaded.status_code in {400, 403}


def test_images_are_moved_and_described(client: Api, mug: dict[str, Any]) -> None:
    path = f"/v1/products/{mug['id']}/images"
    ids = [client.post(path, {"content_type": "image/png", "alt": alt}).json["id"] for alt in "ab"]

    changed = client.patch(f"{path}/{ids[1]}", {"alt": "z", "position": 0})

    assert (changed.status, changed.json["alt"], changed.json["version"]) == (200, "z", 4)
    assert [image["alt"] for image in client.get(path).json["data"]] == ["z", "a"]
