"""The projector: every context derives from each change what it wants. What cannot be projected stops only its lane.

Records of one partition key are one lane, read in order; lanes go side by side: what contexts derive is idempotent, and
conditional where it is shared.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from aws_lambda_powertools import Logger
from msgspec import Struct

from storekeeper.catalog import projections as catalog
from storekeeper.inventory import projections as inventory
from storekeeper.kernel.aws.tenant_access import tenant_wire
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.table import Table
from storekeeper.kernel.trace import Trace, system_actor
from storekeeper.kernel.workers import workers
from storekeeper.orders import projections as orders
from storekeeper.search import projections as search
from storekeeper.streams.batches import Answer, Record, answer

LANES = 8
PROJECTOR = system_actor("projector")

TableOf: TypeAlias = Callable[[TenantId, str], Table]
"""The gateway of a tenant, for what was written under a request."""

logger = Logger(serialize_stacktrace=False)


class Project(Protocol):
    """Derives what follows from one change. Idempotent; changes may come twice, and late."""

    def __call__(self, change: Change, *, table: Table) -> None: ...


class Projection(Struct, frozen=True):
    """What a context derives, and from which types of item. No others get this far: see the filters in the template."""

    types: frozenset[str]
    project: Project


def tenant_tables(table_name: str) -> TableOf:
    """Each tenant's gateway through the role that may touch only this tenant's keys."""

    def table_of(tenant_id: TenantId, request_id: str) -> Table:
        return Table(tenant_wire(tenant_id), table_name, tenant_id=tenant_id, trace=Trace(PROJECTOR, request_id))

    return table_of


PROJECTIONS: Mapping[str, Projection] = {
    "catalog": Projection(catalog.TYPES, catalog.project),
    "inventory": Projection(inventory.TYPES, inventory.project),
    "orders": Projection(orders.TYPES, orders.project),
    "search": Projection(search.TYPES, search.project),
}


class _Work(Struct, frozen=True):
    """A change and its tenant's gateway; None for a look-up, from which nothing is derived."""

    change: Change
    table: Table | None


def project_batch(
    records: Sequence[Record], *, table_of: TableOf, projections: Mapping[str, Projection] = PROJECTIONS
) -> Answer:
    """Project every record; the answer names the first that failed. What comes after it is projected again: no harm."""
    work = [_work(record, table_of) for record in records]  # here, for clients are not to be made in many threads
    lanes: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        lanes.setdefault(record["dynamodb"]["Keys"]["pk"]["S"], []).append(place)
    with workers(LANES, name="lane") as pool:
        stops = list(pool.map(lambda places: _stop(work, places, projections), lanes.values()))
    failed = min((place for place in stops if place is not None), default=None)
    logger.info("changes.projected", extra={"count": len(records), "failed_at": failed})
    return answer(records, failed=failed)


def _work(record: Record, table_of: TableOf) -> _Work | None:
    try:
        change = Change.from_record(record)
        table = table_of(change.tenant_id, str(change.item.get("request_id", "stream"))) if change.tenant_id else None
    except Exception:
        logger.exception("change.unreadable", extra={"sequence": record["dynamodb"]["SequenceNumber"]})
        return None
    return _Work(change, table)


def _stop(work: Sequence[_Work | None], places: Sequence[int], projections: Mapping[str, Projection]) -> int | None:
    """Where a lane stopped; None if it came to its end."""
    for place in places:
        if (one := work[place]) is None:
            return place
        try:
            _project(one, projections)
        except Exception:
            logger.exception("change.not_projected", extra={"type": one.change.type, "sequence": one.change.sequence})
            return place
    return None


def _project(work: _Work, projections: Mapping[str, Projection]) -> None:
    if work.table is None:
        return
    for projection in projections.values():
        if work.change.type in projection.types:
            projection.project(work.change, table=work.table)
