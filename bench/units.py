"""DynamoDB's arithmetic: how large an item is, and how many capacity units a read or a write of it takes. Pure.

A write costs a unit for each begun KB of the larger of the item before and after, twice that in a transaction; and
for each index, once, whatever it does to the index's entry. A read costs a unit for each begun 4 KB, half of it where
it may be stale.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Image: TypeAlias = Mapping[str, Any]
"""An item with its attributes as DynamoDB's wire has them: `{"pk": {"S": …}}`."""

KEYS = ("pk", "sk")
WRITE_UNIT = 1024
READ_UNIT = 4096


@dataclass(frozen=True, slots=True)
class IndexShape:
    """What an index holds of an item that has both of its keys."""

    name: str
    keys: tuple[str, str]
    carried: tuple[str, ...]

    def entry(self, image: Image | None) -> Image | None:
        """The index's entry for an item; None where it has none."""
        if image is None or any(key not in image for key in self.keys):
            return None
        return {name: image[name] for name in (*KEYS, *self.keys, *self.carried) if name in image}


def shapes_of(description: Mapping[str, Any]) -> tuple[IndexShape, ...]:
    """The indexes of a table, from `DescribeTable`."""
    return tuple(
        IndexShape(
            index["IndexName"],
            (index["KeySchema"][0]["AttributeName"], index["KeySchema"][1]["AttributeName"]),
            tuple(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in description.get("GlobalSecondaryIndexes", ())
    )


def size_of(image: Image) -> int:
    """Bytes of an item, names included."""
    return sum(len(name.encode()) + _value_size(value) for name, value in image.items())


def write_units(old: Image | None, new: Image | None, *, transaction: bool) -> int:
    """Units of the table itself; of a condition check too (`old` and `new` the same)."""
    larger = max(size_of(image) if image else 0 for image in (old, new))
    return begun(larger, WRITE_UNIT) * (2 if transaction else 1)


def index_units(shape: IndexShape, old: Image | None, new: Image | None) -> int:
    """Units of one index: a new entry, one that goes, one that moves (both), one that is rewritten in its place."""
    before, after = shape.entry(old), shape.entry(new)
    if before == after:
        return 0
    units = [begun(size_of(entry), WRITE_UNIT) if entry else 0 for entry in (before, after)]
    moved = before and after and any(before[key] != after[key] for key in shape.keys)
    return sum(units) if moved else max(units)


def read_units(images: Iterable[Image | None], *, consistent: bool) -> float:
    """Units of reading items one by one (`GetItem`, `BatchGetItem`); what is not there costs a unit too."""
    return sum(begun(size_of(image) if image else 0, READ_UNIT) for image in images) / (1 if consistent else 2)


def query_units(images: Iterable[Image], *, consistent: bool) -> float:
    """Units of a query, which adds up what it reads before it rounds."""
    return begun(sum(map(size_of, images)), READ_UNIT) / (1 if consistent else 2)


def begun(size: int, unit: int) -> int:
    """How many units of a size are begun; at least one."""
    return max(1, -(-size // unit))


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return len(content) * 3 // 4 if isinstance(content, str) else len(content)
        case "L":
            return 3 + sum(1 + _value_size(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(one) for name, one in content.items())
    return 1


def _number_size(text: str) -> int:
    """A byte for every two significant digits, in pairs from the decimal point, one more, and one for a minus."""
    digits = text.lstrip("-").lstrip("0")
    significant = digits.rstrip("0")
    pairs = (len(digits) + 1) // 2 - (len(digits) - len(significant)) // 2
    return 1 + pairs + text.startswith("-")
