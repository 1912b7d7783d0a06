"""Old runs under new truths, parsers, prompts and rules: what is graded again, what is left, and what verify says."""

import asyncio
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from kibitz.agents import parsing
from kibitz.agents.prompting import Prompter
from kibitz.games.actions import Illegal
from kibitz.games.cards import numberline
from kibitz.games.cards.numberline import NumberLine
from kibitz.games.kinds import LONGEST_ANSWER, Boolean, Integer
from kibitz.games.subproblem import Malformed, Subproblem
from kibitz.harness import cast, grading, orchestrator
from kibitz.harness.commands.board import read_board
from kibitz.harness.config import parse
from kibitz.harness.progress import SilentProgress
from kibitz.harness.regrade import regrade
from kibitz.harness.verify import verify
from kibitz.results.journal import Journal
from kibitz.results.runfolder import RunLockedError


def walker(request):
    """Walks to the target and says "about N" for the distance; some first replies answer nonsense and forget to act."""
    said = "\n".join(message.text for message in request.messages)
    current, target = (int(re.findall(rf"{name} number: (-?[0-9]+)", said)[-1]) for name in ("Current", "Target"))
    up = target > current
    lines = {
        "distance": f"about {abs(target - current)}",
        "higher": "yes" if up else "no",
        "next": str(current + (1 if up else -1)),
        "action": "+" if up else "-",
    }
    if not request.seed % 3 and "Now answer" not in said:
        lines = {"distance": "7"}
    return "\n".join(f"<{name}>{value}</{name}>" for name, value in lines.items())


@pytest.fixture(autouse=True)
def replies(monkeypatch):
    module = ModuleType("replies")
    module.walker = walker
    monkeypatch.setitem(sys.modules, "replies", module)


def suite(ask="same", mode="free", model="scripted:replies:walker", **changes):
    agents = {
        "model": {"kind": "llm", "model": model, "action_mode": mode},
        "guess": {"kind": "random", "answers": "random"},
        "know": {"kind": "random", "answers": "truth"},
    }
    given = {"name": "s", "agents": agents, "match": [{"game": "numberline", "pairs": 4}], "protocol": {"ask": ask}}
    return parse(given | changes, "s", None)


def play(folder, made):
    with SilentProgress() as progress:
        asyncio.run(orchestrator.run(made, folder, resume=False, concurrency=4, progress=progress, command=["kibitz"]))
    return folder


@pytest.fixture
def run(tmp_path):
    return play(tmp_path / "run", suite())


def again(run, **options):
    return asyncio.run(regrade(run, **options))


def verified(run):
    return asyncio.run(verify(run))


def rows(run):
    with closing(sqlite3.connect(run / "journal.sqlite")) as db:
        return db.execute("SELECT COUNT(*) FROM grade").fetchone()[0]


def latest(run, agent="model", name=None):
    with Journal.read(run) as journal:
        return [g for g in journal.grades() if g.agent == agent and name in (None, g.subproblem)]


def accuracy(run, agent, name):
    board = read_board([run])
    row = next(r for r in board.rows if r.score.agent == agent and r.score.game == "numberline")
    return row.score.per_subproblem[name].accuracy.mean


def changes(found):
    return {(c["subproblem"], c["from"], c["to"]): c["count"] for c in found["changed"]}


def about(monkeypatch):
    """A newer reader of whole numbers: it understands "about 3"."""
    read = Integer.read
    monkeypatch.setattr(Integer, "read", lambda self, text: read(self, text.removeprefix("about ")))


def doubled(monkeypatch):
    """A corrected truth: the distance was wrong all the time."""
    truth = NumberLine.truth

    def other(self, seat, name, action=None):
        true = truth(self, seat, name, action)
        return min(2 * true, 10) if name == "distance" else true

    monkeypatch.setattr(NumberLine, "truth", other)


def test_nothing_changes_while_nothing_has_changed(run):
    before = rows(run)
    found = again(run)
    assert (found["episodes"], found["appended"], found["changed"], found["skipped"]) == (12, 0, [], [])
    assert found["grades"] == found["unchanged"] == before == rows(run)
    assert (found["one_by_one"], found["kept"]) == ([], [])


def test_a_new_parser_reads_the_recorded_replies(run, monkeypatch):
    malformed = [g for g in latest(run, name="distance") if g.verdict == "malformed"]
    assert malformed
    assert accuracy(run, "model", "distance") < 0.5
    about(monkeypatch)
    found = again(run)
    assert changes(found) == {("distance", "malformed", "right"): len(malformed)}
    assert found["appended"] == len(malformed)
    assert found["one_by_one"] == []
    assert accuracy(run, "model", "distance") > 0.5
    assert again(run)["appended"] == 0


def test_verify_finds_a_regraded_run_equal_and_says_that_it_was_regraded(run, monkeypatch):
    about(monkeypatch)
    assert len(verified(run)["differing"]) == 4  # today's parser reads the answers otherwise than they were graded
    again(run)
    found = verified(run)
    assert (found["equal"], found["differing"], found["resent"], found["regraded"]) == (12, [], [], 4)


def test_new_truths_are_graded_against_and_verify_still_agrees(run, monkeypatch):
    about(monkeypatch)
    again(run)
    doubled(monkeypatch)
    found = again(run)
    assert changes(found)["distance", "right", "wrong"]
    assert {c["subproblem"] for c in found["changed"]} == {"distance"}
    assert verified(run)["equal"] == 12


def test_who_was_told_the_truths_of_then_is_graded_on_what_it_said_then(run, monkeypatch):
    assert accuracy(run, "know", "distance") == 1
    doubled(monkeypatch)
    again(run)
    assert accuracy(run, "know", "distance") < 1
    assert verified(run)["differing"] == []
    assert all(g.truth != g.raw for g in latest(run, "know", "distance") if g.verdict == "wrong")


def test_a_new_grader_marks_its_grades_and_equal_verdicts_are_no_difference(run, monkeypatch):
    monkeypatch.setattr(grading, "GRADER_VERSION", "2")
    assert verified(run)["equal"] == 12
    found = again(run)
    assert (found["appended"], found["changed"]) == (found["grades"], [])
    assert {g.grader for g in latest(run)} == {"2"}
    assert verified(run)["equal"] == 12
    assert again(run)["appended"] == 0


def test_other_prompts_let_answers_be_read_from_what_was_recorded_of_them(run, monkeypatch):
    before = latest(run)
    acting = Prompter.acting
    monkeypatch.setattr(
        Prompter, "acting", lambda self, turn, said: acting(self, turn, said)[:-1] + acting(self, turn, said)[:1]
    )
    found = again(run)
    assert found["appended"] == 0
    assert found["one_by_one"] == [{"reason": "the agent asks its model something else now", "count": len(before)}]
    about(monkeypatch)
    assert ("distance", "malformed", "right") in changes(again(run))


@pytest.mark.parametrize("mode", ["json", "tool"])
def test_answers_that_were_json_values_are_read_as_json_values(tmp_path, monkeypatch, mode):
    run = play(tmp_path / "run", suite(mode=mode, model="scripted:kibitz.agents.models.scripted:seeded_choice"))
    monkeypatch.setattr(Prompter, "acting", lambda self, turn, said: ())
    found = again(run)
    assert found["one_by_one"][0]["count"] == len(latest(run)) > 0
    assert (found["appended"], found["kept"]) == (0, [])


def plus_for_nothing(reply, text, wanted):
    """A newer reader of actions: it takes a plus for one that is not stated."""
    if wanted.actions is None:
        return reply
    action = wanted.actions.read(text) if text else "+"
    return reply if isinstance(action, Illegal) else msgspec.structs.replace(reply, action=action)


def test_the_reply_that_acted_answers_whatever_todays_parser_makes_of_the_first_one(run, monkeypatch):
    with Journal.read(run) as journal:
        retried = [(s.unit, s.step) for s in journal.all_steps() for seat in s.seats if len(seat.complaints) == 1]
    assert retried
    before = latest(run)
    monkeypatch.setattr(parsing, "_with_action", plus_for_nothing)
    assert again(run)["appended"] == 0
    assert latest(run) == before
    assert verified(run)["differing"] + verified(run)["resent"]  # that parser would have played on otherwise


@pytest.mark.parametrize("ask", ["before", "after", "probe"])
def test_answers_in_calls_of_their_own_are_read_again(tmp_path, monkeypatch, ask):
    run = play(tmp_path / "run", suite(ask))
    about(monkeypatch)
    found = again(run)
    assert changes(found)["distance", "malformed", "right"]
    assert found["one_by_one"] == []
    assert verified(run)["differing"] == []


def test_a_parser_that_finds_no_action_does_not_lose_the_answers_asked_for_after_it(tmp_path, monkeypatch):
    run = play(tmp_path / "run", suite("after"))
    before = latest(run)
    monkeypatch.setattr(parsing, "_with_action", lambda reply, text, wanted: reply)
    found = again(run)
    assert found["appended"] == 0
    assert latest(run) == before
    assert {one["reason"] for one in found["one_by_one"]} == {"the agent takes another way through its replies now"}


def test_an_agent_that_breaks_now_costs_nothing(run, monkeypatch):
    def broken(*args):
        raise RuntimeError("no templates")

    monkeypatch.setattr(Prompter, "acting", broken)
    found = again(run)
    assert found["one_by_one"][0]["reason"] == "agent model: RuntimeError: no templates"
    assert (found["episodes"], found["appended"]) == (12, 0)


def test_other_rules_leave_an_episode_as_it_is_and_say_why(run, monkeypatch):
    before = rows(run)
    monkeypatch.setattr(NumberLine, "_after", lambda self, delta: min(max(self._current + 2 * delta, 0), 10))
    found = again(run)
    skipped = [one["reason"] for one in found["skipped"]]
    assert skipped
    assert all(reason.endswith("its rules have changed since the run") for reason in skipped)
    assert found["episodes"] + len(skipped) == 12
    assert rows(run) == before + found["appended"]


def test_actions_that_are_not_legal_any_more_leave_an_episode_as_it_is(run, monkeypatch):
    step = NumberLine.step

    def no_way_down(self, actions):
        if actions[0] == "-":
            raise ValueError("one cannot go down")
        return step(self, actions)

    monkeypatch.setattr(NumberLine, "step", no_way_down)
    monkeypatch.setattr(cast, "worked_examples", lambda game: ())
    found = again(run)
    assert 0 < len(found["skipped"]) <= 12
    reason = r"step \d+ is not legal any more \(one cannot go down\); its rules have changed since the run"
    assert all(re.fullmatch(reason, one["reason"]) for one in found["skipped"])


def test_a_game_that_ends_later_now_leaves_an_episode_as_it_is(run, monkeypatch):
    monkeypatch.setattr(NumberLine, "movers", lambda self: (0,))
    monkeypatch.setattr(NumberLine, "subproblems", lambda self, seat: numberline._questions(self._low, self._high))
    reasons = {one["reason"].partition(" after ")[0] for one in again(run)["skipped"]}
    assert "the game goes on" in reasons


def test_a_game_that_breaks_now_costs_its_own_episodes(run, monkeypatch):
    position = NumberLine.position

    def sometimes(self):
        if self._target == self._current + 1:
            raise KeyError("oops")
        return position(self)

    monkeypatch.setattr(NumberLine, "position", sometimes)
    found = again(run)
    assert all("numberline breaks on it now (KeyError: 'oops')" in one["reason"] for one in found["skipped"])
    assert 0 < len(found["skipped"]) < 12 or found["episodes"]


def fresh(monkeypatch):
    truth = NumberLine.truth
    monkeypatch.setattr(
        NumberLine, "truth", lambda self, seat, name, action=None: name == "fresh" or truth(self, seat, name, action)
    )


def test_questions_come_and_go(run, monkeypatch):
    before = latest(run)
    questions = NumberLine.subproblems

    def others(self, seat):
        kept = [q for q in questions(self, seat) if q.id != "higher"]
        return (*kept, Subproblem("fresh", "Is it fresh?", Boolean()))

    monkeypatch.setattr(NumberLine, "subproblems", others)
    fresh(monkeypatch)
    found = again(run)
    assert (found["appended"], latest(run)) == (0, before)
    assert {one["reason"] for one in found["kept"]} == {"the game does not ask higher any more"}


def test_a_new_question_alone_does_not_keep_replies_from_being_read_again(run, monkeypatch):
    questions = NumberLine.subproblems
    monkeypatch.setattr(
        NumberLine,
        "subproblems",
        lambda self, seat: (*questions(self, seat), Subproblem("fresh", "Is it fresh?", Boolean())),
    )
    fresh(monkeypatch)
    found = again(run)
    assert (found["one_by_one"], found["appended"]) == ([], 0)


def test_an_answer_that_was_cut_off_keeps_its_grade(tmp_path, monkeypatch):
    sys.modules["replies"].chatty = lambda request: (
        f"<distance>{'9' * (LONGEST_ANSWER + 5)}</distance>\n<action>+</action>"
    )
    run = play(tmp_path / "run", suite(model="scripted:replies:chatty"))
    before = latest(run, name="distance")
    monkeypatch.setattr(Prompter, "acting", lambda self, turn, said: ())
    monkeypatch.setattr(Integer, "read", lambda self, text: Malformed("nothing is a number"))
    found = again(run)
    assert latest(run, name="distance") == before
    assert [one["count"] for one in found["kept"]] == [len(before)]


def test_a_tag_in_the_wrong_place_stays_in_the_wrong_place(tmp_path, monkeypatch):
    sys.modules["replies"].prose = lambda request: "So <distance>3</distance> it is.\n<action>+</action>"
    run = play(tmp_path / "run", suite(model="scripted:replies:prose"))
    monkeypatch.setattr(Prompter, "acting", lambda self, turn, said: ())
    found = again(run)
    assert found["appended"] == 0
    assert {g.verdict for g in latest(run, name="distance")} == {"malformed"}


def test_a_dry_run_says_the_same_and_writes_nothing(run, monkeypatch):
    about(monkeypatch)
    before = (run / "journal.sqlite").read_bytes()
    with Journal.open(run):  # nor does it want the run for itself
        foreseen = again(run, dry_run=True)
    assert (run / "journal.sqlite").read_bytes() == before
    assert foreseen == again(run)


def test_a_run_that_is_written_to_is_not_regraded(run):
    with Journal.open(run), pytest.raises(RunLockedError):
        again(run)


def test_a_second_run_finishes_what_a_killed_one_began(run, monkeypatch):
    about(monkeypatch)
    whole = again(run, dry_run=True)
    commit, commits = Journal.commit, []

    def killed(self):
        if self._rows["grade"]:
            commits.append(len(self._rows["grade"]))
            if len(commits) == 3:
                raise KeyboardInterrupt
        commit(self)

    before = rows(run)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "commit", killed)
        patch.setattr(Journal, "close", lambda self: (self._db.close(), self._lock.release()))
        with pytest.raises(KeyboardInterrupt):
            again(run)
    assert rows(run) == before + commits[0] + commits[1]  # whole episodes
    assert again(run)["appended"] == whole["appended"] - commits[0] - commits[1]
    assert again(run)["appended"] == 0


def test_episodes_that_are_not_done_are_left_for_later(tmp_path):
    run = play(tmp_path / "run", suite(match=[{"game": "numberline", "pairs": 1}], agents=failing()))
    found = again(run)
    assert [one["reason"] for one in found["skipped"]] == ["failed (rejected_request)"]
    assert found["episodes"] == 1


def failing():
    def refuse(request):
        raise RuntimeError("no")

    sys.modules["replies"].refuse = refuse
    return {
        "model": {"kind": "llm", "model": "scripted:replies:refuse"},
        "guess": {"kind": "random", "answers": "random"},
    }


def test_every_key_of_the_results_is_documented(run):
    formats = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text("utf-8")
    keys = {*again(run, dry_run=True), *verified(run)}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", formats)] == []


def test_verify_names_the_versions_that_may_explain_a_difference(run, monkeypatch):
    assert verified(run)["since"] == []
    monkeypatch.setattr(NumberLine, "version", "99")
    doubled(monkeypatch)
    found = verified(run)
    assert found["differing"]
    assert found["since"] == ["numberline: version 1 is now 99"]
