import json

import pytest

from kibitz.agents.writing import fields, hint, legal_text, reply_text, schema
from kibitz.games.actions import Actions, Pattern
from kibitz.games.kinds import Boolean, Choice, Integer, SetOf
from kibitz.games.subproblem import Subproblem

ASKS = (
    Subproblem("after", "?", Integer(0, 3), "action"),
    Subproblem("wins", "?", SetOf(("a", "b"))),
)


def test_fields_stand_in_the_order_of_thought():
    assert fields(ASKS) == ("wins", "action", "after")
    assert fields(ASKS, action=False) == ("wins", "after")


def test_schema_keeps_that_order():
    shape = json.loads(schema(ASKS, Actions(("x", "y")), enumerate_actions=True))
    assert list(shape["properties"]) == shape["required"] == ["wins", "action", "after"]
    assert shape["properties"]["action"] == {"type": "string", "enum": ["x", "y"]}
    assert "action" not in json.loads(schema(ASKS, None, enumerate_actions=True))["properties"]


@pytest.mark.parametrize(
    ("form", "tight", "text"),
    [
        ("free", False, "<wins>b</wins>\n<action>x</action>\n<after>2</after>"),
        ("json", False, '{"wins": ["b"], "action": "x", "after": 2}'),
        ("json", True, '{"wins":["b"],"action":"x","after":2}'),
        ("tool", False, '{"wins": ["b"], "action": "x", "after": 2}'),
        ("choice", False, "x"),
        ("scored", True, "x"),
    ],
)
def test_replies(form, tight, text):
    assert reply_text(form, ASKS, {"after": "2", "wins": "b"}, "x", tight=tight) == text


def test_an_answer_outside_the_present_domain_is_written_as_it_is():
    assert reply_text("json", ASKS, {"wins": "z"}, None) == '{"wins": "z"}'


@pytest.mark.parametrize(
    ("kind", "form", "text"),
    [
        (SetOf(("a",), "cell"), "free", "cells separated by semicolons, or none"),
        (SetOf(("b",), "cell"), "json", "a list of cells as strings, or []"),
        (Boolean(), "free", "yes or no"),
        (Boolean(), "tool", "true or false"),
        (Integer(0, 3), "json", "a whole number from 0 to 3"),
        (Choice(("l", "r")), "free", "one of l, r"),
    ],
)
def test_hints(kind, form, text):
    assert hint(kind, form) == text


def test_legal_actions_on_one_line():
    assert legal_text(Actions(("1", "2"))) == "1 2"
    assert legal_text(Actions(("all in",), (Pattern("raise to [0-9]+", "raise to N"),))) == "all in; raise to N"
    assert legal_text(None) == ""


def test_a_schema_that_may_not_tell_what_is_legal_lists_all_names_that_are_understood():
    asks = (Subproblem("wins", "?", SetOf(("b",), others=("a",))),)
    for told, names in ((True, ["b"]), (False, ["a", "b"])):
        shape = json.loads(schema(asks, Actions(("b",)), enumerate_actions=told))
        assert shape["properties"]["wins"]["items"]["enum"] == names
