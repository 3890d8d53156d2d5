"""Slugs and what search engines are told."""

from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storekeeper.catalog import Seo, fold
from storekeeper.catalog.seo import MAX_SLUG, SLUG, slug_candidates, slug_from


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Mug", "mug"),
        ("  Crème Brûlée! ", "creme-brulee"),
        ("Straße & Ærø", "strasse-aero"),
        ("50% off -- now", "50-off-now"),
        ("茶碗", ""),
        ("x" * 200, "x" * MAX_SLUG),
    ],
)
def test_a_slug_is_made_of_a_title(title: str, slug: str) -> None:
    assert slug_from(title) == slug


@given(title=st.text(max_size=300))
def test_every_candidate_is_a_slug_and_there_are_no_two_alike(title: str) -> None:
    candidates = list(slug_candidates(title, unique="prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"))

    assert len(set(candidates)) == len(candidates)
    assert all(SLUG.fullmatch(slug) and len(slug) <= MAX_SLUG for slug in candidates)
    assert candidates[-1].endswith("01kagc3m5q8v6zb1x7y2n4t9rd")


def test_candidates_are_numbered() -> None:
    assert list(islice(slug_candidates("Mug", unique="prd_1"), 3)) == ["mug", "mug-2", "mug-3"]


@given(text=st.text(max_size=50))
@example(text="\N{MATHEMATICAL BOLD CAPITAL A}")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_seo_is_stored_only_where_something_is_said() -> None:
    seo = Seo(title="Mugs", keywords=("mug", "cup"))

    assert Seo().as_item() is None
    assert Seo.from_item(None) == Seo()
    assert Seo.from_item(seo.as_item()) == seo
