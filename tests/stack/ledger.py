"""What must be true of stock, whatever raced: the ledger is complete, and reserved units belong to orders."""

from collections import defaultdict
from collections.abc import Iterable

from tests.stack.shop import Json, Merchant, eventually

WITHIN_S = 15.0  # after two hundred sales at once the projector has some catching up to do
ON_SHELF = frozenset({"adjustment", "restock", "damage", "return", "expired", "sale", "transfer"})


def check_ledger(merchant: Merchant, sku: str, *, within_s: float = WITHIN_S) -> list[Json]:
    """The movements of a SKU, once they are complete: versions without gap, each one follows from the one before, and
    the last one is the level.
    """
    levels = {level["location_id"]: level for level in merchant.levels(sku)}

    def movements() -> dict[str, list[Json]]:
        by_location: dict[str, list[Json]] = defaultdict(list)
        for movement in merchant.rows("/v1/inventory/movements", sku=sku):
            by_location[movement["location_id"]].append(movement)
        return {place: sorted(rows, key=lambda row: row["version"]) for place, rows in by_location.items()}

    def is_complete(found: dict[str, list[Json]]) -> bool:
        return {place: len(rows) for place, rows in found.items()} == {
            place: level["version"] for place, level in levels.items()
        }

    found = eventually(movements, until=is_complete, within_s=within_s)
    for place, rows in found.items():
        _check_chain(rows, levels[place])
    return [row for rows in found.values() for row in rows]


def _check_chain(rows: list[Json], level: Json) -> None:
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    before = {"on_hand": 0, "reserved": 0}
    for row in rows:
        for figure, count in before.items():
            assert row[f"{figure}_before"] == count, row
        counted = "on_hand" if row["type"] in ON_SHELF else "reserved"
        assert row[f"{counted}_after"] - row[f"{counted}_before"] == row["quantity"], row
        before = {figure: row[f"{figure}_after"] for figure in before}
    assert before == {figure: level[figure] for figure in before}
    times = [row["occurred_at"] for row in rows]
    assert times == sorted(times)


def allocated_units(orders: Iterable[Json], sku: str) -> int:
    """Units of a SKU that the orders have reserved."""
    return sum(one["quantity"] for order in orders for one in order["allocations"] if one["sku"] == sku)
