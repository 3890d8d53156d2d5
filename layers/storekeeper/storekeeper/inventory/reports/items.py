"""What reports leave in the table: rows beside their run, in parts as steps found them; and a snapshot for each day."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from storekeeper.inventory.reports.model import Row
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, joined, padded, tenant_pk
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.runs import KEPT

PART = "report_rows"
PART_PREFIX = "ROWS#"
SNAPSHOT = "stock_snapshot"
SNAPSHOT_PREFIX = "DAY#"
ENTITIES = (
    Entity(
        name=PART,
        pk="T#<tenant>#REPORTED#<run>",
        sk="ROWS#<first row>#<step>",
        holds="The rows of a report that one step found, what they add up to, and where the next step begins.",
        found_by="The run and a row's number; all of them, in order.",
        written_by="the worker (inventory.reports), once for each step",
    ),
    Entity(
        name=SNAPSHOT,
        pk="T#<tenant>#STOCKSNAPSHOTS",
        sk="DAY#<day>",
        holds="The tenant's stock at the end of a day, and what moved on it.",
        found_by="The days of a period.",
        written_by="the worker (inventory.reports.snapshots), once for each day",
    ),
)


class Part(Struct, frozen=True):
    """What one step of a report found. `after`: the list of levels goes on from there; None: there are no more."""

    first: int
    rows: Sequence[Row]
    figures: Mapping[str, int]
    after: str | None

    @property
    def next_first(self) -> int:
        """The number of the first row after it."""
        return self.first + len(self.rows)


def parts_pk(tenant_id: TenantId, run_id: str) -> str:
    """The partition of what a report has found."""
    return tenant_pk(tenant_id, "REPORTED", run_id)


def part_key(tenant_id: TenantId, run_id: str, step: int, first: int) -> Key:
    """Key of what the step that begins with row `first` found; a step may find nothing, so it counts too."""
    return Key(parts_pk(tenant_id, run_id), joined("ROWS", padded(first), padded(step)))


def put_part(tenant_id: TenantId, run_id: str, step: int, part: Part, *, now: datetime) -> Put:
    """What a step found, unless the same step, done before, found it."""
    return Put(
        part_key(tenant_id, run_id, step, part.first),
        {
            "type": PART,
            "schema": 1,
            "first": part.first,
            "rows": _text(list(part.rows)),
            "figures": _text(dict(part.figures)),
            "after": part.after,
            "ttl": clock.to_epoch_s(now + KEPT),
        },
        only_if=ABSENT,
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def part_from(item: Mapping[str, Any]) -> Part:
    """The part that an item holds."""
    return Part(item["first"], json.loads(item["rows"]), json.loads(item["figures"]), item.get("after"))


class Snapshot(Struct, frozen=True):
    """A tenant's stock at the end of a day (in UTC); `figures` as `snapshots.FIGURES` names them."""

    day: date
    as_of: datetime
    figures: Mapping[str, int]


def snapshots_pk(tenant_id: TenantId) -> str:
    """The partition of a tenant's snapshots."""
    return tenant_pk(tenant_id, "STOCKSNAPSHOTS")


def snapshot_sk(day: date) -> str:
    """Where the snapshot of a day stands among them."""
    return joined("DAY", day.isoformat())


def put_snapshot(tenant_id: TenantId, snapshot: Snapshot) -> Put:
    """A day's snapshot, unless there is one: whoever makes it anew finds the same."""
    item: Item = {
        "type": SNAPSHOT,
        "schema": 1,
        "day": snapshot.day.isoformat(),
        "as_of": clock.to_text(snapshot.as_of),
        "figures": dict(snapshot.figures),
    }
    return Put(Key(snapshots_pk(tenant_id), snapshot_sk(snapshot.day)), item, only_if=ABSENT)


def snapshot_from(item: Mapping[str, Any]) -> Snapshot:
    """The snapshot that an item holds."""
    return Snapshot(date.fromisoformat(item["day"]), clock.from_text(item["as_of"]), item["figures"])
