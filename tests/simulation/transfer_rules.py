"""What must hold of transfers, after every write: what is on its way to a level is expected there, and comes once."""

from collections import Counter
from collections.abc import Iterator

from storekeeper.inventory.levels.items import level_key
from storekeeper.inventory.levels.model import SkuRef
from storekeeper.inventory.transfers.items import SK, receipt_from, transfer_from
from storekeeper.inventory.transfers.model import TRANSITIONS, Receipt, Transfer, sum_up
from storekeeper.kernel.aws.codec import item_from_wire
from storekeeper.kernel.ids import TenantId
from tests.simulation.dynamo.memory import Memory, Place, Record, Wired
from tests.simulation.order_rules import broken


class OnTheWay:
    """Follows every transfer: what its target expects of it."""

    def __init__(self, memory: Memory, expected: Counter[Place]) -> None:
        """`expected`: what each level must expect, of whatever sends it."""
        self._memory, self._expected = memory, expected

    def look(self, record: Record) -> set[Place]:
        """Look at one write of a transfer: the levels that must expect something else now.

        Raises:
            Violation: the transfer became what it must not.
        """
        if record.new is None:
            raise broken("a transfer is never deleted", transfer=record.place)
        before, after = (transfer_from(item_from_wire(image)) if image else None for image in (record.old, record.new))
        _check_status(before, after)
        self._check_receipts(record.place[0], after)
        tenant = record.place[0].split("#")[1]
        moved: Counter[Place] = Counter()
        for transfer, sign in ((before, -1), (after, 1)):
            for line in transfer.lines if transfer else ():
                place = level_key(SkuRef(TenantId(tenant), line.sku), after.target_id) if after else None
                if place and line.units.outstanding:
                    moved[place] += sign * line.units.outstanding
        self._expected.update(moved)
        return {place for place, units in moved.items() if units}

    def check_level(self, place: Place, level: Wired) -> None:
        """Whether a level expects just what is on its way to it.

        Raises:
            Violation: it expects more, or less.
        """
        incoming = int(level["incoming"]["N"])
        if incoming != self._expected[place]:
            raise broken("incoming is what is on its way", level=place[0], on_way=self._expected[place], told=incoming)

    def _check_receipts(self, pk: str, after: Transfer | None) -> None:
        """What was received is what receipts say; missing may be more, for what was closed short is missing too."""
        ids = Counter(receipt.id for receipt in self._receipts(pk))
        if twice := [one for one, count in ids.items() if count > 1]:
            raise broken("a receipt that is sent again is received once", transfer=pk, receipts=twice)
        for line in after.lines if after else ():
            told = sum_up(
                arrival.sums for one in self._receipts(pk) for arrival in one.arrivals if arrival.sku == line.sku
            )
            have = line.units
            same = (have.received, have.damaged, have.found) == (told.received, told.damaged, told.found)
            if not same or have.missing < told.missing or have.outstanding < 0:
                raise broken(
                    "a transfer is what its receipts say", transfer=pk, sku=line.sku, units=have, receipts=told
                )

    def _receipts(self, pk: str) -> Iterator[Receipt]:
        for sk, item in self._memory.partitions[pk].items():
            if sk != SK:
                yield receipt_from(item_from_wire(item))


def _check_status(before: Transfer | None, after: Transfer | None) -> None:
    if before and after and before.status is not after.status and after.status not in TRANSITIONS[before.status]:
        raise broken(
            "a transfer's status follows its table", transfer=after.id, before=before.status, after=after.status
        )
