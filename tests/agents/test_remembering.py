from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.agent import Past
from kibitz.agents.models.model import Message
from kibitz.agents.remembering import remembered


class Writer:
    """Writes two messages a turn, and counts."""

    def __init__(self, mark=""):
        self.mark, self.written = mark, 0

    def __call__(self, place, past):
        self.written += 1
        return (Message("user", f"{place} {past.observation}{self.mark}"), Message("assistant", past.action))


def turns(count):
    return tuple(Past(f"turn {n}", str(n)) for n in range(count))


def test_each_turn_is_written_once_however_long_the_game_is():
    history, writer, owner = turns(40), Writer(), object()
    for length in range(41):
        told = remembered(history[:length], owner, writer)
        assert [message.text for message in told[:2]] == ["0 turn 0", "0"][: len(told)]
        assert len(told) == 2 * length
    assert writer.written == 40


def test_the_same_turn_again_is_not_written_again():
    history, writer, owner = turns(3), Writer(), object()
    assert remembered(history, owner, writer) is remembered(history, owner, writer)
    assert writer.written == 3


def test_what_another_owner_noted_is_not_used():
    history = turns(3)
    one = remembered(history, object(), Writer("!"))
    other = remembered(history, object(), Writer("?"))
    assert one[0].text.endswith("!")
    assert other[0].text.endswith("?")


@given(st.lists(st.integers(0, 12), max_size=20))
def test_whatever_is_asked_in_whatever_order_is_as_if_written_anew(lengths):
    history, owner = turns(12), object()
    for length in lengths:
        expected = tuple(m for n, past in enumerate(history[:length]) for m in Writer()(n, past))
        assert remembered(history[:length], owner, Writer()) == expected
