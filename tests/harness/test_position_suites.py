"""Position suites from end to end: planned, asked, graded, shown, verified; and what cannot be one."""

import asyncio
import json

import pytest

from kibitz.games import positions
from kibitz.games.board.connect4 import Connect4
from kibitz.games.ladder import Rung
from kibitz.games.positions import items
from kibitz.harness.cli import main
from kibitz.harness.config import from_resolved, parse, resolved, with_overrides
from kibitz.harness.errors import ConfigError
from kibitz.harness.library import load_suite, position_suites
from kibitz.harness.regrade import regrade
from kibitz.harness.schedule import units
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal
from kibitz.results.leaderboard import board
from kibitz.results.rundata import RunData

SAYS_NONE = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:seeded_choice", "action_mode": "json"}
SUITE = {
    "agents": {
        "oracle": {"kind": "random", "answers": "truth"},
        "guess": {"kind": "random", "answers": "random"},
        "mute": {"kind": "greedy"},
        "model": SAYS_NONE,
    },
    "match": [{"game": "connect4", "schedule": "positions", "rung": "easy", "pairs": 12}],
}


@pytest.fixture(autouse=True)
def ladder(monkeypatch):
    """A ladder that is drawn fast."""
    positions._drawn.cache_clear()
    monkeypatch.setattr(Connect4, "ladder", tuple(Rung(name, (4, 20)) for name in ("easy", "medium", "hard")))
    yield
    positions._drawn.cache_clear()


def test_everybody_is_asked_about_the_same_positions():
    planned = units(parse({"name": "s", **SUITE}, "s", None))
    expected = [item.task() for item in items(Connect4(), "easy", 12)]
    assert [unit.task for unit in planned if unit.agents == ("guess",)] == expected
    assert [unit.task for unit in planned if unit.agents == ("model",)] == expected
    assert {unit.game for unit in planned} == {"connect4@easy"}


@pytest.mark.parametrize("isolate", ["auto", "none"])
def test_a_position_suite_is_asked_graded_and_verified(run, tmp_path, isolate):
    result = run({**SUITE, "execution": {"isolate": isolate}}, "run")
    assert (result.complete, result.failures) == (True, {})
    found = asyncio.run(verify(tmp_path / "run"))
    assert (found["equal"], found["differing"]) == (48, [])
    with Journal.read(tmp_path / "run") as journal:
        rows = {row.score.agent: row for row in board([RunData.of(journal)]).of_game("connect4@easy")}
        oracle, mute = rows["oracle"].score, rows["mute"].score
        assert oracle.intermediate.mean == 1.0
        assert (oracle.outcome.mean, oracle.legality.mean, oracle.turns, oracle.wins) == (None, None, 0, 0)
        assert (mute.intermediate.n, mute.episodes) == (0, 12)
        assert rows["guess"].rank in (1, 2)
        about_action = [g for g in journal.grades("connect4@easy/0/oracle") if g.about == "action"]
        assert {g.action for g in about_action} == {items(Connect4(), "easy")[0].given}
        (step,) = journal.steps("connect4@easy/0/model")
        assert (step.seats[0].action, step.seats[0].fallback, step.seats[0].complaints) == ("", False, ())


@pytest.mark.parametrize("ask", ["same", "before"])
def test_a_position_suite_is_graded_again(run, tmp_path, monkeypatch, ask):
    run({**SUITE, "protocol": {"ask": ask}}, "run")
    asked = 36 * len(Connect4().catalogue())  # the mute are asked nothing
    same = asyncio.run(regrade(tmp_path / "run"))
    assert (same["episodes"], same["grades"], same["appended"]) == (48, asked, 0)
    # The models' replies were read again: with their own questions, those about the given action among them.
    assert (same["skipped"], same["one_by_one"], same["kept"]) == ([], [], [])
    monkeypatch.setattr(Connect4, "_answer", lambda *_: frozenset())
    other = asyncio.run(regrade(tmp_path / "run"))
    assert other["appended"] > 0
    assert {change["to"] for change in other["changed"]} == {"right", "wrong"}


def test_an_unreadable_reply_is_missing_answers_and_no_forfeit(run, tmp_path):
    broken = {**SAYS_NONE, "action_mode": "free"}  # the scripted model chooses by schema, and gives text without one
    suite = {"agents": {"broken": broken}, "match": SUITE["match"]}
    assert run(suite, "run").complete
    with Journal.read(tmp_path / "run") as journal:
        assert {grade.verdict for grade in journal.grades()} == {"missing"}
        assert all(record.forfeit is None for record in journal.episodes().values())


def test_a_model_that_chooses_its_actions_can_be_asked_too(run, tmp_path):
    chooser = {**SAYS_NONE, "action_mode": "choice"}
    assert run({"agents": {"chooser": chooser}, "match": SUITE["match"]}, "run").complete
    with Journal.read(tmp_path / "run") as journal:
        assert {grade.verdict for grade in journal.grades()} <= {"right", "wrong"}
    acting = [*SUITE["match"], {"game": "numberline", "pairs": 1}]
    with pytest.raises(ConfigError, match="action_mode = choice cannot answer in the acting reply"):
        run({"agents": {"chooser": chooser}, "match": acting}, "acting")


def test_resolved_suites_read_back_as_they_were():
    suite = parse({"name": "s", **SUITE}, "s", None)
    assert from_resolved(json.loads(json.dumps(resolved(suite)))) == suite
    assert resolved(suite)["match"][0]["rung"] == "easy"


def test_every_rung_is_a_suite_by_name():
    suite = load_suite("positions:connect4@hard")
    (match,) = suite.matches
    assert (match.label, match.rung, match.pairs, match.schedule) == ("connect4@hard", "hard", 200, "positions")
    assert "positions:connect4@medium" in position_suites()
    added = with_overrides(suite, ["greedy:name=x"], seeds=5)
    assert (added.matches[0].agents, added.matches[0].pairs) == (("guess", "x"), 5)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("positions:connect4", "write positions:connect4@RUNG with one of easy, medium, hard"),
        ("positions:connect4@steep", "write positions:connect4@RUNG with one of easy, medium, hard"),
        ("positions:numberline@easy", "'numberline' has no position suites; there are: checkers, "),
        ("positions:conect4@easy", "'conect4' is no game; did you mean 'connect4'?"),
    ],
)
def test_a_name_that_is_no_position_suite_is_told_what_is(name, said):
    with pytest.raises(ConfigError, match=said):
        load_suite(name)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rung": None}, "needs the key rung, one of easy, medium, hard"),
        ({"pairs": 201}, "pairs = 201: a rung has 200 positions"),
        ({"game": "numberline"}, "numberline has no position suites"),
        ({"against": "guess"}, 'against = "guess" goes with schedule = "against" only'),
    ],
)
def test_what_cannot_be_a_position_suite_is_refused(changes, said):
    match = {key: value for key, value in {**SUITE["match"][0], **changes}.items() if value is not None}
    with pytest.raises(ConfigError, match=said):
        parse({"name": "s", "agents": SUITE["agents"], "match": [match]}, "s", None)


def test_a_rung_that_these_options_cannot_fill_is_refused_before_the_run(run, monkeypatch):
    monkeypatch.setattr(positions, "TRIES", 1)
    monkeypatch.setattr(Connect4, "ladder", tuple(Rung(name, (0, 1)) for name in ("easy", "medium", "hard")))
    with pytest.raises(ConfigError, match=r"connect4@easy: only \d+ of 200 easy positions of connect4 were found"):
        run(SUITE, "run")


def test_it_is_one_sentence_in_other_commands_too(monkeypatch, capsys):
    monkeypatch.setattr(positions, "TRIES", 1)
    monkeypatch.setattr(Connect4, "ladder", tuple(Rung(name, (0, 1)) for name in ("easy", "medium", "hard")))
    assert (
        main(
            [
                "prompt",
                "positions:connect4@easy",
                "--agent",
                "llm:model=scripted:kibitz.agents.models.scripted:seeded_choice",
            ]
        )
        == 3
    )
    assert "of 200 easy positions of connect4 were found" in capsys.readouterr().err


def test_a_suite_that_asks_nothing_puts_no_positions():
    with pytest.raises(ConfigError, match=r'puts questions, and \[protocol\] ask = "none" puts none'):
        parse({"name": "s", **SUITE, "protocol": {"ask": "none"}}, "s", None)


def test_more_seeds_than_positions_are_refused():
    with pytest.raises(ConfigError, match="--seeds 201: a rung has 200 positions"):
        with_overrides(load_suite("positions:connect4@easy"), seeds=201)
