import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.qa.scoring import contains, exact_match, f1, normalised


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ("The  Beatles", "beatles"),
        ("a cat, an owl", "cat owl"),
        ("Paris, Texas", "paris texas"),
        ("U.S.A.", "usa"),
        ("theatre", "theatre"),
        ("“Quoted”", "“quoted”"),
        ("the", ""),
        ("", ""),
    ],
)
def test_normalised(answer, plain):
    assert normalised(answer) == plain


@pytest.mark.parametrize(
    ("answer", "truth", "match", "score"),
    [
        ("Badr Hari", "badr hari", True, 1.0),
        ("the Badr Hari.", "Badr Hari", True, 1.0),
        ("Hari", "Badr Hari", False, 2 / 3),
        ("Badr Hari of Morocco", "Badr Hari", False, 2 * 2 / (4 + 2)),
        ("b b a c", "b a b", False, 2 * 2 / (3 + 2)),  # the article falls away on both sides
        ("yes", "yes", True, 1.0),
        ("yes", "no", False, 0.0),
        ("yes sir", "yes", False, 0.0),
        ("no", "no idea", False, 0.0),
        ("noanswer", "noanswer", True, 1.0),
        ("nothing", "Badr Hari", False, 0.0),
        ("", "Badr Hari", False, 0.0),
        ("the", "a", True, 0.0),  # both empty: equal, and no word in common, as the official script has it
    ],
)
def test_exact_match_and_f1(answer, truth, match, score):
    assert exact_match(answer, truth) is match
    assert f1(answer, truth) == pytest.approx(score)


@given(st.text(max_size=40), st.text(max_size=40))
def test_scores_are_symmetric_and_bounded(one, other):
    assert exact_match(one, other) == exact_match(other, one)
    assert f1(one, other) == f1(other, one)
    assert 0 <= f1(one, other) <= 1
    assert f1(one, one) == (1 if normalised(one) else 0)


@pytest.mark.parametrize(
    ("paragraph", "answer", "found"),
    [
        ("He was born in Paris, Texas.", "Paris Texas", True),
        ("He was born in Paris.", "Par", False),
        ("It is in the town of Ulm", "Town of the Ulm", True),
        ("anything", "the", False),
    ],
)
def test_contains(paragraph, answer, found):
    assert contains(paragraph, answer) is found
