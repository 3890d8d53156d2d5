"""The order of images, and where they are kept."""

from datetime import UTC, datetime

import pytest

from storekeeper.catalog.images import (
    MAX_IMAGES,
    Image,
    ImageId,
    new_image,
    with_changed,
    with_image,
    without_image,
)
from storekeeper.kernel.errors import Invalid, NotFound
from storekeeper.kernel.ids import TenantId

ABC = tuple(Image(ImageId(name), f"T/t/{name}", "image/png", name) for name in "abc")


def order(images: tuple[Image, ...]) -> str:
    return "".join(image.id for image in images)


@pytest.mark.parametrize(
    ("image_id", "position", "expected"),
    [("a", None, "abc"), ("c", None, "abc"), ("c", 0, "cab"), ("a", 1, "bac"), ("a", 2, "bca"), ("a", 29, "bca")],
)
def test_an_image_takes_its_place(image_id: str, position: int | None, expected: str) -> None:
    assert order(with_changed(ABC, image_id, position=position)) == expected


def test_what_is_not_named_stays() -> None:
    changed = with_changed(with_changed(ABC, "b", alt="B"), "b", ready=True)

    assert (changed[1].alt, changed[1].ready) == ("B", True)
    assert with_changed(changed, "b", alt="")[1] == Image(ImageId("b"), "T/t/b", "image/png", "", ready=True)


def test_an_unknown_image_is_not_found() -> None:
    with pytest.raises(NotFound):
        with_changed(ABC, "d")
    with pytest.raises(NotFound):
        without_image(ABC, "d")


def test_images_are_bounded() -> None:
    full = ABC * (MAX_IMAGES // 3)

    with pytest.raises(Invalid) as refused:
        with_image(full, ABC[0])

    assert refused.value.faults[0].code == "too_many_images"


def test_an_image_is_kept_under_its_tenant() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    image = new_image(TenantId("ten_1"), "prd_1", content_type="image/jpeg", alt="A mug", now=now)

    assert image.key == f"T/ten_1/prd_1/{image.id}.jpg"
    assert not image.ready
