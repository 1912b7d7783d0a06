import signal

import pytest

from kibitz.harness.executors.failures import LINES, LONGEST_WORDS, ending, last_words

FATAL = b"""a print
Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "game.py", line 5 in innermost
  File "game.py", line 9 in step
  File "table.py", line 1 in settle
  File "serving.py", line 2 in serve

Extension modules: numpy (total: 1)
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "it broke its connection"),
        (0, "exit code 0"),
        (7, "exit code 7"),
        (-200, "signal 200"),
    ],
)
def test_how_a_process_ended(code, said):
    assert ending(code) == said


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")
def test_which_signal_ended_it():
    assert ending(-signal.SIGSEGV) == "signal SIGSEGV"
    assert ending(-signal.SIGKILL) == "signal SIGKILL, as from a system that is out of memory"


def test_last_words_are_where_it_was_or_the_last_lines():
    assert last_words(FATAL) == (
        'Fatal Python error: Segmentation fault | File "game.py", line 5 in innermost | File "game.py", line 9 in step'
        ' | File "table.py", line 1 in settle'
    )
    assert last_words(b"one\n\ntwo\n three \nfour\nfive\n") == "two | three | four | five"
    assert last_words(b"") == ""


@pytest.mark.parametrize(
    "stderr", [b"x" * 100_000, b"\x1b[2J\xff\x00" * 500, b"(most recent call first):\n", FATAL * 9]
)
def test_last_words_are_short_and_safe_for_a_terminal(stderr):
    said = last_words(stderr)
    assert said.isprintable()
    assert len(said) <= LONGEST_WORDS
    assert said.count(" | ") < LINES


def test_last_words_hold_no_key():
    assert "abcdef" not in last_words(b"Bearer sk-abcdefabcdefabcdefabcdef")
