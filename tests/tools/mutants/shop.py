"""A shop small enough to read at a glance, written to disk for the tool to work on."""

from pathlib import Path
from textwrap import dedent

from tools.mutants.running import Project

ITEMS = '''
    from shop.words import FRESH

    def put(store, key, item, *, only_if):
        """Writes unless a clause refuses; the only clauses are the ones below."""
        old = store.get(key)
        for clause in filter(None, only_if.split(" AND ")):
            if not CLAUSES[clause](old, item):
                raise KeyError(clause)
        store[key] = item

    CLAUSES = {
        "attribute_not_exists(pk)": lambda old, new: old is None,
        "units >= :units": lambda old, new: old and old["units"] >= new["taken"],
        "open = :yes": lambda old, new: old and old["open"],
    }

    def place(store, item):
        put(store, item["id"], item, only_if=FRESH)

    def take(store, key, taken):
        put(store, key, {**store[key], "taken": taken}, only_if=f"units >= :units AND open = :yes")
'''

TESTS = """
    import pytest
    from shop.items import place, take

    def a_shelf(**changed):
        return {"lamp": {"id": "lamp", "units": 1, "open": True, **changed}}

    @pytest.mark.guards("shop.items.place")
    def test_a_thing_is_placed_once():
        store = a_shelf()
        with pytest.raises(KeyError):
            place(store, {"id": "lamp"})

    @pytest.mark.guards("shop.items.take", clause="units >= :units")
    @pytest.mark.parametrize("taken", [1, 2])
    def test_no_more_is_taken_than_there_is(taken):
        store = a_shelf()
        if taken == 2:
            with pytest.raises(KeyError):
                take(store, "lamp", taken)
        assert store["lamp"].get("taken") is None

    @pytest.mark.guards("shop.items.take", clause="open = :yes")
    def test_a_closed_shelf_gives_nothing():
        store = a_shelf(open=False)
        with pytest.raises(KeyError):
            take(store, "lamp", 1)
"""


def a_shop(root: Path, *, items: str = ITEMS, tests: str = TESTS) -> Project:
    """The shop and its tests; each test replaces the one line that matters."""
    files = {
        "source/shop/__init__.py": "",
        "source/shop/words.py": 'FRESH = "attribute_not_exists(pk)"\n',
        "source/shop/items.py": dedent(items),
        "tests/test_shop.py": dedent(tests),
        "pytest.ini": "[pytest]\nmarkers =\n    guards(name, clause=None): proves a guard\n",
    }
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Project(root=root, source=root / "source", tests=root / "tests")
