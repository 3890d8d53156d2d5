"""What must hold of purchase orders, after every write: a unit is in one place, and a delivery is taken in once."""

from collections import Counter
from collections.abc import Mapping

from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import SkuRef
from storekeeper.inventory.purchasing.items import FIRST_NUMBER, PREFIX, purchase_from
from storekeeper.inventory.purchasing.model import TRANSITIONS, PurchaseLine, PurchaseOrder, PurchaseStatus
from storekeeper.inventory.purchasing.receipt_items import PREFIX as RECEIPTS
from storekeeper.inventory.purchasing.receipt_items import receipt_from
from storekeeper.inventory.purchasing.receiving import ReceiptLine
from storekeeper.kernel.aws.codec import item_from_wire
from storekeeper.kernel.ids import TenantId
from tests.simulation.dynamo.memory import Memory, Place, Record
from tests.simulation.order_rules import broken

UNTOUCHED = frozenset({PurchaseStatus.DRAFT, PurchaseStatus.SENT, PurchaseStatus.CANCELLED})
GIVEN_UP = frozenset({PurchaseStatus.CLOSED_SHORT, PurchaseStatus.CANCELLED})


class Ordered:
    """Follows every purchase order: what levels expect of it, and what came of it."""

    def __init__(self, memory: Memory, expected: Counter[Place], keys: Mapping[str, str]) -> None:
        """`expected`: what each level must expect, of whatever sends it. `keys`: see `Audit`."""
        self._memory, self._expected, self._keys = memory, expected, keys
        self._received: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def look(self, record: Record) -> set[Place]:
        """Look at one write of a purchase order: the levels that must expect something else now.

        Raises:
            Violation: the order became what it must not.
        """
        if record.new is None:
            raise broken("a purchase order is never deleted", order=record.place)
        before, after = (purchase_from(item_from_wire(image)) if image else None for image in (record.old, record.new))
        tenant = record.place[0].split("#")[1]
        if before is None and after:
            self._check_number(tenant, after)
        moved: Counter[Place] = Counter()
        for order, sign in ((before, -1), (after, 1)):
            for line in order.lines if order and order.is_open else ():
                moved[level_key(SkuRef(TenantId(tenant), line.sku), line.location_id)] += sign * line.outstanding
        self._expected.update(moved)
        if after:
            _check_status(before, after)
            self._check_lines(record.place[0], after)
        return {place for place, units in moved.items() if units}

    def look_at_receipt(self, record: Record) -> None:
        """Look at a receipt.

        Raises:
            Violation: it was changed, or the same delivery was taken in twice.
        """
        if record.old is not None or record.new is None:
            raise broken("a receipt never changes", receipt=record.place)
        if key := self._keys.get(record.new["request_id"]["S"]):
            if key in self._received:
                raise broken("a delivery that is sent again is received once", receipt=record.place, key=key)
            self._received.add(key)

    def _check_number(self, tenant: str, order: PurchaseOrder) -> None:
        expected = f"{PREFIX}{FIRST_NUMBER + self._numbers[tenant]}"
        self._numbers[tenant] += 1
        if order.number != expected:
            raise broken("purchase orders are numbered without gaps", number=order.number, expected=expected)

    def _check_lines(self, pk: str, order: PurchaseOrder) -> None:
        came = self._came(pk)
        if came and order.status in UNTOUCHED:
            raise broken("an order of which something came is not untouched", order=order.id, status=order.status)
        for line in order.lines:
            _check_line(order, line, came.get(line.id, []))

    def _came(self, pk: str) -> dict[str, list[ReceiptLine]]:
        """What receipts say, by line."""
        came: dict[str, list[ReceiptLine]] = {}
        for sk, item in self._memory.partitions[pk].items():
            for line in receipt_from(item_from_wire(item)).lines if sk.startswith(RECEIPTS) else ():
                came.setdefault(line.line_id, []).append(line)
        return came


def _check_status(before: PurchaseOrder | None, after: PurchaseOrder) -> None:
    if before and before.status is not after.status and after.status not in TRANSITIONS[before.status]:
        told = {"order": after.id, "before": before.status, "after": after.status}
        raise broken("a purchase order's status follows its table", **told)
    if (after.status is PurchaseStatus.DRAFT or after.is_open) is not any(line.outstanding for line in after.lines):
        raise broken("an order is over when nothing of it is outstanding", order=after.id, status=after.status)


def _check_line(order: PurchaseOrder, line: PurchaseLine, came: list[ReceiptLine]) -> None:
    told = {"order": order.id, "line": line, "receipts": came}
    if line.received != sum(one.received for one in came) or line.rejected != sum(one.rejected for one in came):
        raise broken("a purchase order is what its receipts say", **told)
    if line.received_cost.minor != sum(one.received * one.unit_cost.minor for one in came):
        raise broken("what came has cost what its receipts say", **told)
    if line.quantity != line.outstanding + line.short + sum(one.of_expected for one in came):
        raise broken("each unit ordered has come, has yet to come, or is short", **told)
    if line.short and order.status not in GIVEN_UP:
        raise broken("only what is given up is short", **told)
