"""Write docs/data-model.md from the entities that each `items.py` declares: `python -m tools.data_model`."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from storekeeper.kernel.entities import INDEXES, Entity
from tools import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "data-model.md"
PACKAGE = REPOSITORY / "layers" / "storekeeper" / "storekeeper"

INTRODUCTION = """\
# The table

Made by `make docs` from the `ENTITIES` of each `items.py`; a test holds this page, and every item that the tests write,
against them. In a key, `<word>` stands for one part; everything else is literal. Every key of a tenant begins with
`T#<tenant>`; only look-ups (`HOST`, `KEY`, `ACCOUNT`) and the `due` index have keys without one."""


def declared_entities() -> dict[str, list[Entity]]:
    """Every entity of the domain by the context that owns it, in the order of the files."""
    contexts: dict[str, list[Entity]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        if "\nENTITIES" not in file.read_text():
            continue
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
        contexts.setdefault(parts[1], []).extend(module.ENTITIES)
    return contexts


def render(contexts: dict[str, list[Entity]]) -> str:
    """The page: for each context its items and how they are found, then what lies in each index."""
    sections = [INTRODUCTION]
    for context, entities in contexts.items():
        sections += [f"## {context}", _items_chart(entities), _access_chart(entities)]
    everything = [entity for entities in contexts.values() for entity in entities]
    sections += ["## Indexes", "An item lies only in the indexes named here.", _index_chart(everything)]
    return "\n\n".join(sections) + "\n"


def _items_chart(entities: Sequence[Entity]) -> str:
    rows = [(entity.name, _code(entity.pk), _code(entity.sk), entity.holds) for entity in entities]
    return _table(("item", "pk", "sk", "holds"), rows)


def _access_chart(entities: Sequence[Entity]) -> str:
    rows = [(entity.name, entity.found_by, entity.written_by) for entity in entities]
    return _table(("item", "is found by", "is written by"), rows)


def _index_chart(entities: Sequence[Entity]) -> str:
    rows = [
        (index, entity.name, *map(_code, entity.indexes[index]))
        for index in INDEXES
        for entity in entities
        if index in entity.indexes
    ]
    return _table(("index", "item", "partition key", "sort key"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _code(key: str) -> str:
    return f"`{key}`" if key else ""


def main(document: Path = DOCUMENT) -> int:
    document.parent.mkdir(exist_ok=True)
    document.write_text(render(declared_entities()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
