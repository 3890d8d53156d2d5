"""Lists of cards: pages never skip or repeat, whatever the filter lets through, and each has a budget of reads."""

from collections.abc import Iterator

import pytest

from storekeeper.inventory import card_lists
from storekeeper.inventory.card_lists import Card, list_cards
from storekeeper.kernel.keys import GSI1, GSI3, Index, Key, tenant_pk
from storekeeper.kernel.paging import Page
from storekeeper.kernel.table import Table
from storekeeper.kernel.writes import ABSENT, Put
from tests.emulated import SAMPLE_TYPE

LAMPS = 9


@pytest.fixture
def lamps(table: Table) -> Table:
    """Lamps of 0 to 8 watts, by watts in an index that shows cards and in one that does not."""
    pk = tenant_pk(table.tenant_id, "LAMPS")
    for watts in range(LAMPS):
        keys = {"gsi1pk": pk, "gsi1sk": f"{watts}", "gsi3pk": pk, "gsi3sk": f"{watts}"}
        card = f'{{"watts": {watts}}}'
        table.write(
            Put(Key(f"{pk}#{watts}", "LAMP"), {"type": SAMPLE_TYPE, "schema": 1, "card": card, **keys}, only_if=ABSENT)
        )
    return table


def pages(table: Table, wanted: set[int], *, limit: int, index: Index = GSI1) -> Iterator[Page[Card]]:
    pks, after = [tenant_pk(table.tenant_id, "LAMPS")], None
    while True:
        page = list_cards(
            table, pks, index=index, admits=lambda card: card["watts"] in wanted, after=after, limit=limit
        )
        yield page
        if (after := page.next_position) is None:
            return


def watts(found: Iterator[Page[Card]]) -> list[list[int]]:
    return [[card["watts"] for card in page.entries] for page in found]


@pytest.mark.parametrize("index", [GSI1, GSI3], ids=["cards", "keys_only"])
def test_pages_show_each_card_once_in_order(lamps: Table, index: Index) -> None:
    assert watts(pages(lamps, {0, 1, 2, 3, 4, 5, 6, 7, 8}, limit=4, index=index)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]
    assert watts(pages(lamps, {1, 4, 5, 6, 8}, limit=2, index=index)) == [[1, 4], [5, 6], [8]]


def test_a_last_page_that_is_full_has_no_next(lamps: Table) -> None:
    assert watts(pages(lamps, {0, 1, 2, 3, 4, 5, 6, 7, 8}, limit=3)) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert watts(pages(lamps, {2, 7}, limit=2)) == [[2, 7]]
    assert watts(pages(lamps, set(), limit=2)) == [[]]


def test_a_page_ends_when_its_reads_do_and_leads_on(lamps: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_lists, "MAX_READS", 2)
    monkeypatch.setattr(card_lists, "FILTERED_READ", 2)

    assert watts(pages(lamps, {0, 8}, limit=1)) == [[0], [], [], [8]]
