"""What docs/events.md says, for tests to compare with."""

import re
from dataclasses import dataclass
from functools import cache

from tools import REPOSITORY

_ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
_FIELD = re.compile(r"`([a-z_]+)`(\?)?")
_SHARED = {"Orders": r"Each of its events bears, .*?: (.*?)\. `totals`", "Stock": r"Each has (.*?)\. `type` is"}
_OF_THE_ORDER = "further fields"


@dataclass(frozen=True)
class Documented:
    """The fields of an event's `data`."""

    always: frozenset[str]
    sometimes: frozenset[str]

    def allows(self, fields: set[str]) -> bool:
        """Whether an event may have exactly these fields."""
        return self.always <= fields <= self.always | self.sometimes


@cache
def documented() -> dict[str, Documented]:
    """Every event that the page names."""
    page = (REPOSITORY / "docs" / "events.md").read_text()
    found = {}
    for section in page.split("\n## ")[1:]:
        shared = _shared(section)
        for table in section.split("| type |")[1:]:
            for name, cell in _ROW.findall(table):
                fields = _FIELD.findall(cell)
                common = shared if _OF_THE_ORDER in table.partition("\n")[0] or "see below" in cell else frozenset()
                always = common | {field for field, optional in fields if not optional}
                found[name] = Documented(always, frozenset(field for field, optional in fields if optional))
    return found


def _shared(section: str) -> frozenset[str]:
    pattern = _SHARED.get(section.partition("\n")[0])
    listed = re.search(pattern, section, re.DOTALL) if pattern else None
    return frozenset(name for name, _ in _FIELD.findall(listed.group(1))) if listed else frozenset()
