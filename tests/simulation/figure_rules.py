"""What must hold of a day's figures, after every write: they are what its orders count for, each counted once."""

from collections import defaultdict
from dataclasses import dataclass, field

from storekeeper.kernel.aws.codec import Item, item_from_wire
from storekeeper.kernel.ids import OrderId
from storekeeper.orders.statistics import Figures
from tests.simulation.dynamo.memory import Place, Record
from tests.simulation.order_rules import broken


@dataclass
class CountedDays:
    """What each order counted for when it was counted last, by the part of a day that it is counted in."""

    _known: dict[Place, dict[OrderId, tuple[int, Figures]]] = field(default_factory=lambda: defaultdict(dict))

    def look(self, record: Record) -> None:
        """Look at one write of a day's figures.

        Raises:
            Violation: an order was counted again, or something else was counted with it.
        """
        if record.new is None:
            raise broken("figures are never deleted", day=record.place)
        day, known = item_from_wire(record.new), self._known[record.place]
        order_id, version = OrderId(day["last"]["order_id"]), day["last"]["version"]
        before = known[order_id][0] if order_id in known else 0
        if version <= before:
            raise broken("no version of an order is counted again", order=order_id, before=before, after=version)
        known[order_id] = version, _figures(day["last"])
        wanted = sum((figures for _, figures in known.values()), Figures())
        if (told := _figures(day)) != wanted:
            raise broken("a day's figures are what its orders count for", day=record.place, told=told, wanted=wanted)


def _figures(item: Item) -> Figures:
    return Figures(item["orders"], item["revenue"], item["refunded"])
