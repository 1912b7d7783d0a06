import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.kinds import LONGEST_ANSWER, Boolean, Choice, Integer, Number, SetOf
from kibitz.games.subproblem import Grade, Malformed

CELLS = SetOf(("0,0", "0,1", "1,2", "2,2"))
SQUARES = SetOf(("d3", "d30", "e4"), member="square")
PHRASES = SetOf(("take apple", "rock and roll", "rock"), member="action")
SIGNS = SetOf(("+", "-"), member="sign")
COLUMNS = SetOf(("1", "2", "7"), member="column")
NUMBER = Integer(-3, 12)
KINDS = [CELLS, SQUARES, PHRASES, SIGNS, COLUMNS, SetOf(()), NUMBER, Boolean(), Choice(("safe", "unsafe", "none"))]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("0,1; 2,2", {"0,1", "2,2"}),
        ("0, 1 ; 2, 2", {"0,1", "2,2"}),
        ("(0,1), (2,2)", {"0,1", "2,2"}),
        ("(0,1); (2,2)", {"0,1", "2,2"}),
        ("(0,1) and (2,2)", {"0,1", "2,2"}),
        ("(0,1)", {"0,1"}),
        ('["0,1", "2,2"]', {"0,1", "2,2"}),
        ("['0,1', '2,2']", {"0,1", "2,2"}),
        ('"0,1", "2,2"', {"0,1", "2,2"}),
        ('"0,1"; "2,2"', {"0,1", "2,2"}),
        ("'0,1', '2,2'", {"0,1", "2,2"}),
        ("`0,1`, `2,2`", {"0,1", "2,2"}),
        ("[[0, 1], [2, 2]]", {"0,1", "2,2"}),
        ("{0,1}", {"0,1"}),
        ("**0,1**; **2,2**", {"0,1", "2,2"}),
        ("**0,1; 2,2**", {"0,1", "2,2"}),
        ("0,1 2,2", {"0,1", "2,2"}),
        ("0,1, 2,2", {"0,1", "2,2"}),
        ("0,1\n2,2", {"0,1", "2,2"}),
        ("0,1 AND 2,2.", {"0,1", "2,2"}),
        ("0,1; 0,1", {"0,1"}),
        ("0,1;", {"0,1"}),
        ("none", set()),
        ("None.", set()),
        ("(none)", set()),
        ('"none"', set()),
        ("**None**", set()),
        ("[]", set()),
        ("()", set()),
        ("{}", set()),
        ("empty", set()),
        ("-", set()),
    ],
)
def test_sets_are_read_in_their_usual_spellings(text, members):
    assert CELLS.read(text) == members


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ",",
        ";",
        "and",
        '""',
        "not 0,1",
        "0,1 or 2,2",
        "0,1 but not 2,2",
        "(0,1) (x) (2,2)",
        "9,9",
        "0,1; 9,9",
        "0,12",
        "10,1",
        "0,10,1",
        "0,1and2,2",
        "0.1",
        "0;1",
        "０,１",
        "(0,1",
        "0,1)",
        "(0,1]",
        '"0,1',
        "0,1; none",
        "none 0,1",
        "(" * 900 + ")" * 900,
        "0,1;" * 600,
    ],
)
def test_sets_are_not_guessed(text):
    assert isinstance(CELLS.read(text), Malformed)


@pytest.mark.parametrize(
    ("kind", "text", "members"),
    [
        (SQUARES, "D3, E4", {"d3", "e4"}),
        (SQUARES, "d30", {"d30"}),
        (PHRASES, "take apple, rock and roll", {"take apple", "rock and roll"}),
        (PHRASES, "rock and take apple", {"rock", "take apple"}),
        (SIGNS, "-", {"-"}),
        (SIGNS, "+ and -", {"+", "-"}),
        (COLUMNS, "1,2", {"1", "2"}),
        (COLUMNS, "[7]", {"7"}),
    ],
)
def test_members_may_hold_blanks_words_and_signs(kind, text, members):
    assert kind.read(text) == members


@pytest.mark.parametrize(
    ("value", "members"),
    [(["0,1", "2,2"], {"0,1", "2,2"}), ([], set()), ("0,1", {"0,1"}), ("none", set()), (["(0, 1)"], {"0,1"})],
)
def test_sets_are_read_from_json(value, members):
    assert CELLS.read_json(value) == members


@pytest.mark.parametrize("value", [None, True, 1, {}, [None], [True], [1.0], [["0,1"]], ["9,9"], [10**5000], ["none"]])
def test_other_json_is_no_set(value):
    assert isinstance(CELLS.read_json(value), Malformed)


def test_json_numbers_name_members_that_are_numbers():
    assert COLUMNS.read_json([1, 7]) == {"1", "7"}


@pytest.mark.parametrize(
    ("answer", "truth", "grade"),
    [
        (set(), set(), Grade("right", 1.0, "tn")),
        ({"0,0"}, {"0,0"}, Grade("right", 1.0, "tp")),
        ({"0,0"}, set(), Grade("wrong", 0.0, "fp")),
        (set(), {"0,0"}, Grade("wrong", 0.0, "fn")),
        ({"0,0"}, {"0,1"}, Grade("wrong", 0.0, "mismatch")),
        ({"0,0", "0,1"}, {"0,1"}, Grade("wrong", 2 / 3, "mismatch")),
    ],
)
def test_sets_are_graded_with_partial_credit(answer, truth, grade):
    assert CELLS.grade(frozenset(answer), frozenset(truth)) == grade


@pytest.mark.parametrize(("text", "value"), [("3", 3), (" +3 ", 3), ("-3", -3), ("12.", 12), ("(4)", 4), ("**5**", 5)])
def test_integers_are_read(text, value):
    assert NUMBER.read(text) == value


@pytest.mark.parametrize(
    "text", ["", "3.5", "three", "3 4", "13", "-4", "٣", "３", "1e1", "0x1", "1_0", "9" * 1900, "3" + " " * 2000 + "4"]
)
def test_other_texts_are_no_integer(text):
    assert isinstance(NUMBER.read(text), Malformed)


@pytest.mark.parametrize(("value", "number"), [(3, 3), (3.0, 3), ("3", 3)])
def test_integers_are_read_from_json(value, number):
    assert NUMBER.read_json(value) == number
    assert type(NUMBER.read_json(value)) is int


@pytest.mark.parametrize(
    "value", [None, True, 3.5, float("nan"), float("inf"), 1e300, pytest.param(10**5000, id="huge"), [], [3], {}]
)
def test_other_json_is_no_integer(value):
    assert isinstance(NUMBER.read_json(value), Malformed)


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ("No.", False), ("TRUE", True), ("(false)", False), ("**yes**", True)]
)
def test_booleans_are_read(text, value):
    assert Boolean().read(text) is value


@pytest.mark.parametrize(
    "text", ["", "y", "yes no", "yes, because", "1", "ｙｅｓ", "yes" + " " * LONGEST_ANSWER + "no"]
)
def test_other_texts_are_no_boolean(text):
    assert isinstance(Boolean().read(text), Malformed)


def test_booleans_have_a_positive_class():
    cells = [Boolean().grade(answer, truth).cell for answer in (True, False) for truth in (True, False)]
    assert cells == ["tp", "fp", "fn", "tn"]


def test_choices_are_read_whole():
    kind = Choice(("safe", "unsafe"))
    assert kind.read("Unsafe.") == "unsafe"
    assert isinstance(kind.read("not safe"), Malformed)
    assert kind.grade("safe", "unsafe") == Grade("wrong", 0.0)


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_guesses_are_in_the_domain_and_read_as_themselves(kind):
    for seed in range(20):
        guess = kind.guess(Random(seed))
        assert kind.read(kind.show(guess)) == guess
        assert kind.read_json(json.loads(json.dumps(kind.to_json(guess)))) == guess
        assert kind.grade(guess, guess).verdict == "right"


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_a_hint_and_a_schema_are_there(kind):
    assert kind.hint
    assert "type" in kind.schema


PIECES = st.sampled_from(
    ["0,1", "2,2", "none", "-", "+", ",", ";", " ", "and", "(", ")", "[", "]", '"', "'", "**", "d3", "9"]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=12).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(KINDS), TEXTS)
def test_reading_text_never_raises_and_stays_in_the_domain(kind, text):
    answer = kind.read(text)
    assert isinstance(answer, Malformed) or kind.read(kind.show(answer)) == answer


@given(st.sampled_from(KINDS), VALUES)
def test_reading_json_never_raises_and_stays_in_the_domain(kind, value):
    answer = kind.read_json(value)
    assert isinstance(answer, Malformed) or kind.read_json(kind.to_json(answer)) == answer


@given(st.frozensets(st.sampled_from(CELLS.domain)), st.frozensets(st.sampled_from(CELLS.domain)))
def test_f1_is_symmetric_and_one_only_for_equal_sets(one, other):
    grade = CELLS.grade(one, other)
    assert grade.f1 == CELLS.grade(other, one).f1
    assert (grade.f1 == 1.0) == (one == other) == (grade.verdict == "right")


# -- numbers ---------------------------------------------------------------------------------------------------------

EQUITY = Number(0, 100, 0.5, unit="%")
HEIGHT = Number(-16.0, 176.5, 2, decimals=0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("34.5", 34.5), ("34.5%", 34.5), ("34.5 %", 34.5), ("**34**", 34.0), ("34.", 34.0), ("+7", 7.0), ("0034.50", 34.5),
     ("0", 0.0), ("100", 100.0), ('"34.5%"', 34.5), (" 12 ", 12.0)],
)  # fmt: skip
def test_numbers_are_read_in_their_usual_spellings(text, value):
    read = EQUITY.read(text)
    assert (read, type(read)) == (value, float)


@pytest.mark.parametrize(
    "text",
    ["", "%", "34,5", "1e1", "about 34", "34 or 35", "nan", "inf", "-1", "100.1", "1" * 30, "٣٤", "34%%", "0x10", ".5"],
)
def test_what_is_no_number_is_malformed(text):
    assert isinstance(EQUITY.read(text), Malformed)


@pytest.mark.parametrize("value", [True, None, [], float("nan"), float("inf"), -0.5, 101, 10**400])
def test_what_is_no_json_number_is_malformed(value):
    assert isinstance(EQUITY.read_json(value), Malformed)


def test_a_number_is_right_within_its_tolerance():
    assert EQUITY.grade(34.5, 34.0) == EQUITY.grade(33.5, 34.0) == Grade("right", 1.0)
    assert EQUITY.grade(34.6, 34.0) == EQUITY.grade(33.4, 34.0) == Grade("wrong", 0.0)
    assert EQUITY.read_json("34 %") == EQUITY.read_json(34) == 34.0


@given(st.floats(-16, 176.5), st.integers(0, 999))
def test_numbers_read_back_as_they_were_written(value, seed):
    for kind in (HEIGHT, EQUITY):
        truth = kind.rounded(value)
        assert kind.read(kind.show(truth)) == kind.read_json(kind.to_json(truth)) == truth
        guess = kind.guess(Random(seed))
        assert kind.low <= guess <= kind.high
        assert kind.read(kind.show(guess)) == guess


@given(st.text(max_size=40))
def test_reading_a_number_never_raises(text):
    for kind in (HEIGHT, EQUITY):
        read = kind.read(text)
        assert isinstance(read, Malformed) or kind.read(kind.show(read)) == pytest.approx(read, abs=1e-12)
