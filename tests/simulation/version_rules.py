"""What must hold of versions, after every write: nothing is written over a change that its writer has not seen."""

from collections.abc import Mapping

from tests.simulation.dynamo.memory import Record, Wired
from tests.simulation.order_rules import broken

# Each change is made from the one before it: of two who changed the same version, one was refused.
ONE_BY_ONE = frozenset(
    {"level", "order", "cart", "hold", "refund", "card", "sales_day", "sku_stock", "transfer", "purchase_order"}
    | {"kit", "serial", "batch"}
)
# Derived from changes that may come twice and late: it follows the newest that came, and never goes back.
FORWARD: Mapping[str, str] = {
    "order_counted": "version",
    "level_state": "level_version",
}


def check_versions(record: Record, kind: str | None) -> None:
    """Look at one write of an item of this type.

    Raises:
        Violation: it does not follow upon what was there.
    """
    if kind is None or record.new is None:
        return
    if kind in ONE_BY_ONE:
        before, after = _version(record.old), _version(record.new)
        if after != before + 1 and not _moves_no_unit(record):
            raise broken(f"each change of {_a(kind)} is one version", place=record.place, before=before, after=after)
    elif name := FORWARD.get(kind):
        before, after = _version(record.old, name), _version(record.new, name)
        if after <= before:
            raise broken(f"{_a(kind)} never goes back", place=record.place, before=before, after=after)


def _moves_no_unit(record: Record) -> bool:
    """Whether a lease was opened or closed, or units were named that lie there: the ledger has nothing to tell."""
    before, after = record.old or {}, record.new or {}
    names = ("version", "on_hand", "reserved", "available")
    return ("is_open" in after or "named" in after) and all(
        before.get(name, {"N": "0"}) == after[name] for name in names
    )


def _version(image: Wired | None, name: str = "version") -> int:
    return int(image[name]["N"]) if image else 0


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', ' ')}"
