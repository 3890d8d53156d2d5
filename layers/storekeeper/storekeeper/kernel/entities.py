"""What kinds of item the table holds: declared beside the keys, so that charts and checks can be made from the code.

Each `items.py` has `ENTITIES: tuple[Entity, ...]`. `docs/data-model.md` is generated from them, and a test holds every
item that the tests write against them. In a pattern, `<word>` stands for one part of a key; other parts are literal.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct, field

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.keys import DUE, GSI1, GSI2, GSI3, Index

INDEXES: Mapping[str, Index] = {index.name: index for index in (GSI1, GSI2, GSI3, DUE)}


class Entity(Struct, frozen=True):
    """One kind of item. `name` is its `type` attribute; `indexes` maps an index to patterns of its two keys."""

    name: str
    pk: str
    sk: str
    holds: str
    found_by: str
    written_by: str
    indexes: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def faults_of(self, item: Item) -> list[str]:
        """How an item of this kind departs from what is declared; empty if it does not."""
        faults = [f"{name} is {item[name]}" for name in ("pk", "sk") if not _fits(getattr(self, name), item[name])]
        if not isinstance(item.get("schema"), int):
            faults.append("it has no schema")
        for name, index in INDEXES.items():
            pk, sk = item.get(index.pk), item.get(index.sk)
            if pk is None and sk is None:
                continue  # indexes are sparse
            patterns = self.indexes.get(name)
            if patterns is None or not (_fits(patterns[0], str(pk)) and _fits(patterns[1], str(sk))):
                faults.append(f"{name} holds it as {pk}, {sk}")
        return faults


def faults_of(item: Item, entities: Iterable[Entity]) -> list[str]:
    """How an item departs from every entity of its type (several may share one); empty if one of them fits."""
    named = [entity for entity in entities if entity.name == item.get("type")]
    if not named:
        return [f"no entity is named {item.get('type')}: {item['pk']}, {item['sk']}"]
    found = [entity.faults_of(item) for entity in named]
    return [] if [] in found else [f"{item['type']}: {fault}" for faults in found for fault in faults]


def _fits(pattern: str, key: str) -> bool:
    return _compiled(pattern).fullmatch(key) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    literals = re.split(r"<[^>]+>", pattern)
    return re.compile("[^#]+".join(re.escape(literal) for literal in literals))
