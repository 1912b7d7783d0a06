from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import LONGEST_ACTION, Actions, Illegal, Pattern, canonical, shown

CELLS = Actions(("0,0", "1,2", "d3", "raise to 10"))
SEARCH = Actions(("back",), (Pattern(r"search\[[a-z ]+\]", "search[words]"),))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1,2", "1,2"),
        (" 1,2\n", "1,2"),
        ("1 , 2", "1,2"),
        ("1,\n2", "1,2"),
        ("(1, 2)", "1,2"),
        ("[1,2]", "1,2"),
        ('"1,2"', "1,2"),
        ("'1,2'", "1,2"),
        ("`1,2`", "1,2"),
        ("<1,2>", "1,2"),
        ("**1,2**", "1,2"),
        ("**(1,2)**", "1,2"),
        ("D3", "d3"),
        ("Raise  to\t10", "raise to 10"),
    ],
)
def test_insignificant_marks_are_not_significant(text, key):
    assert CELLS.read(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "()",
        "((1,2))",
        "*1,2*",
        "1.2",
        "1;2",
        "1,2.",
        "1,2 0,0",
        "1,2\n0,0",
        "I play 1,2",
        "2,2",
        "１,２",
        "1，2",
        "١,٢",
        "ԁ3",
        "Ｄ3",
        "(1,2",
        "1,2\x00",
        "\ud800",
    ],
)
def test_nothing_else_is_repaired(text):
    assert isinstance(CELLS.read(text), Illegal)


def test_a_reason_names_the_text_and_what_is_legal():
    assert CELLS.read("9,9") == Illegal("'9,9' is not a legal action here; legal: 0,0; 1,2; d3; raise to 10")
    assert CELLS.read(" ") == Illegal("the action is empty")


def test_a_long_text_is_refused_before_any_pattern_sees_it():
    slow = Actions(open=(Pattern(r"(a+)+b", "slow"),))
    assert slow.read("a" * (LONGEST_ACTION + 1)) == Illegal(f"the action is {LONGEST_ACTION + 1} characters long")


def test_open_actions_are_read_by_their_pattern():
    assert SEARCH.read("Search[red  shoes]") == "search[red shoes]"
    assert SEARCH.read("search[]") == Illegal("'search[]' is not a legal action here; legal: back search[words]")


def test_description_is_cut_and_says_when_there_is_nothing():
    assert Actions(tuple("abcd")).describe(limit=2) == "legal: a b ..."
    assert Actions().describe() == "no action is legal"


def test_shown_is_one_short_safe_line():
    assert shown("a\nb\u202e") == r"'a\nb\u202e'"
    assert len(shown("x" * 1000)) < 70


@given(st.text())
def test_reading_never_raises_and_gives_a_listed_key(text):
    key = CELLS.read(text)
    assert isinstance(key, Illegal) or key in CELLS.listed


@given(st.sampled_from(CELLS.listed), st.sampled_from(["{}", " {} ", "({})", "[ {} ]", "`{}`", "**{}**", '"{}"']))
def test_every_action_is_read_in_every_wrapping(action, wrapping):
    assert CELLS.read(wrapping.format(action.upper())) == action


@given(st.text(max_size=300))
def test_what_is_canonical_holds_no_capital_and_no_double_blank(text):
    key = canonical(text)
    assert not any("A" <= letter <= "Z" for letter in key)
    assert "  " not in key


def test_a_family_is_drawn_like_one_action():
    raises = Pattern("raise to [0-9]+", "raise to N", tuple(f"raise to {n}" for n in range(4, 100)))
    actions = Actions(("fold", "call"), (raises,))
    drawn = Counter(actions.draw(Random(seed)).split()[0] for seed in range(900))
    assert set(drawn) == {"fold", "call", "raise"}
    assert all(230 < count < 370 for count in drawn.values())


def test_where_no_action_is_known_none_is_drawn():
    assert Actions(open=(Pattern("search .*", "search WORDS"),)).draw(Random(0)) is None
    assert Actions().draw(Random(0)) is None


ASK = Actions(("back",), (Pattern(r"(?P<verb>ask)\[.{1,20}\]", "ask[words]", verbatim=True),))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ask[Paris, Texas]", "ask[Paris, Texas]"),
        (" **ASK[a  b ,c]** ", "ask[a  b ,c]"),
        ("`Ask[É]`", "ask[É]"),
        ("BACK", "back"),
    ],
)
def test_verbatim_families_keep_what_is_written(text, key):
    assert ASK.read(text) == key
    assert ASK.read(key) == key


@pytest.mark.parametrize(
    "text", ["ask[]", "ask[two\nlines]", "ask [x]", "please ask[x]", "ask[x] now", "ask[" + "x" * 21 + "]"]
)
def test_verbatim_families_take_nothing_else(text):
    assert isinstance(ASK.read(text), Illegal)
