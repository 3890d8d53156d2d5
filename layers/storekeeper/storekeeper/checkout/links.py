"""Links to downloads: each is counted once, lives for minutes, and is written down nowhere.

A link is a secret, so no mark holds it: a repeat under the same Idempotency-Key is given another one, that ends when
the first does. What is remembered is only when that is.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from storekeeper.kernel import clock
from storekeeper.kernel.errors import StorekeeperError
from storekeeper.kernel.idempotency import Answer, Keyed, find_answer, mark_write
from storekeeper.kernel.records import replace
from storekeeper.kernel.sealing import Sealer
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import Write
from storekeeper.orders import Grant, Order, check_grant, read_grants, use_grant

LIVES = timedelta(minutes=5)


class LinkOver(StorekeeperError):
    """The link that was given for this Idempotency-Key is over."""

    code, kind = "link_over", "conflict"

    def __init__(self) -> None:
        super().__init__("The link of that request is over; ask for another with a new Idempotency-Key.")


class Link(Struct, frozen=True):
    """Leave to fetch a grant's file before `expires_at`; whoever answers signs the address."""

    grant: Grant
    expires_at: datetime


def give_link(order: Order, grant_id: str, *, keyed: Keyed | None, table: Table, sealer: Sealer, now: datetime) -> Link:
    """Count one download, and give leave to fetch it. A repeat of a keyed request is not counted.

    Raises:
        NotFound: the order has no such grant.
        NotPaid, PaidBack, GrantExpired, NoDownloadsLeft: it may not be fetched now; nothing was counted.
        LinkOver: it is a repeat that comes too late.
        KeyReused, KeyInUse: as for any keyed request.
    """
    # Under a name of its own: the edge would answer a mark of the request itself, and there is no answer to be kept.
    once = replace(keyed, route=f"{keyed.route} link") if keyed else None
    first = find_answer(once, table=table, sealer=lambda: sealer, now=now) if once else None
    if first:
        return _given_again(order, grant_id, clock.from_text(first.body), table=table, now=now)
    expires_at = now + LIVES

    def remember(_: Grant) -> tuple[Write, ...]:
        answer = Answer(200, clock.to_text(expires_at), None)
        return (mark_write(once, answer, sealer=sealer, now=now),) if once else ()

    return Link(use_grant(order.id, grant_id, table=table, now=now, remember=remember), expires_at)


def _given_again(order: Order, grant_id: str, expires_at: datetime, *, table: Table, now: datetime) -> Link:
    if expires_at <= now:
        raise LinkOver
    return Link(check_grant(read_grants(order, table=table), grant_id, now=now, is_counted=True), expires_at)
