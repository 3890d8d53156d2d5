"""The demo goods' pictures: one small drawing for each kind of thing, in the thing's own color."""

from collections.abc import Callable, Mapping

from local.demo.clothes import TO_WEAR
from local.demo.pen import GLOW, INK, PAPER, STEEL, WHITE, WOOD, Pen


def draw(kind: str, color: str) -> bytes:
    """A PNG of a thing of this kind (see DRAWINGS) in this color (`#rrggbb`)."""
    pen = Pen(color)
    DRAWINGS[kind](pen)
    return pen.png()


def _mug(pen: Pen) -> None:
    pen.ring(60, 38, 84, 68, pen.dark, width=5)
    pen.box(26, 30, 68, 84, pen.main, radius=6)
    pen.oval(26, 25, 68, 36, pen.dark)
    pen.box(32, 42, 37, 74, pen.light)


def _bowl(pen: Pen) -> None:
    pen.box(40, 78, 60, 85, pen.dark)
    pen.shape([(16, 44), (84, 44), (72, 70), (60, 80), (40, 80), (28, 70)], pen.main)
    pen.oval(16, 36, 84, 52, pen.dark)
    pen.oval(22, 39, 78, 50, pen.light)


def _bag(pen: Pen) -> None:
    pen.arc(34, 14, 66, 62, pen.dark, span=(180, 360), width=4)
    pen.shape([(22, 38), (78, 38), (84, 85), (16, 85)], pen.main)
    pen.box(22, 36, 78, 43, pen.dark, radius=2)
    pen.box(40, 54, 60, 68, pen.light, radius=3)


def _backpack(pen: Pen) -> None:
    pen.arc(38, 8, 62, 32, pen.dark, span=(180, 360), width=4)
    pen.box(24, 18, 76, 86, pen.main, radius=14)
    pen.box(30, 54, 70, 82, pen.dark, radius=6)
    pen.box(24, 36, 76, 42, pen.light, radius=1)
    pen.box(46, 34, 54, 46, PAPER)


def _lamp(pen: Pen) -> None:
    pen.oval(22, 34, 78, 66, GLOW)
    pen.line([(50, 46), (50, 82)], WOOD, width=4)
    pen.shape([(38, 16), (62, 16), (76, 50), (24, 50)], pen.main)
    pen.shape([(38, 16), (46, 16), (38, 50), (24, 50)], pen.light)
    pen.oval(32, 78, 68, 88, pen.dark)


def _lantern(pen: Pen) -> None:
    pen.arc(32, 8, 68, 44, pen.dark, span=(180, 360), width=3)
    pen.box(34, 24, 66, 34, pen.main, radius=3)
    pen.box(36, 34, 64, 70, GLOW, radius=2)
    pen.oval(44, 44, 56, 64, WHITE)
    pen.box(28, 70, 72, 86, pen.main, radius=4)
    for place in (36, 50, 64):
        pen.line([(place, 34), (place, 70)], pen.dark, width=1.6)


def _candle(pen: Pen) -> None:
    pen.oval(46, 14, 54, 32, GLOW)
    pen.line([(50, 28), (50, 40)], INK, width=1.2)
    pen.box(32, 38, 68, 86, pen.main, radius=5)
    pen.oval(32, 34, 68, 44, pen.light)
    pen.box(32, 54, 68, 74, PAPER, radius=0)


def _notebook(pen: Pen) -> None:
    pen.box(26, 16, 78, 86, pen.dark, radius=3)
    pen.box(29, 18, 80, 84, PAPER, radius=2)
    pen.box(24, 14, 75, 84, pen.main, radius=3)
    pen.box(34, 26, 65, 40, PAPER, radius=1)
    pen.box(67, 14, 70, 84, pen.light, radius=0)


def _book(pen: Pen) -> None:
    pen.shape([(10, 28), (48, 36), (48, 82), (10, 74)], pen.main)
    pen.shape([(90, 28), (52, 36), (52, 82), (90, 74)], pen.main)
    pen.shape([(14, 24), (49, 33), (49, 78), (14, 70)], PAPER)
    pen.shape([(86, 24), (51, 33), (51, 78), (86, 70)], PAPER)
    for height in (38, 46, 54):
        pen.line([(19, height - 4), (44, height + 2)], pen.light, width=1.5)
        pen.line([(81, height - 4), (56, height + 2)], pen.light, width=1.5)


def _file(pen: Pen) -> None:
    pen.shape([(26, 12), (62, 12), (78, 28), (78, 88), (26, 88)], PAPER)
    pen.shape([(62, 12), (78, 28), (62, 28)], pen.light)
    for height in (38, 46, 54):
        pen.line([(34, height), (70, height)], pen.light, width=2.5)
    pen.box(18, 62, 62, 78, pen.main, radius=3)
    pen.shape([(34, 66), (46, 66), (40, 75)], WHITE)


def _print(pen: Pen) -> None:
    pen.box(20, 12, 80, 88, WOOD, radius=2)
    pen.box(25, 17, 75, 83, PAPER, radius=0)
    pen.oval(54, 26, 66, 38, GLOW)
    pen.shape([(30, 76), (46, 44), (58, 64), (64, 56), (72, 76)], pen.main)
    pen.shape([(46, 44), (52, 54), (46, 58), (41, 54)], WHITE)


def _bottle(pen: Pen) -> None:
    pen.box(42, 10, 58, 24, pen.dark, radius=3)
    pen.box(34, 22, 66, 87, pen.main, radius=10)
    pen.box(34, 48, 66, 54, pen.light, radius=0)
    pen.box(39, 28, 43, 80, pen.light)


def _jar(pen: Pen) -> None:
    pen.box(28, 26, 72, 86, pen.main, radius=8)
    pen.box(30, 14, 70, 27, STEEL, radius=3)
    pen.box(28, 46, 72, 70, PAPER, radius=0)
    pen.oval(43, 51, 57, 65, pen.dark)


def _pouch(pen: Pen) -> None:
    pen.shape([(28, 16), (72, 16), (76, 86), (24, 86)], pen.main)
    pen.box(27, 14, 73, 24, pen.dark, radius=1)
    pen.box(34, 38, 66, 68, PAPER, radius=4)
    pen.oval(42, 44, 58, 62, pen.dark)
    pen.line([(50, 46), (48, 53), (51, 60)], PAPER, width=1.4)


def _blanket(pen: Pen) -> None:
    for number, height in enumerate((34, 50, 66)):
        pen.box(16, height, 84, height + 18, pen.light if number % 2 else pen.main, radius=8)
        pen.line([(24, height + 9), (76, height + 9)], pen.dark, width=1.4)
    for place in range(22, 82, 6):
        pen.line([(place, 83), (place, 90)], pen.dark, width=1.2)


def _rope(pen: Pen) -> None:
    for inset in (0, 8, 16):
        pen.ring(18 + inset, 18 + inset, 82 - inset, 82 - inset, pen.main if inset % 16 == 0 else pen.light, width=7)
    pen.box(43, 10, 57, 42, pen.dark, radius=4)


def _knife(pen: Pen) -> None:
    pen.shape([(46, 50), (80, 12), (84, 20), (56, 58)], STEEL)
    pen.line([(55, 53), (20, 88)], pen.main, width=13)
    pen.line([(50, 52), (20, 82)], pen.light, width=2)
    for point in ((28, 80), (42, 66)):
        pen.oval(point[0] - 2, point[1] - 2, point[0] + 2, point[1] + 2, STEEL)


def _compass(pen: Pen) -> None:
    pen.ring(42, 6, 58, 22, pen.dark, width=3)
    pen.oval(16, 18, 84, 86, pen.main)
    pen.oval(23, 25, 77, 79, PAPER)
    pen.shape([(50, 30), (56, 52), (44, 52)], (200, 60, 50))
    pen.shape([(50, 74), (56, 52), (44, 52)], STEEL)


def _tent(pen: Pen) -> None:
    pen.shape([(50, 18), (94, 84), (6, 84)], pen.main)
    pen.shape([(50, 18), (94, 84), (72, 84)], pen.dark)
    pen.shape([(48, 40), (62, 84), (34, 84)], PAPER)
    pen.shape([(48, 40), (48, 84), (34, 84)], pen.light)


def _pan(pen: Pen) -> None:
    pen.line([(66, 50), (96, 38)], WOOD, width=6)
    pen.oval(8, 36, 72, 80, pen.dark)
    pen.oval(8, 32, 72, 72, pen.main)
    pen.oval(14, 37, 66, 67, pen.light)


def _umbrella(pen: Pen) -> None:
    pen.line([(50, 22), (50, 82)], WOOD, width=3)
    pen.arc(50, 74, 64, 90, WOOD, span=(0, 180), width=3)
    pen.shape(
        [(8, 54), (16, 34), (32, 20), (50, 15), (68, 20), (84, 34), (92, 54), (71, 47), (50, 54), (29, 47)], pen.main
    )
    pen.shape([(50, 15), (61, 48), (50, 54), (39, 48)], pen.light)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    **TO_WEAR,
    "backpack": _backpack,
    "bag": _bag,
    "blanket": _blanket,
    "book": _book,
    "bottle": _bottle,
    "bowl": _bowl,
    "candle": _candle,
    "compass": _compass,
    "file": _file,
    "jar": _jar,
    "knife": _knife,
    "lamp": _lamp,
    "lantern": _lantern,
    "mug": _mug,
    "notebook": _notebook,
    "pan": _pan,
    "pouch": _pouch,
    "print": _print,
    "rope": _rope,
    "tent": _tent,
    "umbrella": _umbrella,
}
