"""Decide what a buyer may fetch. Pure.

A grant is one download for one line of an order. It is not written down when an order is paid: it follows from the
order and from the product's downloads. Only what was made of it is kept (`Usage`), from the first time on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from storekeeper.catalog import Download, File
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.ids import derived_id
from storekeeper.kernel.records import replace
from storekeeper.orders.model import Order, OrderLine
from storekeeper.orders.statuses import OrderStatus, PaymentStatus

GrantId = NewType("GrantId", str)


class GrantStatus(StrEnum):
    """Whether a grant's file may be fetched now, or the code of the refusal."""

    AVAILABLE = "available"
    NOT_PAID = "not_paid"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    NO_DOWNLOADS_LEFT = "no_downloads_left"


class NotPaid(StorekeeperError):
    """The order is not paid in full; an authorization is no payment."""

    code, kind = "not_paid", "conflict"

    def __init__(self) -> None:
        super().__init__("This order is not paid yet; its downloads come with the payment.")


class PaidBack(StorekeeperError):
    """The money for these units went back, or the order was given up."""

    code, kind = "refunded", "conflict"

    def __init__(self) -> None:
        super().__init__("This was cancelled or refunded; ask the store.")


class GrantExpired(StorekeeperError):
    """The days in which it could be fetched are over."""

    code, kind = "expired", "conflict"

    def __init__(self) -> None:
        super().__init__("The time for this download is over; ask the store to renew it.")


class NoDownloadsLeft(StorekeeperError):
    """It was fetched as often as was sold."""

    code, kind = "no_downloads_left", "conflict"

    def __init__(self) -> None:
        super().__init__("This was downloaded as often as it may be; ask the store to renew it.")


class Usage(Struct, frozen=True):
    """What was made of a grant: `used` links ever, of which those after `renewed_from` count against the limit.

    `valid_until` is the end that the merchant set when renewing it. `version` 0: nothing is written down yet.
    """

    used: int = 0
    renewed_from: int = 0
    valid_until: datetime | None = None
    changed_at: datetime | None = None
    version: int = 0


class Grant(Struct, frozen=True):
    """One download for one line. `file` is what is handed over now."""

    id: GrantId
    line: OrderLine
    download: Download
    file: File
    usage: Usage
    paid_at: datetime

    @property
    def units(self) -> int:
        """The units of the line that are still the buyer's."""
        return self.line.quantity - max(self.line.refunded, self.line.cancelled)

    @property
    def left(self) -> int | None:
        """How often it may still be fetched; None: without limit."""
        if self.line.download_limit is None:
            return None
        return max(0, self.line.download_limit * self.units - (self.usage.used - self.usage.renewed_from))

    @property
    def valid_until(self) -> datetime | None:
        """Before when it may be fetched; None: for ever."""
        if self.usage.valid_until is not None:
            return self.usage.valid_until
        days = self.line.download_days
        return None if days is None else self.paid_at + timedelta(days=days)


def grants_of(
    order: Order, downloads: Mapping[str, Sequence[Download]], usages: Mapping[str, Usage]
) -> tuple[Grant, ...]:
    """An order's grants, in the order of its lines; `downloads` by line, `usages` by grant."""
    grants = []
    for line in order.lines:
        for download in downloads.get(line.id, ()):
            if download.file is None:
                continue
            grant_id = GrantId(derived_id("grant", order.id, line.id, download.id, at=order.placed_at))
            usage, paid_at = usages.get(grant_id, Usage()), order.paid_at or order.placed_at
            grants.append(Grant(grant_id, line, download, download.file, usage, paid_at))
    return tuple(grants)


def find_grant(grants: Sequence[Grant], grant_id: str) -> Grant:
    """The grant with this id.

    Raises:
        NotFound: the order has none.
    """
    found = next((grant for grant in grants if grant.id == grant_id), None)
    if found is None:
        raise NotFound("The order has no such download.")
    return found


def refusal_of(order: Order, grant: Grant, *, now: datetime, is_counted: bool = False) -> StorekeeperError | None:
    """Why it may not be fetched now; None: it may. `is_counted`: this time is among those used already."""
    if order.status is OrderStatus.CANCELLED or order.payment_status is PaymentStatus.REFUNDED or not grant.units:
        return PaidBack()
    if not order.is_paid:
        return NotPaid()
    if grant.valid_until is not None and grant.valid_until <= now:
        return GrantExpired()
    if grant.left == 0 and not is_counted:
        return NoDownloadsLeft()
    return None


def grant_status_of(order: Order, grant: Grant, *, now: datetime) -> GrantStatus:
    """Whether it may be fetched now, in a word."""
    refusal = refusal_of(order, grant, now=now)
    return GrantStatus(refusal.code) if refusal else GrantStatus.AVAILABLE


def used(grant: Grant, *, now: datetime) -> Grant:
    """The grant after one more link was given."""
    usage = grant.usage
    return replace(grant, usage=replace(usage, used=usage.used + 1, changed_at=now, version=usage.version + 1))


def renewed(grant: Grant, *, valid_until: datetime | None, now: datetime) -> Grant:
    """The grant with its limit as new, and valid until then; None: for as many days from now as were sold."""
    days = grant.line.download_days
    if valid_until is None and days is not None:
        valid_until = now + timedelta(days=days)
    usage = grant.usage
    anew = replace(usage, renewed_from=usage.used, valid_until=valid_until, changed_at=now, version=usage.version + 1)
    return replace(grant, usage=anew)
