"""Pictures of what is worn."""

from collections.abc import Callable, Mapping

from local.demo.pen import PAPER, Pen


def _shirt(pen: Pen) -> None:
    pen.shape(
        [(36, 20), (64, 20), (90, 38), (80, 52), (70, 46), (70, 84), (30, 84), (30, 46), (20, 52), (10, 38)], pen.main
    )
    pen.oval(40, 14, 60, 28, pen.dark)
    pen.line([(30, 78), (70, 78)], pen.light, width=1.5)


def _sweater(pen: Pen) -> None:
    pen.shape(
        [
            (36, 20),
            (64, 20),
            (78, 26),
            (92, 72),
            (80, 76),
            (70, 48),
            (70, 84),
            (30, 84),
            (30, 48),
            (20, 76),
            (8, 72),
            (22, 26),
        ],
        pen.main,
    )
    pen.oval(40, 15, 60, 27, pen.dark)
    for height in (40, 48, 56):
        pen.line([(32, height), (68, height)], pen.light, width=2)
    pen.box(30, 79, 70, 84, pen.dark, radius=1)


def _jacket(pen: Pen) -> None:
    pen.shape(
        [
            (34, 20),
            (66, 20),
            (80, 28),
            (92, 74),
            (79, 78),
            (72, 52),
            (72, 86),
            (28, 86),
            (28, 52),
            (21, 78),
            (8, 74),
            (20, 28),
        ],
        pen.main,
    )
    pen.shape([(34, 20), (50, 36), (66, 20), (60, 12), (40, 12)], pen.dark)
    pen.line([(50, 34), (50, 86)], pen.light, width=1.5)
    pen.box(34, 62, 45, 65, pen.dark, radius=1)
    pen.box(55, 62, 66, 65, pen.dark, radius=1)


def _cap(pen: Pen) -> None:
    pen.dome(20, 30, 74, 104, pen.main)
    pen.arc(34, 30, 60, 104, pen.light, span=(180, 360), width=1.2)
    pen.shape([(44, 64), (76, 63), (95, 70), (96, 76), (80, 74), (44, 74)], pen.dark)
    pen.box(20, 64, 74, 71, pen.dark)
    pen.oval(44, 27, 50, 33, pen.dark)


def _beanie(pen: Pen) -> None:
    pen.oval(42, 12, 58, 28, pen.light)
    pen.dome(24, 24, 76, 112, pen.main)
    pen.box(20, 62, 80, 80, pen.dark, radius=5)
    for place in range(27, 76, 8):
        pen.line([(place, 65), (place, 77)], pen.main, width=1.5)


def _socks(pen: Pen) -> None:
    for left in (14, 50):
        pen.oval(left + 14, 62, left + 36, 82, pen.light)
        pen.shape(
            [
                (left, 22),
                (left + 18, 22),
                (left + 18, 58),
                (left + 28, 64),
                (left + 26, 82),
                (left + 4, 82),
                (left, 74),
            ],
            pen.main,
        )
        pen.oval(left, 62, left + 18, 82, pen.dark)
        pen.shape([(left, 22), (left + 18, 22), (left + 18, 66), (left + 3, 66)], pen.main)
        pen.box(left - 1, 18, left + 19, 28, pen.dark, radius=3)


def _gloves(pen: Pen) -> None:
    for left in (14, 52):
        pen.box(left, 40, left + 28, 82, pen.main, radius=6)
        for finger in range(4):
            pen.box(left + finger * 7, 20 + abs(finger - 1.5) * 3, left + finger * 7 + 6, 50, pen.main, radius=3)
        pen.box(left, 72, left + 28, 84, pen.dark, radius=3)


def _boots(pen: Pen) -> None:
    pen.box(30, 16, 54, 74, pen.main, radius=5)
    pen.shape([(30, 56), (54, 52), (72, 60), (84, 68), (86, 78), (30, 78)], pen.main)
    pen.box(27, 77, 88, 85, pen.dark, radius=3)
    pen.box(30, 16, 54, 24, pen.dark, radius=3)
    for height in range(30, 56, 7):
        pen.line([(44, height), (56, height + 3)], PAPER, width=1.6)


TO_WEAR: Mapping[str, Callable[[Pen], None]] = {
    "beanie": _beanie,
    "boots": _boots,
    "cap": _cap,
    "gloves": _gloves,
    "jacket": _jacket,
    "shirt": _shirt,
    "socks": _socks,
    "sweater": _sweater,
}
