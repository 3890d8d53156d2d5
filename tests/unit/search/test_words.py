"""Which words find a product."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.search import terms_of
from storekeeper.search.words import MAX_TERMS, answers, words_of

MUG = words_of(["Café Mug", "Kitchen & Tea", "MUG-BLUE_01"])


def test_words_are_whole_and_in_parts() -> None:
    assert MUG == ("cafe", "mug", "kitchen", "&", "tea", "mug-blue_01", "blue", "01")


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("caf", True),
        ("CAFÉ mug", True),
        ("mug-bl", True),
        ("mug-blue_01", True),
        ("blue", True),
        ("tea,", True),
        ("tea! (mug)", True),
        ("lue", False),
        ("mug red", False),
        ("---", False),
    ],
)
def test_every_term_must_begin_a_word(query: str, is_found: bool) -> None:
    assert answers(MUG, terms_of(query)) is is_found


@given(text=st.text(max_size=60))
def test_a_text_is_found_by_itself_and_by_any_beginning_of_its_words(text: str) -> None:
    words = words_of([text])

    assert answers(words, terms_of(text))
    assert all(answers(words, terms_of(word[: 1 + len(word) // 2])) for word in text.split())


def test_only_so_many_terms_count() -> None:
    assert len(terms_of("a " * 100)) == MAX_TERMS
