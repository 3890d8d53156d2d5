"""A pen for small flat drawings: a canvas of 100 by 100, shades of one color, a soft ground to stand on."""

from collections.abc import Sequence
from io import BytesIO
from typing import TypeAlias

from PIL import Image, ImageColor, ImageDraw

SIZE = 480  # pixels of a side
FINER = 2  # drawn so many times larger, then reduced, so that edges are smooth

Color: TypeAlias = tuple[int, int, int]
Points: TypeAlias = Sequence[tuple[float, float]]

WHITE: Color = (255, 255, 255)
INK: Color = (44, 48, 56)
PAPER: Color = (250, 247, 240)
WOOD: Color = (176, 132, 90)
STEEL: Color = (176, 184, 192)
GLOW: Color = (255, 214, 120)


def mixed(one: Color, other: Color, share: float) -> Color:
    """`one` with a `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Pen:
    """Draws in `main`, its `dark` and its `light` shade."""

    def __init__(self, color: str) -> None:
        red, green, blue = ImageColor.getrgb(color)[:3]
        self.main: Color = (red, green, blue)
        self.dark = mixed(self.main, INK, 0.35)
        self.light = mixed(self.main, WHITE, 0.45)
        self._scale = SIZE * FINER / 100
        self._image = Image.new("RGB", (SIZE * FINER, SIZE * FINER), mixed(self.main, WHITE, 0.88))
        self._draw = ImageDraw.Draw(self._image)
        self.oval(18, 80, 82, 92, mixed(self.main, WHITE, 0.72))

    def box(self, left: float, top: float, right: float, bottom: float, color: Color, *, radius: float = 2) -> None:
        """A filled rectangle with rounded corners."""
        self._draw.rounded_rectangle(self._scaled(left, top, right, bottom), radius * self._scale, fill=color)

    def oval(self, left: float, top: float, right: float, bottom: float, color: Color) -> None:
        """A filled ellipse."""
        self._draw.ellipse(self._scaled(left, top, right, bottom), fill=color)

    def dome(self, left: float, top: float, right: float, bottom: float, color: Color) -> None:
        """The upper half of an ellipse, filled."""
        self._draw.chord(self._scaled(left, top, right, bottom), 180, 360, fill=color)

    def ring(self, left: float, top: float, right: float, bottom: float, color: Color, *, width: float = 3) -> None:
        """The outline of an ellipse."""
        self._draw.ellipse(self._scaled(left, top, right, bottom), outline=color, width=round(width * self._scale))

    def shape(self, points: Points, color: Color) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=color)

    def line(self, points: Points, color: Color, *, width: float = 2) -> None:
        """A line through points, with round corners."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill=color, width=round(width * self._scale), joint="curve")

    def arc(
        self, left: float, top: float, right: float, bottom: float, color: Color, *, span: tuple[int, int], width: float
    ) -> None:
        """A part of an ellipse's outline, clockwise from 3 o'clock in degrees."""
        box = self._scaled(left, top, right, bottom)
        self._draw.arc(box, *span, fill=color, width=round(width * self._scale))

    def png(self) -> bytes:
        """The drawing as a file."""
        content = BytesIO()
        self._image.reduce(FINER).save(content, "PNG", compress_level=6)
        return content.getvalue()

    def _scaled(self, *lengths: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = (length * self._scale for length in lengths)
        return left, top, right, bottom
