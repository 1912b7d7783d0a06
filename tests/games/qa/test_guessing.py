import pytest

from kibitz.games.qa.guessing import answer, choose, names, words
from kibitz.games.qa.question import Paragraph


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Who wrote The Blue Voyage?", ("The Blue Voyage",)),
        ("In which town was Anna van Dyk, the painter, born?", ("Anna van Dyk",)),
        ("Which was founded first, Ulm or Porto?", ("Porto", "Ulm")),
        ("what is it?", ()),
        ("He founded Ulm Works. The clocks of St. Gall stood still.", ("Ulm Works", "St. Gall")),
    ],
)
def test_names(text, found):
    assert names(text) == found


def test_words_say_something():
    assert words("In what year was the maker of The Blue Voyage born?") == ("year", "maker", "Blue", "Voyage", "born")
    assert words("?") == ("answer",)


PAGE = Paragraph("Blue Voyage", ("A novel by Anna Berg.",))


@pytest.mark.parametrize(
    ("question", "page", "said"),
    [
        ("Who was born first, Anna Berg or Bo Ek?", PAGE, "Anna Berg"),
        ("Are Ulm and Porto in the same country?", PAGE, "no"),
        ("Who wrote it?", PAGE, "Blue Voyage"),
        ("Who wrote it?", None, "unknown"),
    ],
)
def test_answer(question, page, said):
    assert answer(question, page) == said


def test_it_opens_what_is_named_and_then_answers():
    question = "Who wrote Blue Voyage?"
    first = choose(question, (), (), None, 8)
    assert first == "search[Blue Voyage]"
    second = choose(question, (first,), ("Blue Voyage",), PAGE, 7)
    assert second == "search[Anna Berg]"
    assert choose(question, (first, second), ("Blue Voyage",), PAGE, 6) == "finish[Blue Voyage]"
    assert choose(question, (), (), None, 1) == "finish[unknown]"
