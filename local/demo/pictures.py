"""The pictures of categories and collections: four of their goods, each drawn as its own picture is."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image

from local.demo.company import Good
from local.demo.drawings import draw
from local.demo.pen import SIZE

TILE = SIZE // 2
CORNERS = ((0, 0), (TILE, 0), (0, TILE), (TILE, TILE))


def picture_of(goods: Sequence[Good]) -> bytes:
    """A PNG of the first four goods; of the first alone, where there are fewer."""
    shown = [(good.drawing, good.color) for good in goods[: len(CORNERS)]]
    return _tiled(*shown) if len(shown) == len(CORNERS) else draw(*shown[0])


@lru_cache(maxsize=64)  # each store of a company has the same
def _tiled(*shown: tuple[str, str]) -> bytes:
    picture = Image.new("RGB", (SIZE, SIZE))
    for corner, (drawing, color) in zip(CORNERS, shown, strict=True):
        picture.paste(Image.open(BytesIO(draw(drawing, color))).resize((TILE, TILE)), corner)
    content = BytesIO()
    picture.save(content, "PNG", compress_level=6)
    return content.getvalue()
