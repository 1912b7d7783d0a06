import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.harness.executors.wire import (
    LONGEST_FRAME,
    BrokenFrameError,
    Frames,
    Raised,
    UnsendableError,
    frame,
    packed,
    read_frame,
    unpacked,
)

PAYLOADS = st.lists(st.binary(max_size=40), max_size=6)


@given(PAYLOADS, st.integers(1, 30))
def test_payloads_arrive_whole_however_they_are_cut(payloads, size):
    stream = b"".join(map(frame, payloads))
    frames, found = Frames(), []
    for place in range(0, len(stream), size):
        found += frames.feed(stream[place : place + size])
    assert found == payloads


@given(PAYLOADS, st.integers(0, 200))
def test_a_stream_that_ends_early_gives_what_was_whole(payloads, length):
    stream = io.BytesIO(b"".join(map(frame, payloads))[:length])
    found = []
    while (payload := read_frame(stream)) is not None:
        found.append(payload)
    assert found == payloads[: len(found)]
    assert sum(len(payload) + 4 for payload in found) <= length


def test_what_is_no_frame_is_told():
    with pytest.raises(BrokenFrameError, match="4294967295 bytes"):
        list(Frames().feed(b"\xff" * 8))
    assert LONGEST_FRAME < 0xFFFFFFFF


def test_what_cannot_be_sent_is_told():
    assert unpacked(packed({"a": (1, frozenset({"b"}))})) == {"a": (1, frozenset({"b"}))}
    with pytest.raises(UnsendableError, match=r"cannot be sent between processes .*isolate"):
        packed(lambda: None)


class TwoPartError(ValueError):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


class LostPartError(KeyError):
    def __init__(self, one, two):
        super().__init__(one)
        self.two = two

    def __str__(self):
        return f"{self.args[0]} with {self.two}"


@pytest.mark.parametrize(
    ("error", "caught"),
    [
        (ValueError("no"), ValueError),
        (KeyError("no"), KeyError),
        (LookaheadError("nothing ahead"), LookaheadError),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), UnicodeDecodeError),
        (TwoPartError("one", "two"), ValueError),
        (LostPartError("one", "two"), KeyError),
        (RuntimeError(lambda: None), RuntimeError),
    ],
)
def test_an_exception_arrives_as_what_it_was(error, caught):
    found = Raised.of(error).error("there")
    assert isinstance(found, caught)
    assert (type(found).__name__, str(found)) == (type(error).__name__, str(error))
    assert found.__notes__[0].startswith("there:\n")


def test_of_a_group_its_first_cause_arrives():
    group = ExceptionGroup("both", [ExceptionGroup("inner", [KeyError("a")]), ValueError("b")])
    found = Raised.of(group).error("there")
    assert (type(found), str(found)) == (KeyError, "'a'")
    assert "ValueError: b" in found.__notes__[0]
