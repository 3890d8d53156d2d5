"""What the first pages of a run have gathered, and each level is compared with: kept as rows of the run, by parts.

A page is one part, whatever is in it: so a page that is done again, after a crash or beside another worker, keeps what
was told first, and the next one has a place of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from storekeeper.inventory.levels.model import SkuPick
from storekeeper.inventory.reconciliation.deliveries import Coming
from storekeeper.inventory.reconciliation.model import Place
from storekeeper.inventory.reconciliation.owners import OwnedPick
from storekeeper.kernel.table import Table
from storekeeper.runs import keep_part, read_rows


class Units(Struct):
    """Units by level, and which orders, or deliveries, they are of, so that these can be asked again."""

    units: Counter[Place] = field(default_factory=Counter)
    sources: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, source_id: str, pick: SkuPick) -> None:
        """Count more."""
        place = (pick.sku, pick.location_id, pick.bucket)
        self.units[place] += pick.units
        self.sources[place].add(source_id)


class Gathered(Struct):
    """What open orders own, and what is on its way, as it was when the run began."""

    owned: Units = field(default_factory=Units)
    coming: Units = field(default_factory=Units)

    @classmethod
    def read(cls, table: Table, run_id: str, *, orders: int, parts: int) -> "Gathered":
        """All of it: so many parts are of orders, the rest of what is on its way."""
        gathered = cls()
        for part in range(parts):
            into = gathered.owned if part < orders else gathered.coming
            for row in read_rows(table, run_id, part):
                into.add(str(row["of"]), SkuPick.from_item(row))
        return gathered


def keep_owned(table: Table, run_id: str, part: int, found: Iterable[OwnedPick], *, now: datetime) -> None:
    """Keep what a page of orders owns."""
    keep_part(table, run_id, part, [_row(one.order_id, one.pick) for one in found], now=now)


def keep_coming(table: Table, run_id: str, part: int, found: Iterable[Coming], *, now: datetime) -> None:
    """Keep what a page of deliveries has on its way."""
    keep_part(table, run_id, part, [_row(one.delivery_id, one.pick) for one in found], now=now)


def _row(source_id: str, pick: SkuPick) -> Mapping[str, Any]:
    return {"of": source_id, **pick.as_item()}
