import pytest

from kibitz.games.options import Option, OptionError, resolve

PLIES = Option("plies", 0, "how many", low=0, high=4)
RATE = Option("rate", 0.5, "how fast", low=0.0)
MODE = Option("mode", "a", "which", choices=("a", "b"))
FLAG = Option("flag", False, "whether")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (PLIES, 5, "game g: plies = 5 is outside 0..4"),
        (PLIES, "3", "game g: plies = '3' is not a whole number, 0..4"),
        (PLIES, True, "game g: plies = True is not a whole number, 0..4"),
        (PLIES, 1.0, "game g: plies = 1.0 is not a whole number, 0..4"),
        (RATE, -1, "game g: rate = -1.0 is outside 0 and up"),
        (RATE, float("nan"), "game g: rate = nan is not a finite number"),
        (RATE, float("inf"), "game g: rate = inf is not a finite number"),
        (MODE, "c", "game g: mode = 'c' is not one of a, b"),
        (MODE, 1, "game g: mode = 1 is not a string, one of a, b"),
        (FLAG, 1, "game g: flag = 1 is not true or false"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(option, value, message):
    with pytest.raises(OptionError) as error:
        option.check("game g", value)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("option", "text", "value"), [(PLIES, "3", 3), (RATE, "2", 2.0), (MODE, "b", "b"), (FLAG, "True", True)]
)
def test_values_are_read_from_the_command_line(option, text, value):
    read = option.read("x", text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("option", "text"), [(PLIES, "x"), (PLIES, "9"), (PLIES, "9" * 5000), (RATE, "nan"), (FLAG, "1")]
)
def test_wrong_texts_are_refused(option, text):
    with pytest.raises(OptionError):
        option.read("x", text)


def test_defaults_fill_in_in_the_order_of_declaration():
    assert list(resolve("x", (PLIES, MODE), {"mode": "b"}).items()) == [("plies", 0), ("mode", "b")]


def test_unknown_options_are_refused_with_those_there_are():
    with pytest.raises(OptionError, match="unknown option 'depth'; it has plies, mode"):
        resolve("x", (PLIES, MODE), {"depth": 1})
    with pytest.raises(OptionError, match="it has no options"):
        resolve("x", (), {"depth": 1})
