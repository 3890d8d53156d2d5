"""DynamoDB's expressions, as far as Storekeeper writes them: parsed once, then run as closures on wired items.

What is not known here is refused (`ValueError`), so that a new kind of expression cannot be guessed at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

Wired: TypeAlias = Mapping[str, Any]
Names: TypeAlias = Mapping[str, str]
Values: TypeAlias = Mapping[str, Wired]
Condition: TypeAlias = Callable[[Wired, Names, Values], bool]
Operand: TypeAlias = Callable[[Wired, Names, Values], "Wired | None"]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+-]|[#:]?\w+)")
_WORDS = frozenset({"AND", "OR", "BETWEEN", "SET", "REMOVE"})
_REFUSED = frozenset({"NOT", "IN", "ADD", "DELETE", "begins_with", "contains", "size", "attribute_type", "list_append"})
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class Invalid(Exception):
    """DynamoDB would answer `ValidationException`."""


@dataclass(frozen=True, slots=True)
class Change:
    """A parsed update: what is set, in order, and what is removed."""

    sets: tuple[tuple[str, Operand], ...]
    removes: tuple[str, ...]

    def apply(self, item: Wired, names: Names, values: Values) -> dict[str, Any]:
        """The item after it. Every value is computed from the item before it."""
        after = dict(item)
        for path, operand in self.sets:
            value = operand(item, names, values)
            if value is None:
                raise Invalid(f"{path} is set from an attribute that is not there")
            after[names.get(path, path)] = value
        for path in self.removes:
            after.pop(names.get(path, path), None)
        return after


def used_terms(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The aliases and the values that an expression names: DynamoDB refuses any others."""
    tokens = _tokens(text)
    return (
        frozenset(token for token in tokens if token.startswith("#")),
        frozenset(token for token in tokens if token.startswith(":")),
    )


@cache
def parse_condition(text: str) -> Condition:
    """A condition, or a key condition.

    Raises:
        ValueError: a form that is not known here.
    """
    parser = _Parser(text)
    condition = parser.any_of()
    parser.expect_end()
    return condition


@cache
def parse_change(text: str) -> Change:
    """An update expression.

    Raises:
        ValueError: a form that is not known here.
    """
    parser = _Parser(text)
    sets: list[tuple[str, Operand]] = []
    removes: list[str] = []
    while parser.more():
        if parser.take("SET"):
            sets.append(parser.assignment())
            while parser.take(","):
                sets.append(parser.assignment())
        else:
            parser.expect("REMOVE")
            removes.append(parser.name())
            while parser.take(","):
                removes.append(parser.name())
    paths = [path.lstrip("#") for path, _ in sets] + [path.lstrip("#") for path in removes]
    if len(set(paths)) < len(paths):
        raise ValueError(f"one attribute twice: {text!r}")
    return Change(tuple(sets), tuple(removes))


@cache
def _tokens(text: str) -> tuple[str, ...]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        if (found := _TOKEN.match(text, at)) is None:
            raise ValueError(f"not understood: {text[at:]!r}")
        tokens.append(found.group(1))
        at = found.end()
    return tuple(tokens)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, _tokens(text), 0

    def more(self) -> bool:
        return self._at < len(self._tokens)

    def take(self, token: str) -> bool:
        if self.more() and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise ValueError(f"expected {token} in {self._text!r}")

    def expect_end(self) -> None:
        if self.more():
            raise ValueError(f"not understood: {self._tokens[self._at]!r} in {self._text!r}")

    def name(self) -> str:
        """A path of one part; the domain writes no others."""
        token = self._tokens[self._at] if self.more() else ""
        if not re.fullmatch(r"#?\w+", token) or token in _WORDS | _REFUSED:
            raise ValueError(f"expected a name, not {token!r}, in {self._text!r}")
        self._at += 1
        return token

    def any_of(self) -> Condition:
        terms = [self._all_of()]
        while self.take("OR"):
            terms.append(self._all_of())
        if len(terms) == 1:
            return terms[0]
        return lambda item, names, values: any(term(item, names, values) for term in terms)

    def _all_of(self) -> Condition:
        terms = [self._term()]
        while self.take("AND"):
            terms.append(self._term())
        if len(terms) == 1:
            return terms[0]
        return lambda item, names, values: all(term(item, names, values) for term in terms)

    def _term(self) -> Condition:
        if self.take("("):
            inner = self.any_of()
            self.expect(")")
            return inner
        for function, present in (("attribute_exists", True), ("attribute_not_exists", False)):
            if self.take(function):
                self.expect("(")
                path = self.name()
                self.expect(")")
                return _presence(path, present)
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self.operand()
        if self.take("BETWEEN"):
            low = self.operand()
            self.expect("AND")
            high = self.operand()
            above, below = _compare(">=", left, low), _compare("<=", left, high)
            return lambda item, names, values: above(item, names, values) and below(item, names, values)
        for sign in ("=", "<>", *_COMPARED):
            if self.take(sign):
                return _compare(sign, left, self.operand())
        raise ValueError(f"expected a comparison in {self._text!r}")

    def assignment(self) -> tuple[str, Operand]:
        path = self.name()
        self.expect("=")
        left = self.operand()
        for sign, factor in (("+", 1), ("-", -1)):
            if self.take(sign):
                return path, _sum(left, self.operand(), factor)
        return path, left

    def operand(self) -> Operand:
        if self.take("if_not_exists"):
            self.expect("(")
            kept = _attribute(self.name())
            self.expect(",")
            other = self.operand()
            self.expect(")")
            return lambda item, names, values: kept(item, names, values) or other(item, names, values)
        if self.more() and self._tokens[self._at].startswith(":"):
            self._at += 1
            return _value(self._tokens[self._at - 1])
        return _attribute(self.name())


def _value(token: str) -> Operand:
    def read(_: Wired, __: Names, values: Values) -> Wired:
        if token not in values:
            raise Invalid(f"{token} is not given")
        return values[token]

    return read


def _attribute(path: str) -> Operand:
    if path.startswith("#"):
        return lambda item, names, _: item.get(names[path])
    return lambda item, _, __: item.get(path)


def _presence(path: str, present: bool) -> Condition:
    return lambda item, names, _: (names.get(path, path) in item) is present


def _compare(sign: str, left: Operand, right: Operand) -> Condition:
    """What is not there, or is of another type, compares with nothing; `<>` is then true."""

    def compare(item: Wired, names: Names, values: Values) -> bool:
        one, other = left(item, names, values), right(item, names, values)
        if sign == "=":
            return one is not None and one == other
        if sign == "<>":
            return one != other
        if one is None or other is None or one.keys() != other.keys():
            return False
        return _COMPARED[sign](_comparable(one), _comparable(other))

    return compare


def _comparable(wired: Wired) -> Any:
    ((kind, value),) = wired.items()
    return int(value) if kind == "N" else value


def _sum(left: Operand, right: Operand, factor: int) -> Operand:
    def add(item: Wired, names: Names, values: Values) -> Wired:
        one, other = left(item, names, values), right(item, names, values)
        if one is None or other is None or one.keys() | other.keys() != {"N"}:
            raise Invalid("only numbers that are there can be added")
        return {"N": str(int(one["N"]) + factor * int(other["N"]))}

    return add
