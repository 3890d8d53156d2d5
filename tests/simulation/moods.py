"""What kind of day a history is: who comes, how much at once, how long they take, and what is in trouble."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

RUSH, ORDINARY, SLOW, HESITANT, REGRETFUL, REREAD = "rush", "ordinary", "slow", "hesitant", "regretful", "reread"


@dataclass(frozen=True, slots=True)
class Mood:
    """How people are, and what fails.

    `pauses`: how often people hesitate. `late`: how many of them pay when the time for it is nearly or just over.
    `holds`: how many reserve what is in their cart; `renewals`: how often they then change it and reserve again.
    `regrets`: how many leave an order unpaid, take its cart back, and pay it later all the same.
    `away`: how likely the provider is out of reach, `away_for_s`: how long then. `troubled`: which group of
    faults may be at its worst.
    """

    name: str
    shoppers: Sequence[int]
    clerks: Sequence[int]
    arrive_within_s: Sequence[float]
    pauses: float
    late: float
    away: float
    away_for_s: tuple[float, float] = (60.0, 5400.0)
    holds: float = 0.35
    renewals: int = 0
    regrets: float = 0.03
    troubled: Sequence[str | None] = (None,)


MOODS = (
    Mood(RUSH, (3, 4, 5), (0, 1, 2), (0.02, 0.1, 0.3), pauses=0.1, late=0.05, away=0.0, troubled=(None, "way")),
    Mood(ORDINARY, (1, 2, 2, 3), (0, 1, 1, 2), (0.1, 5.0, 900.0), pauses=0.5, late=0.1, away=0.15),
    Mood(SLOW, (1, 2), (0, 1, 1), (0.5, 30.0), pauses=0.4, late=0.5, away=0.6),
    Mood(
        HESITANT,
        (1, 1, 2),
        (0,),
        (0.1, 5.0),
        pauses=0.2,
        late=0.5,
        away=0.0,
        holds=1.0,
        renewals=3,
        troubled=("way", "way", "stream"),
    ),
    Mood(
        REGRETFUL,
        (1, 1, 2),
        (0, 0, 1),
        (0.5, 30.0),
        pauses=0.1,
        late=0.3,
        away=0.8,
        away_for_s=(2400.0, 5400.0),
        regrets=0.8,
        troubled=("way",),
    ),
    Mood(REREAD, (2, 3, 4), (2, 3), (0.1, 5.0), pauses=0.3, late=0.0, away=0.0, troubled=("stream", "stream", "way")),
)


def some_mood(chance: random.Random) -> Mood:
    """One of them."""
    return chance.choice(MOODS)
