"""What kind of day a history is: who comes, how much at once, how long they take, and whether the provider is away."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

RUSH, ORDINARY, SLOW = "rush", "ordinary", "slow"


@dataclass(frozen=True, slots=True)
class Mood:
    """`pauses`: how often people hesitate. `late`: how many of them pay when the time for it is nearly or just over."""

    name: str
    shoppers: Sequence[int]
    clerks: Sequence[int]
    arrive_within_s: Sequence[float]
    pauses: float
    late: float
    away: float


MOODS = (
    Mood(RUSH, (3, 4, 5), (0, 1, 2), (0.02, 0.1, 0.3), pauses=0.1, late=0.05, away=0.0),
    Mood(ORDINARY, (1, 2, 2, 3), (0, 1, 1, 2), (0.1, 5.0, 900.0), pauses=0.5, late=0.1, away=0.15),
    Mood(SLOW, (1, 2), (0, 1, 1), (0.5, 30.0), pauses=0.4, late=0.5, away=0.6),
)


def some_mood(chance: random.Random) -> Mood:
    """One of them."""
    return chance.choice(MOODS)
