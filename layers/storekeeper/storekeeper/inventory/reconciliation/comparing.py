"""Compares one level with all that it must agree with, in turn, and deals with what differs."""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct, field

from storekeeper.inventory.levels.model import Level, SkuRef
from storekeeper.inventory.reconciliation import items
from storekeeper.inventory.reconciliation.again_items import Suspicion
from storekeeper.inventory.reconciliation.judging import Doubt, Judge
from storekeeper.inventory.reconciliation.looking import Look, look_anew
from storekeeper.inventory.reconciliation.mending import Outcome, deal_with, write_unless_done
from storekeeper.inventory.reconciliation.model import Drift, Skipped, cannot_be, ledger_drifts

MAX_LOOKS = 4  # at one level in one run
FIGURES = ("levels", "looked_again", *Outcome, *(f"skipped_{why}" for why in Skipped))


class Comparison(Struct):
    """What a step has counted, and the levels that are to be looked at again; `number` is that of this look."""

    judge: Judge
    number: int
    figures: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(FIGURES, 0)))
    again: list[tuple[Level, Suspicion | None]] = field(default_factory=list)

    def compare(self, look: Look, suspected: Suspicion | None) -> None:
        """First with its ledger; then, if that is right, with what is on its way to it, and with its owners."""
        if (now_is := self._by_ledger(look)) is None:
            return
        doubts: list[Doubt] = []
        for judged in (self.judge.by_deliveries, lambda seen: self.judge.by_owners(seen, suspected)):
            now_is = self._by(judged, now_is, doubts)
        if doubts:
            self._doubt(look.level, doubts[-1])

    def _by_ledger(self, look: Look) -> Look | None:
        """The level as it is after its ledger was looked at; None if nothing else can be told of it."""
        found = ledger_drifts(
            look.checked,
            look.rows,
            look.level,
            checked_at=look.checked_at,
            changed_at=look.changed_at,
            now=self.judge.now,
        )
        drifts = list(found)
        outcomes = [self._deal_with(drift) for drift in drifts]
        if None in outcomes:
            self._doubt(look.level, Doubt(Skipped.BUSY))
            return None
        if outcomes == [Outcome.LEFT] and cannot_be(drifts[0]):
            self._believe(look)
        if any(outcome is not Outcome.MENDED for outcome in outcomes):
            self._doubt(look.level, Doubt(Skipped.LEDGER))
            return None
        if not outcomes and look.rows and look.is_told:
            self._believe(look)
        return look_anew(self.judge.table, look) if outcomes else look

    def _believe(self, look: Look) -> None:
        """The next run begins from the level as it is."""
        write_unless_done(self.judge.table, items.put_checked(self._ref(look), look.level, now=self.judge.now))

    def _by(self, judged: Callable[[Look], Drift | Doubt | None], look: Look, doubts: list[Doubt]) -> Look:
        """The level as it is after it was judged."""
        finding = judged(look)
        if isinstance(finding, Doubt):
            doubts.append(finding)
        elif finding:
            outcome = self._deal_with(finding)
            if outcome is None:
                doubts.append(Doubt(Skipped.BUSY))
            elif outcome is Outcome.MENDED:
                return look_anew(self.judge.table, look)
        return look

    def _deal_with(self, drift: Drift) -> Outcome | None:
        outcome = deal_with(self.judge.run, self.judge.table, drift, now=self.judge.now)
        if outcome is not None:
            self.figures[Outcome.FOUND] += 1
        if outcome in {Outcome.MENDED, Outcome.LEFT}:
            self.figures[outcome] += 1
        return outcome

    def _doubt(self, level: Level, doubt: Doubt) -> None:
        """A level that was busy is looked at again, unless that was done often enough."""
        if doubt.why is Skipped.BUSY and self.number < MAX_LOOKS:
            self.again.append((level, doubt.suspicion))
        else:
            self.figures[f"skipped_{doubt.why}"] += 1

    def _ref(self, look: Look) -> SkuRef:
        return SkuRef(self.judge.table.tenant_id, look.level.sku)
