"""What decisions must not touch: the clock, floating point, keys made by hand, writes without a condition."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import DOMAIN, FUNCTIONS, Module, calls, modules
from tools import REPOSITORY
from tools.mutants.guards import KEYWORD, find_guards
from tools.mutants.markers import find_gaps, read_claims

CLOCK = "kernel/clock.py"
KEYS = "kernel/keys.py"

READS_THE_TIME = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|gmtime|localtime))$")

# Contexts that count money, units or rates.
COUNTING = {"pricing", "promotions", "inventory", "orders", "carts", "checkout", "payments"}

KEY_PREFIX = re.compile(r"^(T|HOST|KEY|ACCOUNT|DUE)#(?!.*<)")

WRITES = {"Put", "Update", "Delete", "Check"}


def test_time_is_read_in_one_place() -> None:
    assert [
        module.at(call)
        for root in (DOMAIN, FUNCTIONS)
        for module in modules(root)
        if not (root == DOMAIN and module.place == CLOCK)
        for name, call in calls(module.tree)
        if READS_THE_TIME.search(name)
    ] == []


def test_only_edges_ask_the_clock() -> None:
    """A context is told `now`; else a decision could not be repeated by a test."""
    assert [
        module.at(call)
        for module in modules(DOMAIN)
        if module.context != "edge" and module.place != CLOCK
        for name, call in calls(module.tree)
        if name.rsplit(".", maxsplit=1)[-1] == "utc_now"
    ] == []


def test_nothing_that_is_counted_is_a_float() -> None:
    counting = [module for module in modules(DOMAIN) if module.context in COUNTING or module.place == "kernel/money.py"]

    assert [module.at(node) for module in counting for node in _floats(module)] == []


def test_keys_are_made_by_the_kernel_alone() -> None:
    assert [
        f"{module.at(text)} {text.value!r}"
        for root in (DOMAIN, FUNCTIONS)
        for module in modules(root)
        if not (root == DOMAIN and module.place == KEYS)
        for text in _key_texts(module)
    ] == []


def test_every_write_names_its_condition() -> None:
    """As a keyword: `make mutants` finds guards by it."""
    assert [
        module.at(call)
        for module in modules(DOMAIN)
        for name, call in calls(module.tree)
        if name.rsplit(".", maxsplit=1)[-1] in WRITES and KEYWORD not in {keyword.arg for keyword in call.keywords}
    ] == []


def test_every_guard_has_a_test_that_claims_it() -> None:
    """Whether the claims are true is what `make mutants` shows."""
    guards, problems = find_guards(DOMAIN.parent)

    assert [*problems, *find_gaps(guards, list(read_claims(REPOSITORY / "tests")))] == []


@pytest.mark.parametrize(
    ("written", "is_float"),
    [
        pytest.param("rate = 0.19", True, id="a_literal"),
        pytest.param("rate = float(text)", True, id="a_conversion"),
        pytest.param("def price(rate: float) -> int: ...", True, id="an_annotation"),
        pytest.param("share = total // 3", False, id="whole_numbers"),
    ],
)
def test_a_float_is_recognized(written: str, is_float: bool) -> None:
    module = Module(REPOSITORY / "example.py", "example.py")
    module.__dict__["tree"] = ast.parse(written)

    assert bool(list(_floats(module))) == is_float


def _floats(module: Module) -> Iterator[ast.expr]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float"):
                yield node


def _key_texts(module: Module) -> Iterator[ast.Constant]:
    """Texts that begin like a key, but for those that recognize one (`pk.startswith("HOST#")`) or describe one in
    the data model (`T#<tenant>#CART#<cart>`).
    """
    recognizing = {
        id(part)
        for name, call in calls(module.tree)
        if name.endswith((".startswith", ".removeprefix"))
        for part in ast.walk(call)
    }
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str(text)) if KEY_PREFIX.match(text) and id(node) not in recognizing:
                yield node
