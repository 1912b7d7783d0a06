import pytest

from kibitz.agents.asking import asked

BOTH = {"answers", "action"}


@pytest.mark.parametrize(
    ("ask", "wants", "ids"),
    [
        ("none", BOTH, []),
        ("same", BOTH, ["wins", "threat", "left"]),
        ("before", BOTH, ["wins", "threat"]),
        ("after", BOTH, ["wins", "threat", "left"]),
        ("probe", BOTH, ["wins", "threat", "left"]),
        ("after", {"answers"}, ["wins", "threat"]),
        ("same", {"action"}, []),
    ],
)
def test_what_is_asked(ask, wants, ids, make_turn):
    assert [question.id for question in asked(make_turn(ask=ask, wants=frozenset(wants)))] == ids
