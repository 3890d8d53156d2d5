"""What may go wrong, and how often. A history draws its own mixture of rates, so that some run nearly undisturbed."""

import math
import random
from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """One kind of fault. Each is counted when it has struck, not when it was drawn."""

    # the table
    THROTTLED = "call throttled"
    CONFLICT = "transaction conflict"
    UNSENT = "write timed out, never done"
    LOST_ANSWER_OF_WRITE = "write done, answer lost"
    LOST_ANSWER_OF_TRANSACTION = "transaction done, answer lost"
    LATE = "write or transaction done after its caller gave up on it"
    STALE_INDEX = "stale index read"
    STALE_READ = "stale read of the table"
    SHORT_PAGE = "page cut short"
    UNPROCESSED_KEYS = "keys of a batch unprocessed"
    # the machines
    CRASH = "crash between two calls"
    OUT_OF_TIME = "function out of time"
    ANSWER_LOST = "request done, its answer lost"
    HELD_UP = "write held up on its way"
    CLOCK_SKEW = "request under a skewed clock"
    STALE_SETTINGS = "settings cached before a change"
    # the provider
    PROVIDER_SILENT = "provider timed out before it acted"
    PROVIDER_LOST_ANSWER = "provider timed out after it acted"
    PROVIDER_LATE = "provider acted after the time-out"
    PROVIDER_500 = "provider answered 500"
    PROVIDER_AWAY = "call while the provider is away for long"
    DECLINED = "payment declined"
    LATE_PAYMENT = "payment succeeded after its order was given up"
    REFUND_FAILED = "refund failed in the end"
    # webhooks and their queue
    WEBHOOK_MISSING = "webhook missing"
    WEBHOOK_DUPLICATED = "webhook duplicated"
    WEBHOOK_DELAYED = "webhook delayed"
    WEBHOOK_REORDERED = "webhook overtaken by a later one"
    MESSAGE_DUPLICATED = "queue message delivered twice"
    # the stream and the bus
    BATCH_DUPLICATED = "stream batch delivered twice"
    BATCH_RECUT = "stream batch cut differently"
    SHARD_READ_AGAIN = "shard read again from an earlier place"
    BATCH_DELAYED = "stream batch delayed"
    BATCH_PARTLY_FAILED = "stream batch failed in part"
    RECORD_POISONED = "poison record"
    SET_ASIDE = "records set aside and replayed"
    BUS_REFUSED = "bus refused some events"
    # the sweep
    SWEPT_TWICE = "two sweeps at once"


AWAY_FROM_S = (1.0, 1500.0)
RATES = (0.0, 0.005, 0.02, 0.06)  # of a call being struck; a history has one of them for each group
TROUBLED_RATE = 0.15  # of the group that the history is about, if it is about one
GROUPS: dict[str, tuple[Fault, ...]] = {
    "table": (
        Fault.THROTTLED,
        Fault.UNSENT,
        Fault.LOST_ANSWER_OF_WRITE,
        Fault.LOST_ANSWER_OF_TRANSACTION,
        Fault.LATE,
        Fault.SHORT_PAGE,
        Fault.UNPROCESSED_KEYS,
    ),
    "stale": (Fault.STALE_INDEX, Fault.STALE_READ),
    "machine": (Fault.CRASH, Fault.CLOCK_SKEW, Fault.OUT_OF_TIME, Fault.ANSWER_LOST),
    "way": (Fault.HELD_UP,),
    "provider": (Fault.PROVIDER_SILENT, Fault.PROVIDER_LOST_ANSWER, Fault.PROVIDER_LATE, Fault.PROVIDER_500),
    "webhook": (
        Fault.WEBHOOK_MISSING,
        Fault.WEBHOOK_DUPLICATED,
        Fault.WEBHOOK_DELAYED,
        Fault.WEBHOOK_REORDERED,
        Fault.MESSAGE_DUPLICATED,
    ),
    "stream": (
        Fault.BATCH_DUPLICATED,
        Fault.BATCH_RECUT,
        Fault.SHARD_READ_AGAIN,
        Fault.BATCH_DELAYED,
        Fault.RECORD_POISONED,
        Fault.BUS_REFUSED,
        Fault.SWEPT_TWICE,
    ),
}
# Some are drawn once for a payment, a batch or a request, others for each of hundreds of calls.
WEIGHT: dict[Fault, float] = {
    **dict.fromkeys(GROUPS["table"], 0.3),
    **dict.fromkeys(GROUPS["stale"], 6.0),
    **dict.fromkeys(GROUPS["provider"], 1.5),
    **dict.fromkeys(GROUPS["webhook"], 4.0),
    **dict.fromkeys(GROUPS["stream"], 1.0),
    Fault.CRASH: 0.4,
    Fault.CLOCK_SKEW: 6.0,
    Fault.OUT_OF_TIME: 1.0,
    Fault.ANSWER_LOST: 1.5,
    Fault.HELD_UP: 2.0,
    Fault.SHARD_READ_AGAIN: 0.5,
    Fault.RECORD_POISONED: 0.5,
    Fault.BUS_REFUSED: 3.0,
    Fault.SWEPT_TWICE: 4.0,
}


class Faults:
    """The faults of one history. Once it is `over`, none strikes any more."""

    def __init__(
        self, chance: random.Random, *, away: float, away_for_s: tuple[float, float], troubled: str | None
    ) -> None:
        """`away`: how likely it is that the provider is out of our reach for a while. `troubled`: the worst group."""
        self._chance = chance
        self.struck: Counter[Fault] = Counter()
        self.over = False
        self._rates: dict[Fault, float] = {}
        for group, kinds in GROUPS.items():
            rate = TROUBLED_RATE if group == troubled else chance.choice(RATES)
            self._rates |= {kind: rate * WEIGHT[kind] for kind in kinds}
        begins = chance.uniform(*AWAY_FROM_S) if chance.random() < away else math.inf
        self._away = (begins, begins + chance.uniform(*away_for_s))

    def strikes(self, *kinds: Fault) -> Fault | None:
        """Which of these kinds strikes now, if any. Whoever asked counts it once it has."""
        if self.over:
            return None
        drawn = self._chance.random()
        for kind in kinds:
            if drawn < (rate := self._rates[kind]):
                return kind
            drawn -= rate
        return None

    def provider_is_away(self, now: float) -> bool:
        """Whether no call reaches the provider now, while shoppers and banks do."""
        return not self.over and self._away[0] <= now < self._away[1]

    def count(self, kind: Fault) -> None:
        """It has struck."""
        self.struck[kind] += 1
