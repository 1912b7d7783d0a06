import pytest

from kibitz.harness.commands.output import columns, json_line, shortened, tame
from kibitz.harness.commands.replay import ending, find, page
from kibitz.harness.errors import UsageError
from kibitz.results.records import (
    ComplaintRecord,
    EpisodeRecord,
    Forfeit,
    GradeRecord,
    SeatRecord,
    StepRecord,
    UnitRecord,
)


def unit(n):
    return UnitRecord(index=n, key=f"g/{n}/a,b", game="g", task=None, k=n, agents=("a", "b"), pair="p", seed=0)


def grade(**changes):
    place = {"unit": "u", "step": 0, "seat": 0, "agent": "a", "subproblem": "wins", "about": "view", "ask": "same"}
    given = {"action": None, "raw": "1,1", "parsed": "1,1", "truth": "none", "kind": "set", "verdict": "wrong"}
    return GradeRecord(**(place | given | changes))


def test_a_page_shows_what_was_seen_said_asked_and_played():
    complaint = ComplaintRecord(problem="empty", reason="the reply is empty")
    seat = SeatRecord(seat=0, agent="a", observation="X_", action="1", reply="hello", complaints=(complaint,),
                      fallback=True, consistent=False, regret=0.5, regret_method="depth 4")  # fmt: skip
    step = StepRecord(unit="u", step=0, position=None, seats=(seat,))
    text = page(step, [grade(), grade(step=1, subproblem="other")])
    for part in (
        "X_",
        "hello",
        "the reply is empty",
        "WRONG: 1,1",
        "truth: none",
        "played: 1",
        "fallback",
        "(regret 0.5, by a search: depth 4)",
    ):
        assert part in text
    assert "other" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "malformed", "parsed": None, "raw": "x\ny", "note": "no cell"}, "UNREADABLE: x y (no cell)"),
        ({"verdict": "missing", "parsed": None, "raw": None}, "missing: nothing"),
        ({"verdict": "unknown", "truth": None, "note": "unsolved"}, "truth unknown: unsolved"),
    ],
)
def test_every_verdict_has_its_words(changes, said):
    step = StepRecord(
        unit="u", step=0, position=None, seats=(SeatRecord(seat=0, agent="a", observation="", action="1"),)
    )
    assert said in page(step, [grade(**changes)])


def test_episodes_are_found_by_number_or_key():
    units = [unit(0), unit(1)]
    assert find(units, "1") is units[1]
    assert find(units, "g/0/a,b") is units[0]
    with pytest.raises(UsageError, match="did you mean 'g/0/a,b'"):
        find(units, "g/0/a,c")
    with pytest.raises(UsageError, match="none"):
        find([], "1")


def test_endings():
    assert "not finished" in ending(None)
    assert "timeout: late" in ending(EpisodeRecord(unit="u", status="failed", cause="timeout", message="late"))
    record = EpisodeRecord(
        unit="u", status="done", reward=(-1.0,), played=(1.0,), forfeit=Forfeit(step=2, seats=(0,)), steps=3, reason="x"
    )
    assert "forfeited by seat 0 at step 2; as played on: 1" in ending(record)


def test_a_reply_cannot_drive_the_terminal():
    assert tame("a\x1b[2J\x07b\n") == "a\\x1b[2J\\x07b\n"


def test_a_huge_reply_is_cut_and_says_so():
    text = shortened("x" * 30_000)
    assert len(text) < 20_100
    assert text.endswith("... 10000 more characters; the journal holds them")
    assert shortened("short") == "short"


def test_output_forms():
    assert json_line({"b": 1, "a": "é"}) == '{"a": "\\u00e9", "b": 1, "schema": 1}'
    with pytest.raises(ValueError, match="JSON"):
        json_line({"a": float("nan")})
    assert columns([("a", "bb", "c"), ("aaa", "b", "")]) == "a    bb  c\naaa  b"
    assert columns([]) == ""


@pytest.mark.parametrize(
    ("method", "said"), [("exact", "(regret 0.5)"), ("depth 4", "(regret 0.5, by a search: depth 4)")]
)
def test_a_regret_says_how_it_was_found(method, said):
    seat = SeatRecord(seat=0, agent="a", observation="X_", action="1", regret=0.5, regret_method=method)
    assert f"played: 1  {said}" in page(StepRecord(unit="u", step=0, position=None, seats=(seat,)), [])


def test_a_seat_that_was_only_asked_did_not_play():
    seat = SeatRecord(seat=0, agent="a", observation="X_", action="", reply="<wins>1,1</wins>")
    step = StepRecord(unit="u", step=0, position=None, seats=(seat,))
    assert "asked, not played" in page(step, [grade()])
    assert "asked, not played; the questions about an action: after 2" in page(step, [grade(action="2")])
