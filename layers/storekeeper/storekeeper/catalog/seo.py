"""What search engines are told, and slugs: the names of things in addresses."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

MAX_SLUG = 120
MAX_NUMBERED = 20
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_GAPS = re.compile(r"[^a-z0-9]+")
_UNFOLDED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})  # letters that do not decompose


class Seo(Struct, frozen=True):
    """Title, description and keywords for search engines; each None where the thing's own will do."""

    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()

    def as_item(self) -> dict[str, Any] | None:
        """What is stored; None for nothing."""
        known = {name: value for name, value in asdict(self).items() if value}
        return known or None

    @classmethod
    def from_item(cls, stored: Mapping[str, Any] | None) -> "Seo":
        """What was stored."""
        stored = stored or {}
        return cls(stored.get("title"), stored.get("description"), tuple(stored.get("keywords", ())))


NO_SEO = Seo()


def fold(text: str) -> str:
    """Without case and accents: `Crème Brûlée` and `creme brulee` fold to the same."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_UNFOLDED)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def slug_from(title: str) -> str:
    """The slug that a title suggests; empty if it has no letter or digit of the Latin alphabet."""
    return _GAPS.sub("-", fold(title)).strip("-")[:MAX_SLUG].strip("-")


def slug_candidates(title: str, *, unique: str) -> Iterator[str]:
    """Slugs to try for a title: `mug`, `mug-2`, `mug-3`, ..., and at last one that ends in `unique` and is nobody's."""
    tail = unique.rpartition("_")[2].lower()
    stem = slug_from(title)
    if not stem:
        yield tail
        return
    yield stem
    stem = stem[: MAX_SLUG - len(tail) - 1].strip("-")
    yield from (f"{stem}-{number}" for number in range(2, MAX_NUMBERED + 1))
    yield f"{stem}-{tail}"
