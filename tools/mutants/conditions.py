"""Take a condition expression apart into its clauses, and put it together again without one of them."""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Stands for the n-th expression inside an f-string while the text around it is split.
_HOLE = re.compile("\x00(\\d+)\x00")
_TOKEN = re.compile(r"\(|\)|\b(?:AND|OR|BETWEEN)\b")


class UnclearCondition(Exception):
    """The condition cannot be taken apart where it is written."""


@dataclass(frozen=True)
class Condition:
    """One alternative of an `only_if`: its clauses as text in which `\\x00n\\x00` stands for the n-th expression."""

    texts: tuple[str, ...]
    holes: tuple[ast.expr, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses as people write them in a marker: `status = {CURRENT}`."""
        return tuple(_HOLE.sub(self._spelled_out, text) for text in self.texts)

    def without(self, clause: int) -> ast.expr:
        """The condition as an expression again, less this clause; the empty string when it was the only one."""
        kept = " AND ".join(text for index, text in enumerate(self.texts) if index != clause)
        pieces: list[ast.expr] = []
        for index, part in enumerate(_HOLE.split(kept)):
            if index % 2:
                pieces.append(ast.FormattedValue(self.holes[int(part)], conversion=-1))
            elif part:
                pieces.append(ast.Constant(part))
        if all(isinstance(piece, ast.Constant) for piece in pieces):
            return ast.Constant(kept)
        return ast.JoinedStr(pieces)

    def _spelled_out(self, hole: re.Match[str]) -> str:
        return "{" + ast.unparse(self.holes[int(hole[1])]) + "}"


def read_condition(node: ast.expr, resolve: Callable[[ast.expr], str | None]) -> Condition:
    """The condition that this expression builds; `resolve` knows the text of named constants.

    Raises:
        UnclearCondition: nothing of its text is known here, or AND and OR stand side by side without parentheses.
    """
    holes: list[ast.expr] = []
    text = _flatten(node, resolve, holes)
    if not _HOLE.sub("", text).strip() and holes:
        raise UnclearCondition(f"`only_if={ast.unparse(node)}` does not say the condition: write it where the write is")
    return Condition(split_clauses(text), tuple(holes))


def _flatten(node: ast.expr, resolve: Callable[[ast.expr], str | None], holes: list[ast.expr]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=pieces):
            return "".join(_flatten(piece, resolve, holes) for piece in pieces)
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            return _flatten(inner, resolve, holes)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _flatten(left, resolve, holes) + _flatten(right, resolve, holes)
    known = resolve(node)
    if known is not None:
        return known
    holes.append(node)
    return f"\x00{len(holes) - 1}\x00"


def split_clauses(text: str) -> tuple[str, ...]:
    """What the outermost ANDs join. The AND of a BETWEEN joins nothing.

    Raises:
        UnclearCondition: AND and OR stand side by side; which binds tighter should not need to be known.
    """
    cuts = [0]
    operators: set[str] = set()
    depth = 0
    between = False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in "()":
            depth += 1 if word == "(" else -1
        elif depth == 0 and word == "BETWEEN":
            between = True
        elif depth == 0 and between and word == "AND":
            between = False
        elif depth == 0:
            operators.add(word)
            cuts += [token.start(), token.end()]
    if operators == {"AND", "OR"}:
        raise UnclearCondition(f"AND beside OR without parentheses: {text!r}")
    if operators == {"OR"} or not text.strip():
        return (text.strip(),) if text.strip() else ()
    return _between_cuts(text, [*cuts, len(text)])


def _between_cuts(text: str, cuts: Sequence[int]) -> tuple[str, ...]:
    return tuple(text[start:end].strip() for start, end in zip(cuts[::2], cuts[1::2], strict=True))
