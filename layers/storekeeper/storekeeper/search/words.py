"""Words: what a product is found by, and whether it answers a query. Without case and accents, by prefix."""

import re
from collections.abc import Iterable

from storekeeper.catalog import fold

MAX_TERMS = 10
_PARTS = re.compile(r"[^\W_]+")


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of titles, tags and SKUs: whole, and their parts (`mug-blue`, `mug`, `blue`); each once."""
    found: dict[str, None] = {}
    for text in texts:
        for whole in fold(text).split():
            found[whole] = None
            found.update(dict.fromkeys(_PARTS.findall(whole)))
    return tuple(found)


def terms_of(query: str) -> tuple[str, ...]:
    """What a shopper typed, as terms; at most MAX_TERMS of them count."""
    return tuple(fold(query).split()[:MAX_TERMS])


def answers(words: Iterable[str], terms: Iterable[str]) -> bool:
    """Whether each term begins one of the words, or each part of it does (`mug,` is found by `mug`)."""
    words = tuple(words)
    return all(_begins(term, words) or _parts_begin(term, words) for term in terms)


def _begins(term: str, words: tuple[str, ...]) -> bool:
    return any(word.startswith(term) for word in words)


def _parts_begin(term: str, words: tuple[str, ...]) -> bool:
    parts = _PARTS.findall(term)
    return bool(parts) and all(_begins(part, words) for part in parts)
