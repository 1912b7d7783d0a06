import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.qa.docstore import SIMILAR, Docstore
from kibitz.games.qa.question import Paragraph

MERCURY = ("Mercury (planet)", "Mercury (element)", "Freddie Mercury")
TITLES = (*MERCURY, "Ulm", "Paris, Texas", "Élan Vital", "The Golden Tower")
STORE = Docstore(Paragraph(title, (f"About {title}.",)) for title in TITLES)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("Ulm", "Ulm"),
        (" ulm ", "Ulm"),
        ("mercury planet", "Mercury (planet)"),
        ("PARIS TEXAS", "Paris, Texas"),
        ("élan vital", "Élan Vital"),
    ],
)
def test_a_title_is_found_whatever_its_case_and_punctuation(asked, title):
    found = STORE.find(asked)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize("asked", ["", "Mercury", "Ulmer", "?", "texas paris", "x" * 10_000])
def test_nothing_else_is_found(asked):
    assert STORE.find(asked) is None


def test_titles_that_share_words_are_near_rare_words_first():
    # Of the same shared words, the shorter title, then the order of the store.
    assert STORE.similar("a planet called Mercury")[:3] == MERCURY


def test_without_a_shared_word_the_spelling_decides():
    assert STORE.similar("ulmm")[0] == "Ulm"


def test_of_equal_titles_the_first_is_kept():
    store = Docstore([Paragraph("A", ("one",)), Paragraph("a", ("two",))])
    assert len(store) == 1
    assert store.find("a") == Paragraph("A", ("one",))


@given(st.text(max_size=400))
def test_any_query_names_five_different_titles(query):
    found = STORE.similar(query)
    assert len(set(found)) == SIMILAR
    assert set(found) <= set(TITLES)


def test_a_small_store_names_all_it_has():
    assert Docstore([Paragraph("A", ())]).similar("zzz") == ("A",)
    assert Docstore([]).similar("zzz") == ()
